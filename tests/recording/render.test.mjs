// An isolated recording is rendered anew: as the programme was, and in other ways.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { shiftBetween, similarity } from '../support/compare.mjs';
import { beepTimes, decodeErrors, flashTimes, probe, recordingFile } from '../support/recording.mjs';
import { ask, call, eventually, program, startServer } from '../support/server.mjs';
import { startClient } from '../support/whip_client.mjs';

const kClipSeconds = 40;
const kRecordedMs = 7000;

/** Picture and sound, as a browser sends them: two seconds, again and again. */
function makeClip(file, picture, sound) {
  const once = file.replace('.webm', '-once.webm');
  const ffmpeg = (...args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { timeout: 60000 });
  ffmpeg('-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `aevalsrc='${sound}':s=48000`, '-t', '2', '-c:v', 'libvpx', '-deadline', 'realtime',
    '-cpu-used', '8', '-threads', '1', '-g', '30', '-b:v', '600k', '-c:a', 'libopus', '-b:a', '64k', once);
  ffmpeg('-stream_loop', `${kClipSeconds / 2 - 1}`, '-i', once, '-c', 'copy', file);
}

/** Mean amplitude of a tone in a file's sound, a tenth of a second at a time. */
function toneIn(file, hertz) {
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vn', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'], { maxBuffer: 64 << 20 });
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
  const length = 4800;
  const windows = Math.floor(samples.length / length);
  let sum = 0;
  for (let at = 0; at < windows * length; at += length) {
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < length; i += 1) {
      const sample = samples[at + i] * (1 - Math.cos((2 * Math.PI * i) / length));  // Hann
      real += sample * Math.cos((2 * Math.PI * hertz * i) / 48000);
      imaginary += sample * Math.sin((2 * Math.PI * hertz * i) / 48000);
    }
    sum += (2 * Math.hypot(real, imaginary)) / length;
  }
  return sum / windows;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const nearest = (times, to) => times.map((each) => each - to).sort((a, b) => Math.abs(a) - Math.abs(b))[0];

/** How much later the sound of each flash comes, ms. */
function soundOffsets(file) {
  const beeps = beepTimes(file);
  const end = probe(file).video.duration - 0.5;
  return flashTimes(file).filter((at) => at > 1 && at < end).map((flash) => nearest(beeps, flash) * 1000);
}

let clips;
let server;
let meeting;
let outputs;

/** Who has ended, with its manifest and the meeting time of its begin. */
async function finish(output) {
  await ask(server, 'DELETE', `/v1/meetings/${meeting}/outputs/${output.id}`);
  return ready(output.recording);
}

async function ready(id) {
  const recording = await eventually(async () => {
    const now = await ask(server, 'GET', `/v1/recordings/${id}`);
    return !['recording', 'finalizing'].includes(now.state) && now;
  }, 120000);
  assert.equal(recording.state, 'ready', JSON.stringify(recording));
  const folder = join(server.dataDir, 'recordings', id);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json')));
  return { ...recording, folder, manifest };
}

async function rendered(recording, options) {
  const made = await ask(server, 'POST', `/v1/recordings/${recording}:render`, options);
  assert.equal(made.state, 'finalizing');
  assert.equal(made.render.recording, recording);
  const done = await ready(made.id);
  assert.deepEqual(done.render.warnings, []);
  const file = recordingFile(server.dataDir, made.id);
  assert.equal(decodeErrors(file), '');
  return { ...done, file };
}

