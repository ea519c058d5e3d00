// Events of the whole server: as a stream, by polling, and who may have which.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openEvents } from '../support/event_stream.mjs';
import { startGate } from '../support/gate.mjs';
import { freeTcpPort } from '../support/processes.mjs';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { RawClient } from '../support/raw_http.mjs';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';

const small = { canvas: { width: 320, height: 180, fps: 15 } };

let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

const poll = async (query, key = adminKey) => {
  const reply = await call(server, 'GET', `/v1/events?${query}`, { key });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply.body;
};

test('a stream opens with what is there and goes on with what happens', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server, small);
  const stream = await openEvents(server, `?meeting=${meeting.id}`);
  assert.equal(stream.type, 'text/event-stream');
  const end = await stream.next(({ type }) => type === 'snapshot.end');
  const opening = stream.events.slice(0, stream.events.indexOf(end) + 1);  // what happens may have followed already
  assert.deepEqual(opening.map(({ type }) => type), ['snapshot.begin', 'meeting.snapshot', 'source.snapshot', 'snapshot.end']);
  assert.equal(stream.events[1].data.state, 'live');
  assert.equal(stream.events[2].data.kind, 'test');
  assert.equal(stream.lastId, String(stream.events.at(-1).seq));

  const output = await meeting.add({ kind: 'rtmp', url: `rtmp://127.0.0.1:${await freeTcpPort()}/live`, stream_key: 'KEY-4711' });
  const retrying = await stream.next(({ type }) => type === 'output.retrying');
  assert.equal(retrying.event, 'output.retrying');
  assert.equal(retrying.meeting, meeting.id);
  assert.deepEqual([retrying.data.output, retrying.data.kind, retrying.data.state], [output.id, 'rtmp', 'retrying']);
  assert.match(retrying.data.last_error, /refused/);
  await meeting.remove(output.id);
  await stream.next(({ type }) => type === 'output.ended');
  const seqs = stream.events.slice(4).map(({ seq }) => seq);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  assert.equal(new Set(seqs).size, seqs.length);
  assert.doesNotMatch(JSON.stringify(stream.events), /4711/);
  await stream.close();
  await meeting.end();
});

test('an output that is live, broken and back is told', { timeout: 60000 }, async () => {
  const rtmp = await startRtmpServer();
  const gate = await startGate(rtmp.port);
  const meeting = await startMeeting(server, small);
  const stream = await openEvents(server, `?meeting=${meeting.id}&types=output.*`);
  try {
    const output = await meeting.add({ kind: 'rtmp', url: `rtmp://127.0.0.1:${gate.port}/live`, stream_key: 'k' });
    await stream.next(({ type }) => type === 'output.live');
    gate.cut();
    await stream.next(({ type }) => type === 'output.retrying');
    const back = await stream.next(({ type, data }) => type === 'output.live' && data.reconnects === 1);
    assert.equal(back.data.output, output.id);
    await meeting.end();
    await stream.next(({ type }) => type === 'output.ended');
    assert.deepEqual(stream.events.map(({ type }) => type), ['snapshot.begin', 'snapshot.end', 'output.connecting', 'output.live',
      'output.retrying', 'output.live', 'output.ended']);
  } finally {
    await stream.close();
    await gate.stop();
    await rtmp.stop();
  }
});

test('a stream that broke goes on without loss, and not at all where that cannot be', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server, small);
  const first = await openEvents(server, `?meeting=${meeting.id}&types=view.*`);
  await first.next(({ type }) => type === 'snapshot.end');
  const change = (layout) => ask(server, 'PATCH', `/v1/meetings/${meeting.id}/views/main`, { layout });
  await change('speaker');
  await first.next(({ type }) => type === 'view.changed');
  await first.close();
  for (const layout of ['grid', 'speaker', 'grid']) await change(layout);
  const second = await openEvents(server, `?meeting=${meeting.id}&types=view.*`, { lastId: first.lastId });
  await eventually(() => second.events.length === 3);
  assert.deepEqual(second.events.map(({ type, data }) => [type, data.detail]),
    [['view.changed', 'grid'], ['view.changed', 'speaker'], ['view.changed', 'grid']]);
  await second.close();
  for (const lastId of ['1', '9000000000000000', 'nonsense']) {
    const fresh = await openEvents(server, `?meeting=${meeting.id}&types=view.*`, { lastId });
    await fresh.next(({ type }) => type === 'snapshot.end');
    await fresh.close();
  }
  await meeting.end();
});

