// A meeting of nine WebRTC parties, 640x360 VP8 at 30 fps each, composed to 1280x720 at 30 fps and sent back to all nine
// with nine personal mixes. CPU time of the server's threads is grouped by what they do; the parties are processes of
// their own, send a clip that was encoded before, and throw away what they receive.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, startServer } from '../support/server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PARTIES = 9;
const SETTLE_S = 8;
const MEASURE_S = 20;
const HERTZ = 100;

/** Thread names (their beginnings) by what the thread does; the rest is "other". */
const WORK = {
  decode: ['decode', 'appsrc', 'video', 'audio-in', 'rtp', 'vp8', 'opus', 'queue'],
  composite: ['video-tick'],
  mix: ['audio-tick'],
  encode: ['video-encode', 'audio-encode'],
  send: ['webrtc', 'event-loop', 'net'],
};

function workOf(name) {
  let best = 'other';
  let length = 0;
  for (const [work, prefixes] of Object.entries(WORK)) {
    for (const prefix of prefixes) {
      if (name.startsWith(prefix) && prefix.length > length) [best, length] = [work, prefix.length];
    }
  }
  return best;
}

/** CPU seconds so far of every thread: id -> {name, seconds}. */
function threads(pid) {
  const result = new Map();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      result.set(id, { name, seconds: (Number(fields[11]) + Number(fields[12])) / HERTZ });
    } catch {
      // The thread ended meanwhile.
    }
  }
  return result;
}

function makeClip(folder, seconds) {
  const path = join(folder, 'party.webm');
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=30:duration=${seconds}`,
    '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`, '-c:v', 'libvpx', '-b:v', '800k',
    '-deadline', 'realtime', '-cpu-used', '8', '-g', '60', '-c:a', 'libopus', '-b:a', '48k', '-ac', '2', path], { timeout: 120000 });
  return path;
}

const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
const clip = makeClip(folder, SETTLE_S + MEASURE_S + 20);
const server = await startServer({ open: true, env: { TESSERA_LOG_LEVEL: 'warning' } });
const parties = [];
let split;
let stats;
try {
  const meeting = (await call(server, 'POST', '/v1/meetings', { body: { name: 'Bench' }, key: null })).body;
  for (let i = 0; i < PARTIES; i += 1) {
    parties.push(spawn(join(root, 'build/tessera_webrtc_client'),
      ['--whip', `${server.url}/whip/${meeting.id}?participant=party${i}`, '--clip', clip, '--pass-clip', '--no-decode',
        '--seconds', String(SETTLE_S + MEASURE_S + 12)], { stdio: 'ignore' }));
  }
  await sleep(SETTLE_S * 1000);
  const present = (await call(server, 'GET', `/v1/meetings/${meeting.id}/participants`, { key: null })).body;
  const connected = present.items.filter((each) => each.state === 'connected').length;
  if (connected !== PARTIES) throw new Error(`only ${connected} parties are connected`);
  const before = threads(server.pid);
  const begin = process.hrtime.bigint();
  await sleep(MEASURE_S * 1000);
  const wall = Number(process.hrtime.bigint() - begin) / 1e9;
  const after = threads(server.pid);
  split = { decode: 0, composite: 0, mix: 0, encode: 0, send: 0, other: 0 };
  for (const [id, { name, seconds }] of after) split[workOf(name)] += (seconds - (before.get(id)?.seconds ?? 0)) / wall;
  if (process.env.TESSERA_BENCH_THREADS) {
    for (const [id, { name, seconds }] of after) console.error(name, (seconds - (before.get(id)?.seconds ?? 0)).toFixed(2));
  }
  stats = (await call(server, 'GET', `/v1/meetings/${meeting.id}/stats`, { key: null })).body;
} finally {
  for (const party of parties) party.kill('SIGTERM');
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
const latency = JSON.parse(execFileSync(join(root, 'build/bench/latency'), ['--json'], { encoding: 'utf8', timeout: 120000 }));
const total = Object.values(split).reduce((sum, each) => sum + each, 0);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({
    cases: [{
      name: 'nine-party-720p30', cpu_per_second: { ...split, total },
      video_ticks_skipped: stats.video.skipped, video_encoders: stats.renditions.filter((each) => each.kind === 'video').length,
      audio_encoders: stats.renditions.filter((each) => each.kind === 'audio').length,
    }, { name: 'added-latency', ...latency }],
  }));
} else {
  console.log(`${cpus()[0].model}, ${cpus().length} cores; ${PARTIES} parties 640x360 VP8 -> 1280x720, 30 fps\n`);
  console.log('work         CPU ms per second');
  for (const [work, value] of Object.entries({ ...split, total })) {
    console.log(`${work.padEnd(12)} ${(value * 1000).toFixed(0).padStart(6)}`);
  }
  console.log(`\nvideo ticks ${stats.video.ticks}, skipped ${stats.video.skipped}`);
  for (const each of stats.renditions) console.log(`${each.kind} ${each.codec} of ${each.of}: ${each.subscribers} receivers`);
  console.log(`\nadded latency, ms        p50    p99`);
  for (const media of ['picture', 'sound']) {
    console.log(`${media.padEnd(22)} ${latency[`${media}_ms_p50`].toFixed(1).padStart(6)} ${latency[`${media}_ms_p99`].toFixed(1).padStart(6)}`);
  }
}
