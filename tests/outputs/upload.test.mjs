// Finished recordings go to S3 and by PUT: whole, checked, on from where they were, and no secret is seen.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEvents } from '../support/event_stream.mjs';
import { startPutServer } from '../support/put_server.mjs';
import { accessKey, secretKey, startS3 } from '../support/s3_server.mjs';
import { call, eventually, startServer } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';

const password = 'PASSWORD-4711';

const s3Env = (s3) => ({
  TESSERA_UPLOAD_TARGETS: s3.target,
  TESSERA_UPLOAD_CREDENTIALS: `archive ${accessKey} ${secretKey}`,
  TESSERA_UPLOAD_PART_MB: '1',
});

/** Records until the file has so many bytes. @returns the recording's id */
async function record(server, bytes) {
  const meeting = await startMeeting(server, { canvas: { width: 1280, height: 720, fps: 30 } });
  const { id, recording } = await meeting.add({ kind: 'recording', video: { bitrate_kbps: 12000 } });
  await eventually(async () => (await meeting.output(id)).bytes > bytes, 60000);
  await meeting.end();
  return recording;
}

const uploaded = (server, id, limitMs = 40000) => eventually(async () => {
  const now = await ask(server, 'GET', `/v1/recordings/${id}`);
  return now.state === 'ready' && now.uploads.length > 0 && now.uploads.every(({ state }) => state !== 'waiting') && now;
}, limitMs);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const partsOf = (s3) => s3.requests.filter(({ method, query }) => method === 'PUT' && query.partNumber);

test('a recording goes to S3 in parts, one of which fails once', { timeout: 120000 }, async () => {
  const s3 = await startS3();
  let failures = 1;
  s3.react = ({ method, query }) => (method === 'PUT' && query.partNumber === '3' && failures-- > 0 ? 500 : undefined);
  const server = await startServer({ env: s3Env(s3) });
  try {
    const events = await openEvents(server, '?types=recording.*');
    const id = await record(server, 2.6e6);
    const done = await uploaded(server, id);
    assert.deepEqual(done.uploads, [{ target: 'archive', state: 'done', error: null }]);
    assert.equal(done.local, true);
    assert.deepEqual(s3.faults, []);
    const { data } = await events.next(({ type }) => type === 'recording.uploaded');
    assert.deepEqual([data.recording, data.target, data.files, data.verified], [id, 'archive', done.files.length, true]);
    for (const file of done.files) {
      const stored = await s3.read(`${done.meeting}/${id}/${file.name}`);
      assert.equal(stored.status, 200, file.name);
      assert.equal(sha256(stored.bytes), file.sha256, file.name);
    }
    const numbers = partsOf(s3).map(({ query }) => Number(query.partNumber));
    const count = Math.ceil(done.files[0].bytes / 2 ** 20);
    assert.ok(count >= 3, `${count} parts`);
    assert.deepEqual(numbers, [1, 2, 3, ...Array.from({ length: count - 2 }, (_, i) => i + 3)], 'the third came twice');
    assert.equal(s3.requests.filter(({ query }) => 'uploads' in query).length, 1);
    await events.close();
  } finally {
    await server.stop();
    await s3.stop();
  }
});

test('segments go to S3 while the recording goes on', { timeout: 120000 }, async () => {
  const s3 = await startS3();
  const server = await startServer({ env: s3Env(s3) });
  try {
    const meeting = await startMeeting(server, { canvas: { width: 320, height: 180, fps: 30 } });
    const { recording: id, id: output } = await meeting.add({ kind: 'recording', segment_s: 1 });
    const sent = () => s3.requests.filter(({ method, path, status }) => method === 'PUT' && path.endsWith('.mp4') && status === 200);
    await eventually(() => sent().length >= 2, 40000);
    const now = await ask(server, 'GET', `/v1/recordings/${id}`);
    assert.deepEqual([now.state, now.uploads], ['recording', [{ target: 'archive', state: 'waiting', error: null }]]);
    assert.equal((await meeting.output(output)).state, 'live');
    await meeting.end();
    const done = await uploaded(server, id);
    assert.deepEqual(done.uploads.map(({ state }) => state), ['done']);
    const media = done.files.filter(({ kind }) => kind === 'mp4');
    assert.equal(sent().length, media.length, 'each was sent once');
    for (const file of done.files) assert.equal(sha256((await s3.read(`${done.meeting}/${id}/${file.name}`)).bytes), file.sha256, file.name);
    assert.deepEqual(s3.faults, []);
  } finally {
    await server.stop();
    await s3.stop();
  }
});

