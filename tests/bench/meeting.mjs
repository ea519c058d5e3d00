// A meeting of nine parties, 640x360 VP8 at 30 fps each, composed to 1280x720 at 30 fps, with nine personal mixes.
//
// 1. Its media alone, in one process without a network (tests/bench/media.cpp): ours, the same as one GStreamer pipeline,
//    and decoders and encoders alone, all fed with the same RTP, each by turns; the lesser of two runs counts. The
//    feeder's CPU is taken off.
// 2. How many such meetings the machine's cores hold at 99 % of pictures and sound: more until one fails.
// 3. The whole server with nine WebRTC parties, processes of their own that send a clip encoded before and throw away
//    what they receive. CPU time of the server's threads by what they do.
// 4. How old picture and sound are.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, startServer } from '../support/server.mjs';
import { threads } from '../support/threads.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PARTIES = 9;
const SETTLE_S = 8;
const MEASURE_S = 15;
const MEDIA_S = 6;
const MEDIA_ROUNDS = 2;
const HELD = 0.99;

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

function makeClip(folder, seconds, name = 'party.webm') {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=30:duration=${seconds}`,
    '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds + 0.3}`, '-c:v', 'libvpx', '-b:v', '800k',
    '-deadline', 'realtime', '-cpu-used', '8', '-g', '60', '-c:a', 'libopus', '-b:a', '48k', '-ac', '2', path], { timeout: 120000 });
  return path;
}

const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
const clip = makeClip(folder, 10);

/** One run of build/bench/media; the feeder's share is not part of `cpu`. */
function runMedia(kind, meetings = 1) {
  const text = execFileSync(join(root, 'build/bench/media'),
    [kind, '--clip', clip, '--meetings', String(meetings), '--seconds', String(MEDIA_S), '--settle', '2'],
    { encoding: 'utf8', timeout: 60000, env: { ...process.env, TESSERA_LOG_LEVEL: 'error' } });
  const figures = JSON.parse(text.trim().split('\n').at(-1));
  return { ...figures, cpu: figures.cpu - figures.feed };
}

const lesser = (runs) => runs.reduce((least, each) => (each.cpu < least.cpu ? each : least));
const isHeld = (run) => Math.min(run.pictures, run.decoded, run.sound) >= HELD;

function measureMedia() {
  const runs = { ours: [], gstreamer: [], 'gstreamer-lean': [], codecs: [] };
  for (let i = 0; i < MEDIA_ROUNDS; i += 1) {
    for (const [kind, each] of Object.entries(runs)) each.push(runMedia(kind));
  }
  const [ours, gstreamer, lean, codecs] = Object.values(runs).map((each) => lesser(each.filter(isHeld).length ? each.filter(isHeld) : each));
  return {
    ours, gstreamer, lean, codecs,
    ratio: ours.cpu / gstreamer.cpu, ratioLean: ours.cpu / lean.cpu, floor: codecs.cpu / gstreamer.cpu,
    shares: shares(ours), overCodecs: ours.cpu / codecs.cpu - 1,
    allHeld: [ours, gstreamer, lean, codecs].every(isHeld),
  };
}

/** CPU of each work as a share of decode and encode together; `rest` is everything but these two. */
function shares(cpu) {
  const codecs = cpu.decode + cpu.encode;
  const works = ['composite', 'mix', 'send', 'control', 'other'].filter((work) => cpu[work] !== undefined);
  const result = Object.fromEntries(['decode', 'encode', ...works].map((work) => [work, cpu[work] / codecs]));
  return { ...result, rest: works.reduce((sum, work) => sum + cpu[work], 0) / codecs };
}

/** The largest number of meetings that is held; a number that fails is tried once more. */
function measureCapacity() {
  let held = 0;
  let last;
  for (let meetings = 1; meetings <= 64; meetings += 1) {
    const run = [0, 1].map(() => () => runMedia('ours', meetings)).reduce((done, next) => (done && isHeld(done) ? done : next()), null);
    if (!isHeld(run)) break;
    held = meetings;
    last = run;
  }
  return { held, cpu: last?.cpu ?? 0 };
}

