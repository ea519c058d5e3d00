#!/usr/bin/env node
// How quickly an isolated recording is rendered: a meeting of a few people who send VP8 and Opus over WebRTC is recorded for two
// minutes, then rendered by the command.
//
//   tests/bench/render.mjs [--json] [SECONDS] [PEOPLE] [LAYOUT] [CANVAS]     default: 120 4 grid 1280x720
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, eventually, program, startServer } from '../support/server.mjs';
import { startClient } from '../support/whip_client.mjs';

const given = process.argv.slice(2).filter((each) => each !== '--json');
const [seconds = 120, people = 4] = given.slice(0, 2).map(Number);
const [layout = 'grid', canvas = '1280x720'] = given.slice(2);
const ffmpeg = (...args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);

const folder = await mkdtemp(join(tmpdir(), 'tessera-render-'));
const server = await startServer({ open: true });
try {
  const part = join(folder, 'part.webm');
  const clip = join(folder, 'clip.webm');
  ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30:d=5', '-f', 'lavfi', '-i', 'sine=f=300:d=5', '-c:v', 'libvpx', '-deadline', 'realtime',
    '-cpu-used', '8', '-threads', '1', '-g', '150', '-b:v', '800k', '-c:a', 'libopus', '-b:a', '48k', part);
  ffmpeg('-stream_loop', `${Math.ceil((seconds + 30) / 5)}`, '-i', part, '-c', 'copy', clip);

  const { id } = await ask(server, 'POST', '/v1/meetings', { name: 'Render' });
  await ask(server, 'POST', `/v1/meetings/${id}:start`);
  const clients = Array.from({ length: people }, (_, i) => startClient({
    whip: `${server.url}/whip/${id}?participant=person${i}`, clip, 'pass-clip': true, 'send-only': true, seconds: seconds + 20 }));
  await eventually(async () => (await ask(server, 'GET', `/v1/meetings/${id}/sources`)).items.length === people, 20000);
  const output = await ask(server, 'POST', `/v1/meetings/${id}/outputs`, { kind: 'iso' });
  await sleep(seconds * 1000);
  await ask(server, 'DELETE', `/v1/meetings/${id}/outputs/${output.id}`);
  for (const client of clients) client.kill();
  await eventually(async () => (await ask(server, 'GET', `/v1/recordings/${output.recording}`)).state === 'ready', 60000);

  const place = join(server.dataDir, 'recordings', output.recording);
  const told = JSON.parse(execFileSync(program, ['render', place, '--layout', layout, '--canvas', canvas, '-o', join(folder, 'out.mp4')],
    { encoding: 'utf8', maxBuffer: 1 << 20 }));
  const { warnings, times_real_time: speed } = told;
  const result = { name: `${people} people, ${layout}`, canvas, duration_ms: told.duration_ms, seconds: told.seconds, times_real_time: speed, warnings };
  if (process.argv.includes('--json')) console.log(JSON.stringify({ cases: [result] }));
  else console.log(`${people} people, ${(told.duration_ms / 1000).toFixed(1)} s, ${layout} at ${canvas}: rendered in ${told.seconds.toFixed(1)} s, ` +
    `${speed.toFixed(2)} times real time, on ${cpus().length} cores (${cpus()[0].model}); warnings: ${warnings.length}`);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
