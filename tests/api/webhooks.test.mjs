// Webhooks with a real receiver: signed, in order, again after failures and restarts, and to nobody who is not allowed.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freeTcpPort } from '../support/processes.mjs';
import { call, eventually, startServer } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';
import { isSigned, startReceiver } from '../support/webhook_receiver.mjs';

const small = { canvas: { width: 320, height: 180, fps: 15 } };
const env = { TESSERA_WEBHOOKS_ALLOW: '127.0.0.0/8' };

let server;
before(async () => {
  server = await startServer({ env });
});
after(() => server?.stop());

const add = (to, body) => ask(to, 'POST', '/v1/webhooks', body);
const delivery = async (to, id) => (await ask(to, 'GET', `/v1/webhooks/${id}`)).delivery;

test('an output whose destination refuses is told with a valid signature', { timeout: 60000 }, async () => {
  const receiver = await startReceiver();
  const hook = await add(server, { url: receiver.url, events: ['output.*'] });
  assert.match(hook.secret, /^whsec_/);
  const meeting = await startMeeting(server, small);
  const output = await meeting.add({ kind: 'rtmp', url: `rtmp://127.0.0.1:${await freeTcpPort()}/live`, stream_key: 'KEY-4711' });
  const message = await receiver.next(({ type }) => type === 'output.retrying');
  assert.ok(isSigned(message.headers, message.body, hook.secret));
  assert.ok(!isSigned(message.headers, message.body, 'whsec_AAAA'));
  assert.ok(!isSigned(message.headers, `${message.body} `, hook.secret));
  assert.equal(message.headers['webhook-id'], message.event.id);
  assert.equal(message.headers['content-type'], 'application/json');
  assert.equal(message.event.meeting, meeting.id);
  assert.equal(message.event.data.output, output.id);
  assert.match(message.event.data.last_error, /refused/);
  await meeting.end();
  await receiver.next(({ type }) => type === 'output.ended');
  assert.deepEqual(receiver.messages.map(({ event }) => event.type), ['output.connecting', 'output.retrying', 'output.ended']);
  for (const { headers, body } of receiver.messages) assert.ok(isSigned(headers, body, hook.secret));
  assert.doesNotMatch(JSON.stringify(receiver.messages), /KEY-4711/);
  await ask(server, 'DELETE', `/v1/webhooks/${hook.id}`);
  await receiver.stop();
});

test('a receiver that is down, errs or redirects gets everything when it is back, in order', { timeout: 60000 }, async () => {
  const [receiver, steady] = [await startReceiver(), await startReceiver()];
  const elsewhere = await startReceiver();
  const spec = { events: ['meeting.created'] };
  const hook = await add(server, { url: receiver.url, secret: 'a secret of my own, with spaces', ...spec });
  const other = await add(server, { url: steady.url, ...spec });
  assert.equal(hook.secret, '***');
  await receiver.down();
  const ids = [];
  const create = async () => ids.push((await ask(server, 'POST', '/v1/meetings', small)).id);
  await create();
  const down = await eventually(async () => {
    const now = await delivery(server, hook.id);
    return now.failures > 0 && now;
  });
  assert.deepEqual([down.pending, down.last_status], [1, null]);
  assert.ok(down.last_error);
  await create();
  receiver.answer(302, { location: elsewhere.url });
  await receiver.up();
  await eventually(async () => (await delivery(server, hook.id)).last_status === 302);
  receiver.answer(500);
  await eventually(async () => (await delivery(server, hook.id)).last_status === 500);
  await create();
  receiver.answer(200);
  await ask(server, 'PATCH', `/v1/webhooks/${hook.id}`, { enabled: true });
  await eventually(() => receiver.messages.length === 3, 20000);
  assert.deepEqual(receiver.messages.map(({ event }) => event.meeting), ids);
  for (const { headers, body } of receiver.messages) assert.ok(isSigned(headers, body, 'a secret of my own, with spaces'));
  const { pending, failures, delivered, last_error: error } = await eventually(async () => {
    const now = await delivery(server, hook.id);
    return now.delivered === 3 && now;
  });
  assert.deepEqual([pending, failures, delivered, error], [0, 0, 3, null]);
  assert.deepEqual(steady.messages.map(({ event }) => event.meeting), ids, 'another receiver does not wait for it');
  assert.equal(elsewhere.attempts, 0);
  for (const each of [hook, other]) await ask(server, 'DELETE', `/v1/webhooks/${each.id}`);
  for (const each of [receiver, steady, elsewhere]) await each.stop();
});