test('kill -9 in mid-upload: the next start goes on behind the last part', { timeout: 120000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-upload-'));
  const s3 = await startS3();
  s3.react = ({ query }) => (query.partNumber === '2' ? 'hang' : undefined);
  let server = await startServer({ env: s3Env(s3), dataDir });
  try {
    const id = await record(server, 2.6e6);
    await eventually(() => partsOf(s3).length === 2, 40000);
    assert.equal((await ask(server, 'GET', `/v1/recordings/${id}`)).state, 'uploading');
    await server.kill();
    s3.react = () => undefined;
    server = await startServer({ env: s3Env(s3), dataDir });
    const done = await uploaded(server, id);
    assert.deepEqual(done.uploads.map(({ state }) => state), ['done']);
    const numbers = partsOf(s3).map(({ query }) => Number(query.partNumber));
    assert.deepEqual(numbers.slice(0, 4), [1, 2, 2, 3], 'the first part was not sent again');
    assert.equal(new Set(partsOf(s3).map(({ query }) => query.uploadId)).size, 1);
    const stored = await s3.read(`${done.meeting}/${id}/${done.files[0].name}`);
    assert.equal(sha256(stored.bytes), done.files[0].sha256);
    assert.deepEqual(s3.faults, []);
  } finally {
    await server.stop();
    await s3.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('a recording goes by PUT, is read back, and leaves this machine only then', { timeout: 120000 }, async () => {
  const receiver = await startPutServer({ password });
  let spoils = 1;
  receiver.react = ({ method, path }) => {
    if (method !== 'GET' || !path.endsWith('.mp4') || spoils-- <= 0) return undefined;
    receiver.files.set(path, Buffer.alloc(receiver.files.get(path).length));  // the disk over there rots
    return undefined;
  };
  const server = await startServer({
    env: {
      TESSERA_UPLOAD_TARGETS: `nas put ${receiver.url}`,
      TESSERA_UPLOAD_CREDENTIALS: `nas ada ${password}`,
      TESSERA_UPLOAD_DELETE_LOCAL: 'verified',
    },
  });
  try {
    const id = await record(server, 1e5);
    const folder = join(server.dataDir, 'recordings', id);
    const done = await eventually(async () => {
      const now = await ask(server, 'GET', `/v1/recordings/${id}`);
      return now.local === false && now;
    }, 60000);
    const puts = receiver.requests.filter(({ method, path, status }) => method === 'PUT' && path.endsWith('.mp4') && status === 201);
    assert.equal(puts.length, 2, 'what was spoilt over there was sent again');
    assert.deepEqual([done.state, done.uploads], ['ready', [{ target: 'nas', state: 'done', error: null }]]);
    assert.ok(!existsSync(folder));
    for (const file of done.files) assert.equal(sha256(receiver.files.get(`/dav/${done.meeting}/${id}/${file.name}`)), file.sha256);
    assert.ok(receiver.requests.some(({ method, status }) => method === 'MKCOL' && status === 201));
    assert.equal((await call(server, 'GET', `/v1/recordings/${id}/files/recording.mp4`)).status, 404);
    const seen = [done, await ask(server, 'GET', '/v1/audit'), (await call(server, 'GET', '/metrics')).body];
    assert.doesNotMatch(JSON.stringify(seen) + server.log(), /4711/);
  } finally {
    await server.stop();
    await receiver.stop();
  }
});

test('a target that refuses is told at once, and the recording stays', { timeout: 120000 }, async () => {
  const receiver = await startPutServer({ password });
  const server = await startServer({
    env: { TESSERA_UPLOAD_TARGETS: `nas put ${receiver.url}`, TESSERA_UPLOAD_CREDENTIALS: 'nas ada WRONG-4711', TESSERA_UPLOAD_DELETE_LOCAL: 'verified' },
  });
  try {
    const events = await openEvents(server, '?types=recording.failed');
    const id = await record(server, 1e5);
    const { data } = await events.next(({ type }) => type === 'recording.failed', 40000);
    assert.deepEqual([data.recording, data.stage, data.target, data.state], [id, 'upload', 'nas', 'ready']);
    assert.match(data.error, /401/);
    const now = await ask(server, 'GET', `/v1/recordings/${id}`);
    assert.deepEqual([now.state, now.local, now.uploads[0].state], ['ready', true, 'failed']);
    assert.ok(existsSync(join(server.dataDir, 'recordings', id, 'recording.mp4')));
    assert.doesNotMatch(JSON.stringify([now, events.events]) + server.log(), /4711/);
    await events.close();
  } finally {
    await server.stop();
    await receiver.stop();
  }
});
