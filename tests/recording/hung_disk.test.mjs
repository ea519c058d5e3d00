// A disk of recordings that hangs or is slow: what is recorded says so, and nothing else notices.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { faultyDisk } from '../support/disk_fault.mjs';
import { openEvents } from '../support/event_stream.mjs';
import { decodeErrors, flashingMeeting, probe, recordingFile } from '../support/recording.mjs';
import { ask, call, eventually, startServer } from '../support/server.mjs';

const noAnswer = 'the disk does not answer';

/** A folder for a server whose recordings are on a faulty disk, and a clip that its sources play. */
async function withFaultyDisk(body) {
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-hung-'));
  const disk = faultyDisk(dataDir);
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30:duration=2', '-f', 'lavfi', '-i',
    'sine=frequency=440:duration=2', '-c:v', 'libx264', '-g', '15', '-pix_fmt', 'yuv420p', '-c:a', 'aac', join(dataDir, 'clip.mp4')]);
  const running = [];
  const serve = async () => {
    const server = await startServer({ open: true, dataDir, env: { ...disk.env, TESSERA_FILES_ROOT: dataDir } });
    running.push(server);
    return server;
  };
  try {
    await body({ dataDir, disk, serve });
  } finally {
    disk.answer();
    for (const server of running) await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A meeting with three recordings and HLS beside them, all of them live. @returns {path, recorded, hls} */
async function recordedMeeting(server) {
  const path = await flashingMeeting(server);
  await ask(server, 'POST', `${path}/sources`, { kind: 'file', url: 'clip.mp4', loop: true });
  const add = (body) => ask(server, 'POST', `${path}/outputs`, body);
  const hls = await add({ kind: 'hls' });
  const recorded = [await add({ kind: 'recording' }), await add({ kind: 'recording', segment_s: 1 }), await add({ kind: 'iso' })];
  for (const { id } of [hls, ...recorded]) {
    await eventually(async () => {
      const now = await ask(server, 'GET', `${path}/outputs/${id}`);
      return now.state === 'live' && now.duration_ms > 500;
    }, 20000);
  }
  return { path, recorded, hls };
}

/** Everything that only reads answers, each within two seconds. */
async function readsAnswer(server, path, recorded) {
  const recordings = recorded.map(({ recording }) => `/v1/recordings/${recording}`);
  for (const each of ['/v1/meetings', path, `${path}/outputs`, `${path}/stats`, '/v1/recordings', ...recordings]) {
    const reply = await fetch(server.url + each, { signal: AbortSignal.timeout(2000) });
    assert.equal(reply.status, 200, each);
    await reply.text();
  }
}

const outputs = async (server, path) => (await ask(server, 'GET', `${path}/outputs`)).items;

/** All that is recorded says that the disk does not answer. */
async function allSaySo(server, path, recorded) {
  await eventually(async () => {
    const now = await outputs(server, path);
    return recorded.every(({ id }) => now.some((each) => each.id === id && each.state === 'retrying' && each.last_error === noAnswer));
  }, 10000);
}

/** Paths of the media files that a recording lists. */
const mediaFiles = (dataDir, { id, files }) => files.filter(({ kind }) => kind === 'mp4' || kind === 'mkv')
  .map(({ name }) => join(dataDir, 'recordings', id, name));

test('a disk that hangs for a while: recordings say so and go on, HLS loses nothing', { timeout: 120000 }, () =>
  withFaultyDisk(async ({ dataDir, disk, serve }) => {
    const server = await serve();
    const { path, recorded, hls } = await recordedMeeting(server);
    const events = await openEvents(server, '?types=output.*', { key: null });
    disk.hang();
    await allSaySo(server, path, recorded);
    for (const { id } of recorded) {
      const { data } = await events.next(({ type, data: { output } }) => type === 'output.retrying' && output === id);
      assert.equal(data.last_error, noAnswer);
    }
    await readsAnswer(server, path, recorded);
    const during = await ask(server, 'GET', `${path}/outputs/${hls.id}`);
    assert.deepEqual([during.state, during.packets_dropped], ['live', 0]);
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${hls.id}`)).duration_ms > during.duration_ms + 1000);

    disk.answer();
    for (const { id } of recorded) {
      await events.next(({ type, data: { output, at_ms: at } }) => type === 'output.live' && output === id && at > 0);
      await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${id}`)).state === 'live');
    }
    const last = await outputs(server, path);
    for (const { id } of recorded) await ask(server, 'DELETE', `${path}/outputs/${id}`);
    for (const { id, recording } of recorded) {
      const done = await eventually(async () => {
        const now = await ask(server, 'GET', `/v1/recordings/${recording}`);
        return now.state === 'ready' && now;
      }, 20000);
      const before = last.find((each) => each.id === id);
      assert.ok(done.duration_ms >= before.duration_ms, `${done.duration_ms} of ${before.duration_ms} ms`);
      for (const file of mediaFiles(dataDir, done)) assert.equal(decodeErrors(file), '');
    }
    await events.close();
  }));