test('what was not delivered is delivered after a restart', { timeout: 60000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-hooks-'));
  const receiver = await startReceiver();
  receiver.answer(503);
  let own = await startServer({ env, dataDir });
  try {
    const hook = await add(own, { url: receiver.url, events: ['meeting.*'], meeting: 'kept' });
    for (const id of ['ignored', 'kept']) await ask(own, 'POST', '/v1/meetings', { id, ...small });
    await ask(own, 'POST', '/v1/meetings/kept:start');
    await eventually(async () => (await delivery(own, hook.id)).pending >= 2);
    await own.kill();
    own = await startServer({ env, dataDir });
    receiver.answer(200);
    await eventually(() => receiver.messages.length >= 2, 20000);
    assert.deepEqual(receiver.messages.slice(0, 2).map(({ event }) => [event.type, event.meeting]),
      [['meeting.created', 'kept'], ['meeting.started', 'kept']]);
    // A stop keeps what it caused.
    receiver.answer(503);
    await ask(own, 'POST', '/v1/meetings/kept:start');
    await eventually(async () => (await delivery(own, hook.id)).failures > 0);
    assert.equal((await own.stop()).code, 0);
    own = await startServer({ env, dataDir });
    receiver.answer(200);
    await receiver.next(({ type }) => type === 'meeting.ended');
    for (const { headers, body } of receiver.messages) assert.equal(JSON.parse(body).id, headers['webhook-id']);
  } finally {
    await own.stop();
    await receiver.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('a recording that ends well is told', { timeout: 60000 }, async () => {
  const receiver = await startReceiver();
  const hook = await add(server, { url: receiver.url, events: ['recording.*'] });
  const meeting = await startMeeting(server, small);
  const good = await meeting.add({ kind: 'recording' });
  await eventually(async () => (await meeting.output(good.id)).bytes > 5000, 20000);
  await meeting.remove(good.id);
  const { event } = await receiver.next(({ type }) => type === 'recording.finished');
  assert.deepEqual([event.data.recording, event.data.state], [good.recording, 'ready']);
  assert.match(event.data.files[0].sha256, /^[0-9a-f]{64}$/);
  await meeting.end();
  await ask(server, 'DELETE', `/v1/webhooks/${hook.id}`);
  await receiver.stop();
});

test('a recording whose disk takes no more is told with the reason, and the meeting goes on', { timeout: 90000 }, async () => {
  const receiver = await startReceiver();
  // Files end at 2 MiB, as on a disk that is full.
  const full = await startServer({ env, shell: "trap '' XFSZ; ulimit -f 4096" });
  try {
    const hook = await add(full, { url: receiver.url, events: ['recording.*', 'output.failed'] });
    const meeting = await startMeeting(full, { canvas: { width: 1280, height: 720, fps: 30 } });
    const output = await meeting.add({ kind: 'recording', video: { bitrate_kbps: 8000 } });
    const failed = await receiver.next(({ type }) => type === 'recording.failed', 60000);
    assert.ok(isSigned(failed.headers, failed.body, hook.secret));
    assert.equal(failed.event.data.recording, output.recording);
    assert.match(failed.event.data.error, /File too large/);
    assert.ok(failed.event.data.files.length > 0, 'what was written before is kept');
    assert.ok(receiver.messages.some(({ event }) => event.type === 'output.failed' && event.data.recording === output.recording));
    assert.equal((await ask(full, 'GET', `/v1/meetings/${meeting.id}`)).state, 'live');
  } finally {
    await full.stop();
    await receiver.stop();
  }
});

test('a test goes to its receiver alone, and its outcome is seen', { timeout: 60000 }, async () => {
  const [receiver, other] = [await startReceiver(), await startReceiver()];
  const hook = await add(server, { url: receiver.url, events: ['recording.failed'] });
  const bystander = await add(server, { url: other.url });
  const sent = await call(server, 'POST', `/v1/webhooks/${hook.id}:test`);
  assert.equal(sent.status, 202);
  const message = await receiver.next(({ type }) => type === 'webhook.test');
  assert.equal(message.headers['webhook-id'], sent.body.event);
  assert.ok(isSigned(message.headers, message.body, hook.secret));
  const state = await eventually(async () => {
    const now = await delivery(server, hook.id);
    return now.delivered === 1 && now;
  });
  assert.equal(state.last_status, 204);
  assert.ok(state.last_success_at);
  assert.equal(other.attempts, 0);
  for (const each of [hook, bystander]) await ask(server, 'DELETE', `/v1/webhooks/${each.id}`);
  for (const each of [receiver, other]) await each.stop();
});

test('webhooks are refused, hidden and changed as the API says', { timeout: 60000 }, async () => {
  const receiver = await startReceiver();
  const refused = async (body, field) => {
    const reply = await call(server, 'POST', '/v1/webhooks', { body });
    assert.deepEqual([reply.status, reply.body.field], [400, field], JSON.stringify(reply.body));
  };
  await refused({}, 'url');
  await refused({ url: 'ftp://example.org/x' }, 'url');
  await refused({ url: 'http://user:word@example.org/' }, 'url');
  await refused({ url: 'http://10.1.2.3/' }, 'url');
  await refused({ url: 'http://169.254.169.254/latest' }, 'url');
  await refused({ url: receiver.url, events: [] }, 'events');
  await refused({ url: receiver.url, events: ['Output.*'] }, 'events');
  await refused({ url: receiver.url, secret: 'short' }, 'secret');
  await refused({ url: receiver.url, colour: 'red' }, 'colour');
  const hook = await add(server, { url: receiver.url, secret: 'HIDDEN-4711-HIDDEN', events: ['recording.failed'] });
  const changed = await ask(server, 'PATCH', `/v1/webhooks/${hook.id}`, { events: ['device.*'], meeting: 'board', enabled: false });
  assert.deepEqual([changed.events, changed.meeting, changed.enabled], [['device.*'], 'board', false]);
  assert.equal((await call(server, 'PATCH', `/v1/webhooks/${hook.id}`, { body: { url: 'http://192.168.1.1/' } })).status, 400);
  const list = await ask(server, 'GET', '/v1/webhooks');
  assert.deepEqual(list.items.map(({ id }) => id), [hook.id]);
  const seen = [list, await ask(server, 'GET', `/v1/webhooks/${hook.id}`), await ask(server, 'GET', '/v1/audit')];
  assert.doesNotMatch(JSON.stringify(seen) + server.log(), /4711/);
  const host = (await ask(server, 'POST', '/v1/tokens', { meeting: 'board', role: 'host', name: 'h' })).token;
  assert.equal((await call(server, 'GET', '/v1/webhooks', { key: host })).status, 403);
  await ask(server, 'DELETE', `/v1/webhooks/${hook.id}`);
  assert.equal((await call(server, 'GET', `/v1/webhooks/${hook.id}`)).status, 404);
  await receiver.stop();
});

test('a name that leads to this machine is refused when it is connected to', { timeout: 60000 }, async () => {
  const receiver = await startReceiver();
  const closed = await startServer();
  try {
    const hook = await add(closed, { url: `http://localhost:${receiver.port}/` });
    await call(closed, 'POST', `/v1/webhooks/${hook.id}:test`);
    const state = await eventually(async () => {
      const now = await delivery(closed, hook.id);
      return now.failures > 0 && now;
    });
    assert.match(state.last_error, /webhooks\.allow/);
    assert.equal(receiver.attempts, 0);
  } finally {
    await closed.stop();
    await receiver.stop();
  }
});
