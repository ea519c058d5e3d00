// Who may do what, over HTTP: the table of docs/security.md as callers meet it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { call, jwtSecret, program, startServer } from '../support/server.mjs';

const run = promisify(execFile);
const roles = ['operator', 'host', 'presenter', 'participant', 'guest', 'viewer'];

let server;
const keys = {};
before(async () => {
  server = await startServer();
  for (const id of ['mine', 'other']) {
    const made = await call(server, 'POST', '/v1/meetings', { body: { id, canvas: { width: 320, height: 180 } } });
    assert.equal(made.status, 201);
    await call(server, 'POST', `/v1/meetings/${id}:start`);
  }
  for (const role of roles) {
    const minted = await call(server, 'POST', '/v1/tokens', { body: { meeting: 'mine', role, name: role } });
    assert.equal(minted.status, 201);
    keys[role] = minted.body.token;
  }
});
after(() => server.stop());

/** Every role gets `wanted` when it is among `allowed`, else 403. */
async function allows(allowed, wanted, method, path, body) {
  for (const role of roles) {
    const reply = await call(server, method, path, { body, key: keys[role] });
    const status = allowed.includes(role) ? wanted : 403;
    assert.equal(reply.status, status, `${role} ${method} ${path}: ${JSON.stringify(reply.body)}`);
    if (status === 403) assert.equal(reply.body.code, 'forbidden');
  }
}

test('everybody in the meeting reads it, and nobody another one', async () => {
  await allows(roles, 200, 'GET', '/v1/meetings/mine');
  await allows(roles, 200, 'GET', '/v1/meetings/mine/views/main');
  await allows([], 200, 'GET', '/v1/meetings/other');
  await allows([], 200, 'GET', '/v1/meetings/unknown');
});

test('hosts and operators control the meeting', async () => {
  const control = ['operator', 'host'];
  await allows(control, 200, 'PATCH', '/v1/meetings/mine/views/main', { layout: 'speaker' });
  await allows(control, 200, 'POST', '/v1/meetings/mine:lock');
  await allows(control, 200, 'POST', '/v1/meetings/mine:unlock');
  await allows(control, 200, 'POST', '/v1/meetings/mine:mute_all');
  await allows(control, 201, 'POST', '/v1/meetings/mine/sources', { kind: 'test' });
  await allows(control, 200, 'GET', '/v1/meetings/mine/stats');
  await allows(control, 200, 'POST', '/v1/meetings/mine/outputs?dry_run=true', { kind: 'recording' });
  await allows(control, 200, 'GET', '/v1/recordings?meeting=mine');
  await allows([], 200, 'GET', '/v1/recordings?meeting=other');
  await allows([], 200, 'GET', '/v1/recordings');
});

test('tokens are minted by hosts and operators, for their meeting and no wider role', async () => {
  await allows(['operator', 'host'], 201, 'POST', '/v1/tokens', { meeting: 'mine', role: 'guest' });
  await allows(['operator'], 201, 'POST', '/v1/tokens', { meeting: 'mine', role: 'operator' });
  await allows([], 201, 'POST', '/v1/tokens', { meeting: 'mine', role: 'admin' });
  await allows([], 201, 'POST', '/v1/tokens', { meeting: 'other', role: 'viewer' });
  await allows([], 201, 'POST', '/v1/tokens', { meeting: '*', role: 'viewer' });
});

test('the server as a whole needs a credential for all meetings', async () => {
  for (const [method, path] of [['GET', '/v1/meetings'], ['POST', '/v1/meetings'], ['GET', '/v1/audit'], ['GET', '/v1/capabilities']]) {
    await allows([], 200, method, path);
  }
});

test('a viewer joins to receive, and a stranger not at all', async () => {
  const join = async (role, where, name) => {
    const offer = await readFile(new URL(`../fixtures/sdp/${name}.sdp`, import.meta.url), 'utf8');
    return call(server, 'POST', where, { body: offer, key: keys[role], headers: { 'content-type': 'application/sdp' } });
  };
  const viewer = await join('viewer', '/whep/mine', 'chromium_recvonly');
  assert.equal(viewer.status, 201, JSON.stringify(viewer.body));
  assert.match(viewer.headers.get('content-type'), /^application\/sdp/);
  assert.match(viewer.body, /a=fingerprint:sha-256/);
  const session = viewer.headers.get('location');
  assert.match(session, /^\/whep\/mine\/[A-Za-z0-9_-]{20,}$/);
  assert.equal((await call(server, 'DELETE', session, { key: keys.viewer })).status, 200);
  assert.equal((await call(server, 'DELETE', session, { key: keys.viewer })).status, 404);
  const stranger = await call(server, 'POST', '/whep/mine', { body: 'v=0', key: null, headers: { 'content-type': 'application/sdp' } });
  assert.equal(stranger.status, 401);
});

test('`tessera token` and `tessera key add` make credentials that a running server takes', async () => {
  const env = { ...process.env, TESSERA_DATA_DIR: server.dataDir, TESSERA_AUTH_JWT_SECRET: jwtSecret };
  const token = (await run(program, ['token', '--meeting', 'mine', '--role', 'host', '--name', 'Ada', '--ttl', '5m'], { env })).stdout.trim();
  assert.equal(token.split('.').length, 3);
  assert.equal((await call(server, 'GET', '/v1/meetings/mine', { key: token })).status, 200);
  assert.equal((await call(server, 'GET', '/v1/meetings/other', { key: token })).status, 403);
  const text = (await run(program, ['key', 'add', '--role', 'operator', '--name', 'robot'], { env })).stdout;
  const key = /tsk_[a-z2-7]+/.exec(text)?.[0];
  assert.ok(key, text);
  assert.equal((await call(server, 'GET', '/v1/meetings', { key })).status, 200);
  assert.equal((await call(server, 'GET', '/v1/audit', { key })).status, 403);
});
