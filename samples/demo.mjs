// Starts the server with a demo meeting; samples/quickstart builds it first and calls this.
//
//   node samples/demo.mjs            until Ctrl-C, on 127.0.0.1:8080 (or TESSERA_HTTP_LISTEN)
//   node samples/demo.mjs --check    records 10 s on a free port and verifies the file
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const RECORD_SECONDS = 10;
const NAMES = ['Amber', 'Basil', 'Coral', 'Denim', 'Ebony', 'Fern'];
const TONES_HZ = [262, 330, 392, 440, 523, 659];

const dataDir = check ? mkdtempSync(join(tmpdir(), 'tessera-demo-')) : (process.env.TESSERA_DATA_DIR ?? join(root, 'data'));
const server = await startServer();
process.on('SIGINT', () => server.child.kill('SIGTERM'));
process.on('SIGTERM', () => server.child.kill('SIGTERM'));
let failed = false;
try {
  const meeting = await createDemoMeeting();
  if (check) {
    await recordAndVerify(meeting);
  } else {
    console.log(`\n  Tessera is running. Open  ${server.url}/?meeting=${meeting.id}  in a browser and join.\n  Ctrl-C ends it.\n`);
    await server.exited;
  }
} catch (error) {
  failed = true;
  console.error(`demo: ${error.message}`);
} finally {
  server.child.kill('SIGTERM');
  const code = await server.exited;
  if (check) rmSync(dataDir, { recursive: true, force: true });
  process.exitCode = failed || code !== 0 ? 1 : 0;
}

async function startServer() {
  const child = spawn(join(root, 'build/tessera'), ['serve'], {
    env: {
      ...process.env,
      TESSERA_DATA_DIR: dataDir,
      TESSERA_HTTP_LISTEN: check ? '127.0.0.1:0' : (process.env.TESSERA_HTTP_LISTEN ?? '127.0.0.1:8080'),
      TESSERA_LOG_LEVEL: process.env.TESSERA_LOG_LEVEL ?? 'warning',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const ready = new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const line = await Promise.race([ready, exited]);
  if (typeof line !== 'string') throw new Error(`the server did not start (exit code ${line})`);
  return { child, exited, url: JSON.parse(line).http };
}

async function call(method, path, body) {
  const response = await fetch(server.url + path, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function createDemoMeeting() {
  const meeting = await call('POST', '/v1/meetings', { name: 'Demo' });
  if (meeting.state === 'scheduled') await call('POST', `/v1/meetings/${meeting.id}:start`);
  for (const [i, name] of NAMES.entries()) {
    await call('POST', `/v1/meetings/${meeting.id}/sources`, {
      kind: 'test', name, pattern: 'moving', audio: i === 0 ? 'speech' : 'tone', tone_hz: TONES_HZ[i],
    });
  }
  return meeting;
}

async function recordAndVerify(meeting) {
  const cpuBefore = cpuSeconds(server.child.pid);
  const begin = performance.now();
  const output = await call('POST', `/v1/meetings/${meeting.id}/outputs`, { kind: 'recording' });
  await new Promise((resolve) => setTimeout(resolve, RECORD_SECONDS * 1000));
  await call('DELETE', `/v1/meetings/${meeting.id}/outputs/${output.id}`);
  const wall = (performance.now() - begin) / 1000;
  const cpu = cpuSeconds(server.child.pid) - cpuBefore;
  const stats = await call('GET', `/v1/meetings/${meeting.id}/stats`);

  const file = findRecording(join(dataDir, 'recordings', output.recording));
  const probe = JSON.parse(
    run('ffprobe', ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', file]),
  );
  const video = probe.streams.find((stream) => stream.codec_type === 'video');
  const audio = probe.streams.find((stream) => stream.codec_type === 'audio');
  const errors = run('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']).trim();
  const frames = Number(video.nb_read_frames);

  console.log(`recording   ${video.width}x${video.height} ${video.codec_name} + ${audio.codec_name}, ${probe.format.size} bytes`);
  console.log(`frames      ${frames} in ${Number(video.duration).toFixed(2)} s of picture and ${Number(audio.duration).toFixed(2)} s of sound`);
  console.log(`ticks       ${stats.video.ticks} drawn, ${stats.video.skipped} skipped`);
  console.log(`cpu         ${cpu.toFixed(2)} s in ${wall.toFixed(2)} s: ${((100 * cpu) / wall).toFixed(0)} % of one core`);

  expect(errors === '', `the recording does not decode cleanly: ${errors}`);
  expect(video.width === 1280 && video.height === 720, 'the picture is not 1280x720');
  expect(frames >= RECORD_SECONDS * 30 * 0.9, `only ${frames} frames`);
  expect(Math.abs(video.duration - audio.duration) < 0.25, 'picture and sound differ in length');
  expect(Math.abs(video.duration - RECORD_SECONDS) < 1, `the recording lasts ${video.duration} s`);
  console.log('ok');
}

function findRecording(folder) {
  const name = readdirSync(folder).find((each) => each.endsWith('.mp4'));
  expect(name !== undefined, `there is no MP4 file in ${folder}`);
  return join(folder, name);
}

function run(program, args) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, timeout: 60000 });
}

/** CPU time of a process so far: user and system, all threads. */
function cpuSeconds(pid) {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return 0;
  const fields = readFileSync(path, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}