test('a disk that hangs for good: the meeting is deleted in time, and what was recorded is finished later', { timeout: 120000 }, () =>
  withFaultyDisk(async ({ dataDir, disk, serve }) => {
    const server = await serve();
    const { path, recorded } = await recordedMeeting(server);
    disk.hang();
    await allSaySo(server, path, recorded);
    const deleted = await fetch(server.url + path, { method: 'DELETE', signal: AbortSignal.timeout(10000) });
    assert.equal(deleted.status, 204);
    assert.equal((await call(server, 'GET', path)).status, 404);
    for (const { recording } of recorded) {
      const now = await ask(server, 'GET', `/v1/recordings/${recording}`);
      assert.deepEqual([now.state, now.error], ['finalizing', noAnswer]);
    }
    // Others meet meanwhile; who wants to record is refused.
    const other = await flashingMeeting(server);
    const live = await ask(server, 'POST', `${other}/outputs`, { kind: 'hls' });
    await eventually(async () => (await ask(server, 'GET', `${other}/outputs/${live.id}`)).state === 'live');
    const { total } = await ask(server, 'GET', '/v1/recordings');
    const refused = await call(server, 'POST', `${other}/outputs`, { body: { kind: 'recording' } });
    assert.deepEqual([refused.status, refused.body.code], [504, 'timeout'], JSON.stringify(refused.body));
    assert.match(refused.body.detail, /disk/);
    assert.equal((await ask(server, 'GET', '/v1/recordings')).total, total);

    // It ends in order; the next start finishes what is there.
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    disk.answer();
    const next = await serve();
    for (const { recording } of recorded) {
      const done = await eventually(async () => {
        const now = await ask(next, 'GET', `/v1/recordings/${recording}`);
        return now.state === 'failed' && now;
      }, 20000);
      assert.equal(done.error, noAnswer);
      assert.ok(mediaFiles(dataDir, done).length > 0, JSON.stringify(done));
      for (const file of mediaFiles(dataDir, done)) assert.equal(decodeErrors(file), '');
    }
  }));

test('a disk that hangs while a recording begins: it is refused, and begins once the disk answers', { timeout: 60000 }, () =>
  withFaultyDisk(async ({ disk, serve }) => {
    const server = await serve();
    const path = await flashingMeeting(server);
    for (const [kind, name] of [['recording', 'recording.mp4'], ['iso', undefined]]) {
      disk.hang(name);
      const reply = await call(server, 'POST', `${path}/outputs`, { body: { kind } });
      assert.deepEqual([reply.status, reply.body.code], [504, 'timeout'], JSON.stringify(reply.body));
      await readsAnswer(server, path, []);
      disk.answer();
      assert.equal((await ask(server, 'GET', '/v1/recordings')).total, 0);
      assert.equal((await outputs(server, path)).length, 0);
    }
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${output.id}`)).state === 'live');
  }));

test('a disk that hangs while a recording is finished: the next start finishes it', { timeout: 90000 }, () =>
  withFaultyDisk(async ({ dataDir, disk, serve }) => {
    const server = await serve();
    const { path, recorded } = await recordedMeeting(server);
    const [{ id, recording }] = recorded;
    disk.hang('.part');
    await ask(server, 'DELETE', `${path}/outputs/${id}`);
    assert.equal((await ask(server, 'GET', `/v1/recordings/${recording}`)).state, 'finalizing');
    await readsAnswer(server, path, recorded);
    const other = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${other.id}`)).state === 'live');
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    disk.answer();
    const next = await serve();
    for (const each of [...recorded.map(({ recording: of }) => of), other.recording]) {
      const done = await eventually(async () => {
        const now = await ask(next, 'GET', `/v1/recordings/${each}`);
        return now.state === 'ready' && now;
      }, 20000);
      for (const file of mediaFiles(dataDir, done)) assert.equal(decodeErrors(file), '');
    }
    assert.ok(probe(recordingFile(dataDir, recording)).video);
  }));

test('a disk that is too slow: what is missing is counted and told, memory is bounded', { timeout: 120000 }, () =>
  withFaultyDisk(async ({ dataDir, disk, serve }) => {
    const server = await serve();
    const path = await flashingMeeting(server);
    const hls = await ask(server, 'POST', `${path}/outputs`, { kind: 'hls' });
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    const events = await openEvents(server, '?types=output.*', { key: null });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${output.id}`)).state === 'live');
    disk.delay(1500);
    const { data } = await events.next(({ type, data: about }) => type === 'output.degraded' && about.output === output.id, 60000);
    assert.match(data.last_error, /too slow/);
    const now = await ask(server, 'GET', `${path}/outputs/${output.id}`);
    assert.ok(now.packets_dropped > 0);
    assert.equal(now.state, 'live');
    assert.equal((await ask(server, 'GET', `${path}/outputs/${hls.id}`)).packets_dropped, 0);
    disk.answer();
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
    const done = await eventually(async () => {
      const recording = await ask(server, 'GET', `/v1/recordings/${output.recording}`);
      return recording.state === 'ready' && recording;
    }, 20000);
    assert.equal(decodeErrors(recordingFile(dataDir, done.id)), '');
    await events.close();
  }));