before(async () => {
  clips = await mkdtemp(join(tmpdir(), 'tessera-clips-'));
  makeClip(join(clips, 'flash.webm'), "color=black:s=320x180:r=30,drawbox=t=fill:color=white:enable='lt(mod(t,1),0.1)'",
    '0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.1)');
  makeClip(join(clips, 'moving.webm'), 'testsrc=s=320x180:r=30', '0.03*sin(2*PI*2650*t)');
  server = await startServer({ open: true });
  ({ id: meeting } = await ask(server, 'POST', '/v1/meetings', { name: 'Anew', canvas: { width: 640, height: 360, fps: 30 } }));
  await ask(server, 'POST', `/v1/meetings/${meeting}:start`);
  const clients = ['flash', 'moving'].map((name) => startClient({
    whip: `${server.url}/whip/${meeting}?participant=${name}`, clip: join(clips, `${name}.webm`), 'pass-clip': true, 'send-only': true,
    seconds: kClipSeconds }));
  await eventually(async () => {
    const { items } = await ask(server, 'GET', `/v1/meetings/${meeting}/sources`);
    // Sound and picture of a sender are brought together by its reports, of which the first comes after some seconds.
    return items.length === 2 && items.every((source) => source.frames_received > 150);
  }, 20000);
  const video = { codec: 'h264', width: 640, height: 360, bitrate_kbps: 6000 };
  const started = [await ask(server, 'POST', `/v1/meetings/${meeting}/outputs`, { kind: 'iso' }),
    await ask(server, 'POST', `/v1/meetings/${meeting}/outputs`, { kind: 'recording', video })];
  await sleep(kRecordedMs / 2);
  await ask(server, 'PATCH', `/v1/meetings/${meeting}/views/main`, { layout: 'speaker', transition: { kind: 'move', ms: 500 }, background: '#204060' });
  await ask(server, 'POST', `/v1/meetings/${meeting}/views/main/overlays`, { kind: 'ticker', text: 'Nothing is as it was', place: { x: 0.5, y: 1 } });
  await sleep(kRecordedMs / 2);
  const [iso, live] = [await finish(started[0]), await finish(started[1])];
  outputs = { iso, live };
  for (const client of clients) client.kill();
});
after(async () => {
  await server?.stop();
  await rm(clips, { recursive: true, force: true });
});

test('what is not to be other than it was is the picture that viewers had, whatever happened meanwhile', { timeout: 120000 }, async () => {
  const again = await rendered(outputs.iso.id, { bitrate_kbps: 6000 });
  const live = recordingFile(server.dataDir, outputs.live.id);
  // Both have the meeting's ticks, so that they are a whole number of pictures apart.
  const shift = shiftBetween(live, again.file, 2);
  const value = similarity({ file: live, from: 2 }, { file: again.file, from: 2 + shift }, 4);
  console.log(`SSIM of the rendering and the programme: ${value}`);
  assert.ok(value >= 0.98, `SSIM ${value}`);
  assert.equal(again.meeting, meeting);
  assert.ok(again.files.some(({ name }) => name === 'poster.jpg'));
  assert.equal(again.manifest.render.recording, outputs.iso.id);
});

test('who is left out is neither seen nor heard, and the others stay in sync', { timeout: 120000 }, async () => {
  const { file } = await rendered(outputs.iso.id, { exclude: ['moving'], bitrate_kbps: 2000 });
  const offsets = soundOffsets(file);
  console.log(`picture to sound, ms: ${offsets.map((each) => each.toFixed(1)).join(' ')}`);
  assert.ok(offsets.length >= 4, `${offsets.length} flashes in the middle of the picture`);
  assert.ok(Math.abs(median(offsets)) < 40, offsets.join(' '));
  assert.ok(toneIn(file, 2650) < 0.003, `its tone has ${toneIn(file, 2650)}`);
  const { file: both } = await rendered(outputs.iso.id, { from_ms: 2000, to_ms: 4000 });
  assert.ok(toneIn(both, 2650) > 0.01, `its tone has ${toneIn(both, 2650)} otherwise`);
});

test('the command renders the same folder in another way', { timeout: 60000 }, async () => {
  const out = join(clips, 'other.mkv');
  const { stdout } = await promisify(execFile)(program, ['render', outputs.iso.folder, '--layout', 'picture-in-picture', '--canvas',
    '480x270@15', '--from-ms', '2000', '--to-ms', '4000', '-o', out], { timeout: 60000 });
  const told = JSON.parse(stdout);
  assert.equal(told.pictures, 30);
  assert.deepEqual(told.warnings, []);
  const { video, audio } = probe(out);
  assert.deepEqual([video.width, video.height, Number(video.nb_read_frames), audio.codec_name], [480, 270, 30, 'opus']);
});

test('a programme, and what is still being recorded, is refused', { timeout: 30000 }, async () => {
  const refused = await call(server, 'POST', `/v1/recordings/${outputs.live.id}:render`, { body: {}, key: null });
  assert.equal(refused.status, 409, JSON.stringify(refused.body));
  const wrong = await call(server, 'POST', `/v1/recordings/${outputs.iso.id}:render`, { body: { exclude: ['nobody'] }, key: null });
  assert.deepEqual([wrong.status, wrong.body.field], [400, 'exclude']);
});
