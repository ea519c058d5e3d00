// A meeting published over WHIP to Janus: a media server of others takes it, and forwards what ffmpeg decodes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startJanusWhip } from '../support/janus_whip.mjs';
import { freeUdpPort, startProgram } from '../support/processes.mjs';
import { eventually, startServer } from '../support/server.mjs';
import { startMeeting } from '../support/streams.mjs';

const token = 'sesame-of-the-room';
const size = { width: 320, height: 180 };

let server, janus, meeting;
before(async () => {
  [server, janus] = await Promise.all([startServer(), startJanusWhip({ token })]);
  meeting = await startMeeting(server, { canvas: { ...size, fps: 15 } });
});
after(async () => {
  await Promise.all([server?.stop(), janus?.stop()]);
});

const publisher = () => eventually(async () => (await janus.publishers())[0], 15000).catch(() => assert.fail(janus.log()));
const nobody = () => eventually(async () => (await janus.publishers()).length === 0, 15000);

/** Somebody receives at this UDP port. */
const isBound = (port) => readFileSync('/proc/net/udp', 'utf8').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);

/** What Janus forwards of a publisher, from the next keyframe on. @returns {size, pictures, loudness}: different pictures, mean dBFS */
async function forwarded(id, codec) {
  const ports = { audio: await freeUdpPort(), video: await freeUdpPort() };
  const folder = await mkdtemp(join(tmpdir(), 'tessera-forwarded-'));
  try {
    const [sdp, frames] = ['stream.sdp', 'frames.md5'].map((name) => join(folder, name));
    await writeFile(sdp, janus.description(ports, codec));
    const receiver = startProgram('ffmpeg', ['-hide_banner', '-protocol_whitelist', 'file,udp,rtp', '-i', sdp,
      '-map', '0:v', '-frames:v', 20, '-f', 'framemd5', frames, '-map', '0:a', '-t', 2, '-af', 'volumedetect', '-f', 'null', '-']);
    await eventually(() => isBound(ports.audio) && isBound(ports.video), 20000);
    await janus.forward(id, ports);
    const timer = setTimeout(() => receiver.stop('SIGKILL'), 30000);
    const { code } = await receiver.exited;
    clearTimeout(timer);
    assert.equal(code, 0, receiver.log());
    const text = await readFile(frames, 'utf8');
    return {
      size: text.match(/^#dimensions 0: (\S+)/m)?.[1],
      pictures: new Set(text.match(/[0-9a-f]{32}$/gm)).size,
      loudness: Number(receiver.log().match(/mean_volume: (\S+) dB/)?.[1]),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const codec of ['h264', 'vp8']) {
  test(`Janus gets picture and sound as ${codec}, and sees the end`, { timeout: 90000 }, async () => {
    const { id } = await meeting.add({ kind: 'whip', url: janus.url, token, video: { codec, ...size, fps: 15 } });
    await meeting.until(id, 'live');
    const taken = await publisher();
    const got = await forwarded(taken.id, codec);
    assert.equal(got.size, `${size.width}x${size.height}`, JSON.stringify(got));
    assert.ok(got.pictures > 10 && got.loudness > -50, JSON.stringify(got));
    await meeting.remove(id);
    await nobody();
  });
}

test('a publisher that Janus throws out comes back with a session of its own', { timeout: 60000 }, async () => {
  const { id } = await meeting.add({ kind: 'whip', url: janus.url, token, video: { codec: 'h264', ...size, fps: 15 } });
  await meeting.until(id, 'live');
  const first = await publisher();
  await janus.kick(first.id);
  const second = await eventually(async () => (await janus.publishers()).find((each) => each.id !== first.id), 30000);
  const live = await meeting.until(id, 'live');
  assert.ok(live.reconnects >= 1 && live.last_error, JSON.stringify(live));
  const got = await forwarded(second.id, 'h264');
  assert.ok(got.pictures > 10 && got.loudness > -50, JSON.stringify(got));
  await meeting.remove(id);
  await nobody();
});

test('Janus behind a wrong token takes nobody', { timeout: 30000 }, async () => {
  const { id } = await meeting.add({ kind: 'whip', url: janus.url, token: 'wrong' });
  const { last_error: reason } = await meeting.until(id, 'retrying');
  assert.match(reason, /HTTP status 401/);
  assert.equal((await janus.publishers()).length, 0);
  await meeting.remove(id);
});
