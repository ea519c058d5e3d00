// Recordings of a live meeting: complete, in sync, and readable after a kill.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beepTimes, decodeErrors, flashingMeeting, flashTimes, nearestOffsets, probe, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

/** 600 is the long run: TESSERA_RECORDING_S. */
const seconds = Number(process.env.TESSERA_RECORDING_S ?? 20);

test(`a meeting of ${seconds} s is recorded whole and in sync`, { timeout: 100000 + 3000 * seconds }, async () => {
  const server = await startServer({ open: true });
  try {
    const path = await flashingMeeting(server);
    await sleep(1000);
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await sleep(seconds * 1000);
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
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
    assert.ok(Math.abs(video.duration - seconds) < 0.5, `picture lasts ${video.duration} s`);
    assert.ok(Math.abs(audio.duration - video.duration) < 0.1, `sound ${audio.duration} s, picture ${video.duration} s`);
    assert.ok(Math.abs(recording.files[0].duration_ms - seconds * 1000) < 500, `the API says ${recording.files[0].duration_ms} ms`);

    const flashes = flashTimes(file);
    const beeps = beepTimes(file);
    assert.ok(flashes.length >= seconds - 2, `${flashes.length} flashes`);
    const offsets = nearestOffsets(flashes, beeps, Number(video.duration));
    const magnitudes = offsets.map(Math.abs).sort((a, b) => a - b);
    const p99 = magnitudes[Math.ceil(magnitudes.length * 0.99) - 1];
    const mean = (part) => part.reduce((sum, each) => sum + each, 0) / part.length;
    const drift = mean(offsets.slice(-8)) - mean(offsets.slice(0, 8));
    console.log(`picture to sound: p99 ${p99.toFixed(1)} ms, from begin to end ${drift.toFixed(1)} ms more`);
    assert.ok(p99 < 40, `picture and sound are ${p99.toFixed(1)} ms apart`);
    assert.ok(Math.abs(drift) < 10, `picture and sound drift by ${drift.toFixed(1)} ms`);
  } finally {
    await server.stop();
  }
});

test('kill -9 in mid-recording loses less than a second', { timeout: 120000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-kill-'));
  try {
    const server = await startServer({ open: true, dataDir });
    const path = await flashingMeeting(server);
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await sleep(6000);
    const [before] = (await ask(server, 'GET', `${path}/outputs`)).items;
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
