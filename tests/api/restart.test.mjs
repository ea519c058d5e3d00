// What survives a restart: meetings, recordings and the audit log.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { call, eventually, program, startServer } from '../support/server.mjs';

async function withFolder(body) {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-restart-'));
  try {
    await body(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

const small = { canvas: { width: 320, height: 180, fps: 15 } };

test('meetings, recordings and the audit log survive a restart', () =>
  withFolder(async (dataDir) => {
    let server = await startServer({ dataDir });
    const get = async (path) => (await call(server, 'GET', path)).body;
    await call(server, 'POST', '/v1/meetings', { body: { id: 'kept', name: 'Kept', metadata: { a: 1 }, ...small } });
    await call(server, 'POST', '/v1/meetings', { body: { id: 'over', name: 'Over' } });
    await call(server, 'POST', '/v1/meetings/over:start');
    await call(server, 'POST', '/v1/meetings/over:end');
    await call(server, 'POST', '/v1/meetings/kept:start');
    await call(server, 'PATCH', '/v1/meetings/kept/views/main', { body: { layout: { name: 'speaker', params: { strip: 'left' } } } });
    await call(server, 'POST', '/v1/meetings/kept/sources', { body: { kind: 'test', width: 320, height: 180, fps: 15 } });
    const output = (await call(server, 'POST', '/v1/meetings/kept/outputs', { body: { kind: 'recording' } })).body;
    await eventually(async () => (await get(`/v1/meetings/kept/outputs/${output.id}`)).bytes > 5000, 20000);
    const { code } = await server.stop();
    assert.equal(code, 0);

    server = await startServer({ dataDir });
    try {
      const kept = await get('/v1/meetings/kept');
      assert.deepEqual([kept.name, kept.state, kept.metadata, kept.canvas], ['Kept', 'scheduled', { a: 1 }, small.canvas]);
      assert.deepEqual([kept.layout.name, kept.layout.params.strip], ['speaker', 'left']);
      assert.equal((await get('/v1/meetings/over')).state, 'ended');
      const recording = await eventually(async () => {
        const now = await get(`/v1/recordings/${output.recording}`);
        return now.state === 'ready' && now;
      });
      assert.ok(recording.files[0].duration_ms > 0);
      const audit = await get('/v1/audit?limit=200');
      assert.ok(audit.items.some((each) => each.action === 'POST /v1/meetings' && each.status === 201));
      assert.equal((await call(server, 'POST', '/v1/meetings/kept:start')).status, 200);
    } finally {
      await server.stop();
    }
  }));

test('a recording that was cut off by kill -9 is ready after the restart', () =>
  withFolder(async (dataDir) => {
    let server = await startServer({ dataDir });
    await call(server, 'POST', '/v1/meetings', { body: { id: 'cut', ...small } });
    await call(server, 'POST', '/v1/meetings/cut/sources', { body: { kind: 'test', width: 320, height: 180, fps: 15 } });
    const output = (await call(server, 'POST', '/v1/meetings/cut/outputs', { body: { kind: 'recording' } })).body;
    await eventually(async () => (await call(server, 'GET', `/v1/meetings/cut/outputs/${output.id}`)).body.duration_ms > 4000, 30000);
    await server.kill();

    server = await startServer({ dataDir });
    try {
      assert.equal((await call(server, 'GET', '/v1/meetings/cut')).body.state, 'scheduled');
      const recording = await eventually(async () => {
        const now = (await call(server, 'GET', `/v1/recordings/${output.recording}`)).body;
        assert.notEqual(now.state, 'failed', now.error);
        return now.state === 'ready' && now;
      });
      assert.match(recording.files[0].sha256, /^[0-9a-f]{64}$/);
      assert.ok(recording.files[0].duration_ms > 2000, `${recording.files[0].duration_ms} ms`);
    } finally {
      await server.stop();
    }
  }));

test('exit codes: 2 for a bad configuration, 3 for an address in use', () =>
  withFolder(async (dataDir) => {
    const run = (env) =>
      new Promise((resolve) => {
        const child = spawn(program, ['serve'], { env: { ...process.env, TESSERA_DATA_DIR: dataDir, ...env } });
        let text = '';
        child.stderr.on('data', (bytes) => (text += bytes));
        child.on('exit', (code) => resolve({ code, text }));
      });
    const bad = await run({ TESSERA_HTTP_LISTEN: 'nowhere' });
    assert.equal(bad.code, 2);
    assert.match(bad.text, /http\.listen/);
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const taken = await run({ TESSERA_HTTP_LISTEN: `127.0.0.1:${blocker.address().port}` });
    blocker.close();
    assert.equal(taken.code, 3);
  }));
