// Recordings of a live meeting: complete, in sync, and readable after a kill.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beepTimes, decodeErrors, flashTimes, probe, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

/** A live meeting with one source that flashes and beeps at every full second. */
async function flashingMeeting(server) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Sync' });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`, { kind: 'test', name: 'Flash', pattern: 'flash', audio: 'beep' });
  return meeting;
}

test('a 20 s meeting is recorded whole and in sync', { timeout: 120000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const meeting = await flashingMeeting(server);
    await sleep(1000);
    const output = await ask(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { kind: 'recording' });
    await sleep(20000);
    await ask(server, 'DELETE', `/v1/meetings/${meeting.id}/outputs/${output.id}`);
    const recording = await eventually(async () => {
      const now = await ask(server, 'GET', `/v1/recordings/${output.recording}`);
      return now.state === 'ready' && now;
    });
    assert.match(recording.files[0].sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(recording.files.map(({ name }) => name), ['recording.mp4', 'poster.jpg', 'manifest.json']);
    const read = (name) => readFile(join(server.dataDir, 'recordings', output.recording, name));
    const manifest = JSON.parse(await read('manifest.json'));
    assert.deepEqual(manifest.files.map(({ sha256 }) => sha256), recording.files.slice(0, 2).map(({ sha256 }) => sha256));
    assert.deepEqual(manifest.files[0].video, { codec: 'h264', width: 1280, height: 720 });
    assert.deepEqual(manifest.events.map(({ type }) => type), ['recording.started', 'recording.stopped']);
    assert.equal(createHash('sha256').update(await read('recording.mp4')).digest('hex'), recording.files[0].sha256);
    const bytes = await read('recording.mp4');
    assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat') && !bytes.includes('moof'), 'its index is in front');

    const file = recordingFile(server.dataDir, output.recording);
    assert.equal(decodeErrors(file), '');
    const { video, audio } = probe(file);
    assert.deepEqual([video.codec_name, video.width, video.height, audio.codec_name], ['h264', 1280, 720, 'aac']);
    assert.ok(Math.abs(video.duration - 20) < 0.5, `picture lasts ${video.duration} s`);
    assert.ok(Math.abs(audio.duration - video.duration) < 0.1, `sound ${audio.duration} s, picture ${video.duration} s`);
    assert.ok(Math.abs(recording.files[0].duration_ms - 20000) < 500, `the API says ${recording.files[0].duration_ms} ms`);

    const flashes = flashTimes(file);
    const beeps = beepTimes(file);
    assert.ok(flashes.length >= 18, `${flashes.length} flashes`);
    const whole = (seconds) => seconds > 0.5 && seconds < video.duration - 0.5;  // its beep is in the file, too
    const offsets = flashes.filter(whole)
      .map((flash) => beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))[0])
      .map((seconds) => seconds * 1000);
    const worst = Math.max(...offsets.map(Math.abs));
    console.log(`picture to sound, ms: ${offsets.map((each) => each.toFixed(1)).join(' ')}`);
    assert.ok(worst < 40, `picture and sound are ${worst.toFixed(1)} ms apart`);
  } finally {
    await server.stop();
  }
});

test('kill -9 in mid-recording loses less than a second', { timeout: 120000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-kill-'));
  try {
    const server = await startServer({ open: true, dataDir });
    const meeting = await flashingMeeting(server);
    const output = await ask(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { kind: 'recording' });
    await sleep(6000);
    const [before] = (await ask(server, 'GET', `/v1/meetings/${meeting.id}/outputs`)).items;
    await server.kill();

    const file = recordingFile(dataDir, output.recording);
    assert.equal(decodeErrors(file), '');
    const { video, audio } = probe(file);
    const end = (stream) => Number(stream.start_time) + Number(stream.nb_read_frames) * (stream.codec_type === 'video' ? 1 / 30 : 1024 / 48000);
    const wanted = before.duration_ms / 1000;
    assert.ok(end(video) > wanted - 1, `picture ends at ${end(video)} s of ${wanted} s`);
    assert.ok(end(audio) > wanted - 1, `sound ends at ${end(audio)} s of ${wanted} s`);

    const again = await startServer({ open: true, dataDir });
    try {
      const recording = await ask(again, 'GET', `/v1/recordings/${output.recording}`);
      assert.equal(recording.state, 'ready', JSON.stringify(recording));
      assert.ok(recording.files[0].bytes > 0);
    } finally {
      await again.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