const media = measureMedia();
const capacity = measureCapacity();
const partyClip = makeClip(folder, SETTLE_S + MEASURE_S + 20, 'long.webm');
const server = await startServer({ open: true, env: { TESSERA_LOG_LEVEL: 'warning' } });
const parties = [];
let split;
let stats;
try {
  const meeting = (await call(server, 'POST', '/v1/meetings', { body: { name: 'Bench' }, key: null })).body;
  for (let i = 0; i < PARTIES; i += 1) {
    parties.push(spawn(join(root, 'build/tessera_webrtc_client'),
      ['--whip', `${server.url}/whip/${meeting.id}?participant=party${i}`, '--clip', partyClip, '--pass-clip', '--no-decode',
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

const milliseconds = (seconds) => seconds * 1000;

if (process.argv.includes('--json')) {
  const perFrame = (run) => milliseconds(run.cpu) / 30;
  console.log(JSON.stringify({
    cases: [{
      name: 'nine-party-720p30-media', ours_ms: perFrame(media.ours), floor_ms: perFrame(media.codecs), gstreamer_ms: perFrame(media.gstreamer),
      gstreamer_lean_ms: perFrame(media.lean), ratio_to_gstreamer: media.ratio,
      ratio_to_gstreamer_lean: media.ratioLean, floor_ratio_to_gstreamer: media.floor,
      shares_of_decode_and_encode: media.shares, over_floor: media.overCodecs, all_held_99: media.allHeld,
      ours_cpu_per_second: media.ours,
    }, {
      name: 'meetings-held-at-99-percent', meetings: capacity.held, cores: cpus().length, cpu: capacity.cpu,
    }, {
      name: 'nine-party-720p30', ours_ms: perFrame({ cpu: total }), cpu_per_second: { ...split, total },
      shares_of_decode_and_encode: shares(split),
      video_ticks_skipped: stats.video.skipped, video_encoders: stats.renditions.filter((each) => each.kind === 'video').length,
      audio_encoders: stats.renditions.filter((each) => each.kind === 'audio').length,
    }, { name: 'added-latency', ...latency }],
  }));
} else {
  const line = (name, value) => console.log(`${name.padEnd(52)} ${value}`);
  console.log(`${cpus()[0].model}, ${cpus().length} cores; ${PARTIES} parties 640x360 VP8 -> 1280x720, 30 fps\n`);
  console.log('media alone, H.264 out                        CPU ms per second  pictures');
  for (const [name, run] of [['ours', media.ours], ['one GStreamer pipeline', media.gstreamer],
    ['the same without queues, one compositor thread', media.lean], ['decoders and encoders alone', media.codecs]]) {
    console.log(`${name.padEnd(50)} ${milliseconds(run.cpu).toFixed(0).padStart(6)} ${(run.pictures * 100).toFixed(1).padStart(12)} %`);
  }
  for (const work of ['decode', 'encode', 'composite', 'mix', 'control', 'other']) {
    console.log(`  ours: ${work.padEnd(42)} ${milliseconds(media.ours[work] ?? 0).toFixed(0).padStart(6)}`);
  }
  line('ours / GStreamer', media.ratio.toFixed(3));
  line('ours / GStreamer without queues', media.ratioLean.toFixed(3));
  line('decoders and encoders alone / GStreamer', media.floor.toFixed(3));
  line('all but decode and encode / decode and encode', media.shares.rest.toFixed(3));
  line(`meetings held at 99 % by ${cpus().length} cores`, capacity.held);
  console.log('\nwhole server, nine WebRTC parties, VP8 out    CPU ms per second');
  for (const [work, value] of Object.entries({ ...split, total })) {
    console.log(`${work.padEnd(50)} ${milliseconds(value).toFixed(0).padStart(6)}`);
  }
  line('all but decode and encode / decode and encode', shares(split).rest.toFixed(3));
  console.log(`\nvideo ticks ${stats.video.ticks}, skipped ${stats.video.skipped}`);
  for (const each of stats.renditions) console.log(`${each.kind} ${each.codec} of ${each.of}: ${each.subscribers} receivers`);
  console.log(`\nadded latency, ms        p50    p99`);
  for (const each of ['picture', 'sound']) {
    console.log(`${each.padEnd(22)} ${latency[`${each}_ms_p50`].toFixed(1).padStart(6)} ${latency[`${each}_ms_p99`].toFixed(1).padStart(6)}`);
  }
}