test('polling waits for what comes and tells what is lost', { timeout: 60000 }, async () => {
  const all = await poll('after=0');
  assert.equal(all.gap, true);
  const { next_after: here } = await poll(`after=${all.next_after}`);
  assert.deepEqual(await poll(`after=${here}&types=meeting.created&wait_ms=100`), { items: [], next_after: here, gap: false });
  const waiting = poll(`after=${here}&types=meeting.created&wait_ms=20000`);
  const made = await ask(server, 'POST', '/v1/meetings', { name: 'Polled' });
  const page = await waiting;
  assert.deepEqual(page.items.map(({ type, meeting }) => [type, meeting]), [['meeting.created', made.id]]);
  assert.equal(page.next_after, page.items[0].seq);
  for (const bad of ['after=x', 'after=-1', 'after=1&wait_ms=60000', 'types=Bad', 'after=0&types=a..*,', 'meeting=..']) {
    assert.equal((await call(server, 'GET', `/v1/events?${bad}`)).status, 400, bad);
  }
});

test('a host hears its own meeting, a guest nothing', { timeout: 60000 }, async () => {
  for (const id of ['mine', 'other']) await ask(server, 'POST', '/v1/meetings', { id, ...small });
  const mint = async (role) => (await ask(server, 'POST', '/v1/tokens', { meeting: 'mine', role, name: role })).token;
  const host = await mint('host');
  const { next_after: here } = await poll('after=0');
  for (const id of ['other', 'mine']) await ask(server, 'POST', `/v1/meetings/${id}:start`);
  const heard = await poll(`after=${here}`, host);
  assert.ok(heard.items.length > 0);
  assert.deepEqual([...new Set(heard.items.map(({ meeting }) => meeting))], ['mine']);
  assert.equal((await call(server, 'GET', '/v1/events?after=0&meeting=other', { key: host })).status, 403);
  assert.equal((await call(server, 'GET', '/v1/events', { key: await mint('guest') })).status, 403);
  assert.equal((await call(server, 'GET', '/v1/events', { key: null })).status, 401);
  const stream = await openEvents(server, '', { key: host });
  await stream.next(({ type }) => type === 'snapshot.end');
  assert.deepEqual(stream.events.filter(({ type }) => type === 'meeting.snapshot').map(({ meeting }) => meeting), ['mine']);
  await stream.close();
});

test('one credential opens 32 streams, and readers that vanish give theirs back', { timeout: 60000 }, async () => {
  const key = (await ask(server, 'POST', '/v1/tokens', { meeting: '*', role: 'operator', name: 'many' })).token;
  const open = () => openEvents(server, '?types=none', { key });
  const streams = [];
  for (let i = 0; i < 32; i += 1) streams.push(await open());
  assert.deepEqual([...new Set(streams.map(({ status }) => status))], [200]);
  const refused = await open();
  assert.equal(refused.status, 503);
  assert.equal((await openEvents(server, '?types=none')).status, 200);
  await Promise.all(streams.map((each) => each.close()));
  await eventually(async () => {
    const again = await open();
    await again.close();
    return again.status === 200;
  });
});

test('a reader that stops reading loses its connection, and others nothing', { timeout: 90000 }, async () => {
  const strict = await startServer({ env: { TESSERA_HTTP_WRITE_TIMEOUT_S: '1' } });
  try {
    await ask(strict, 'POST', '/v1/meetings', { id: 'noisy', ...small });
    await ask(strict, 'POST', '/v1/meetings/noisy:start');
    const lazy = new RawClient(strict);
    lazy.send(`GET /v1/events?types=view.* HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminKey}\r\n\r\n`);
    lazy.socket.pause();
    const quick = await openEvents(strict, '?types=view.*');
    await quick.next(({ type }) => type === 'snapshot.end');
    // What the kernel holds of a connection is far below what is sent here.
    const sent = 2400;
    const layouts = ['speaker', 'grid'];
    const change = (i) => ask(strict, 'PATCH', '/v1/meetings/noisy/views/main', { layout: layouts[i % 2] });
    for (let i = 0; i < sent; i += 8) await Promise.all(Array.from({ length: 8 }, (_, j) => change(i + j)));
    await quick.next(() => quick.events.filter(({ type }) => type === 'view.changed').length === sent);
    lazy.socket.resume();
    await eventually(() => lazy.ended);
    const got = lazy.rest.split('event: view.changed').length - 1;
    assert.ok(got < sent, `the reader that stopped got ${got} of ${sent}`);
    await quick.close();
    lazy.destroy();
  } finally {
    await strict.stop();
  }
});
