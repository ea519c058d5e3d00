// What is wrong gets problem+json and changes nothing.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { adminKey, call, jwtSecret, startServer } from '../support/server.mjs';

let server;
let meeting;
let path;
before(async () => {
  server = await startServer();
  const reply = await call(server, 'POST', '/v1/meetings', { body: { name: 'Steady', canvas: { width: 320, height: 180 } } });
  meeting = reply.body.id;
  path = `/v1/meetings/${meeting}`;
  await call(server, 'POST', `${path}:start`);
});
after(() => server.stop());

/** What a fault must not change. */
async function state() {
  const parts = ['/v1/meetings', path, `${path}/views`, `${path}/sources`, `${path}/outputs`, `${path}/participants`, '/v1/recordings'];
  const volatile = new Set(['now_ms', 'frames_composed', 'compose_ms_p50', 'compose_ms_p99']);
  const all = [];
  for (const part of parts) all.push((await call(server, 'GET', part)).body);
  return JSON.stringify(all, (key, value) => (volatile.has(key) ? undefined : value));
}

function isProblem(reply, status, field) {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.match(reply.headers.get('content-type'), /^application\/problem\+json/);
  for (const member of ['type', 'title', 'detail', 'code']) assert.equal(typeof reply.body[member], 'string', member);
  assert.equal(reply.body.status, status);
  if (field) assert.equal(reply.body.field, field);
}

/** Runs the calls, each of which must be refused, and checks that nothing has changed. */
async function refused(calls) {
  const before = await state();
  for (const [status, method, where, body, options = {}, field] of calls) {
    isProblem(await call(server, method, where, { body, ...options }), status, field);
  }
  assert.equal(await state(), before);
}

const json = { headers: { 'content-type': 'application/json' } };
const sdp = { headers: { 'content-type': 'application/sdp' } };

test('malformed JSON', () =>
  refused(
    ['{', '{"name": }', '[]', '"text"', '{"name": "a"} x', '{"name": "\\ud800"}', '{"name":"a","name":"b"}', `${'{"metadata":'.repeat(100)}1${'}'.repeat(100)}`, 'nul']
      .map((body) => [400, 'POST', '/v1/meetings', body, json]),
  ));

test('unknown fields, wrong types and values out of range', () =>
  refused([
    [400, 'POST', '/v1/meetings', { nmae: 'x' }, {}, 'nmae'],
    [400, 'POST', '/v1/meetings', { name: 5 }, {}, 'name'],
    [400, 'POST', '/v1/meetings', { name: 'x'.repeat(201) }, {}, 'name'],
    [400, 'POST', '/v1/meetings', { canvas: { width: 8 } }, {}, 'canvas.width'],
    [400, 'POST', '/v1/meetings', { canvas: { width: 641 } }, {}, 'canvas.width'],
    [400, 'POST', '/v1/meetings', { canvas: { depth: 1 } }, {}, 'canvas.depth'],
    [400, 'POST', '/v1/meetings', { canvas: { fps: 1e9 } }, {}, 'canvas.fps'],
    [400, 'POST', '/v1/meetings', { layout: 'nonsense' }, {}, 'layout.name'],
    [400, 'POST', '/v1/meetings', { layout: { name: 'grid', params: { columns: -1 } } }, {}, 'layout.params.columns'],
    [400, 'POST', '/v1/meetings', { layout: { name: 'grid', params: { tiles: [] } } }, {}, 'layout.params.tiles'],
    [400, 'POST', '/v1/meetings', { background: 'red' }, {}, 'background'],
    [400, 'POST', '/v1/meetings', { starts_at: 'tomorrow' }, {}, 'starts_at'],
    [400, 'POST', '/v1/meetings', { id: '../etc' }, {}, 'id'],
    [400, 'PATCH', path, { locked: 'yes' }, {}, 'locked'],
    [400, 'PATCH', path, { canvas: { width: 640 } }, {}, 'canvas'],
    [400, 'PATCH', path, { max_participants: 2 ** 40 }, {}, 'max_participants'],
    [400, 'PATCH', `${path}/views/main`, { labels: 1 }, {}, 'labels'],
    [400, 'POST', `${path}/sources`, {}, {}, 'kind'],
    [400, 'POST', `${path}/sources`, { kind: 'pigeon' }, {}, 'kind'],
    [400, 'POST', `${path}/sources`, { kind: 'test', width: 639 }, {}, 'width'],
    [400, 'POST', `${path}/sources`, { kind: 'file' }, {}, 'url'],
    [400, 'POST', `${path}/outputs`, { kind: 'pigeon' }, {}, 'kind'],
    [400, 'POST', `${path}/outputs`, { kind: 'recording', video: { codec: 'theora' } }, {}, 'video.codec'],
    [422, 'POST', `${path}/outputs`, { kind: 'recording', video: { codec: 'vp8' } }, {}, 'video.codec'],
    [400, 'POST', '/v1/tokens', { meeting, role: 'emperor' }, {}, 'role'],
    [400, 'POST', '/v1/tokens', { role: 'host' }, {}, 'meeting'],
    [400, 'GET', '/v1/meetings?limit=x', undefined],
    [400, 'DELETE', `${path}?dry_run=maybe`, undefined],
  ]));

test('files outside the configured folder', () =>
  refused(
    ['/etc/passwd', '../../etc/passwd', 'file:/etc/passwd', 'file:///etc/passwd'].map((url) => [422, 'POST', `${path}/sources`, { kind: 'file', url }]),
  ));

test('unknown ids', () =>
  refused([
    [404, 'GET', '/v1/meetings/mtg_unknown'],
    [404, 'PATCH', '/v1/meetings/mtg_unknown', { name: 'x' }],
    [404, 'DELETE', '/v1/meetings/mtg_unknown'],
    [404, 'POST', '/v1/meetings/mtg_unknown:start'],
    [404, 'GET', `${path}/participants/par_unknown`],
    [404, 'PATCH', `${path}/participants/par_unknown`, { name: 'x' }],
    [404, 'DELETE', `${path}/sources/src_unknown`],
    [404, 'PATCH', `${path}/views/viw_unknown`, { labels: true }],
    [404, 'DELETE', `${path}/outputs/out_unknown`],
    [404, 'GET', '/v1/recordings/rec_unknown'],
    [404, 'DELETE', '/v1/recordings/rec_unknown'],
    [404, 'POST', '/whip/mtg_unknown', offer(video(96, ['a=rtpmap:96 VP8/90000', fingerprint])), sdp],
    [404, 'PATCH', `/whip/${meeting}/peer_unknown`, 'a=end-of-candidates\r\n', { headers: { 'content-type': 'application/trickle-ice-sdpfrag' } }],
    [404, 'DELETE', `/whip/${meeting}/peer_unknown`],
  ]));

test('path traversal in names of recordings and assets', async () => {
  const names = ['..%2F..%2Ftessera.db', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '....//', 'rec_x%2F..%2F..', '..;', '%2Fetc%2Fpasswd', 'a%00b'];
  const before = await state();
  for (const name of names) {
    for (const where of [`/v1/recordings/${name}`, `/v1/recordings/rec_x/files/${name}`, `/assets/${name}`]) {
      const reply = await call(server, 'GET', where);
      assert.ok([400, 404].includes(reply.status), `${where}: ${reply.status}`);
      isProblem(reply, reply.status);
    }
    const gone = await call(server, 'DELETE', `/v1/recordings/${name}`);
    assert.ok([400, 404, 405].includes(gone.status), `${name}: ${gone.status}`);
  }
  assert.equal(await state(), before);
});

test('methods and media types that a path does not have', async () => {
  const before = await state();
  const put = await call(server, 'PUT', path, { body: { name: 'x' } });
  isProblem(put, 405);
  assert.match(put.headers.get('allow'), /GET.*PATCH.*DELETE/);
  isProblem(await call(server, 'DELETE', '/v1/meetings'), 405);
  isProblem(await call(server, 'GET', `/whip/${meeting}`), 405);
  isProblem(await call(server, 'GET', '/nothing/here'), 404);
  isProblem(await call(server, 'POST', '/v1/meetings', { body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415);
  isProblem(await call(server, 'PATCH', path, { body: 'x', headers: { 'content-type': 'text/plain' } }), 415);
  isProblem(await call(server, 'POST', `/whip/${meeting}`, { body: 'v=0', headers: { 'content-type': 'text/plain' } }), 415);
  assert.equal(await state(), before);
});

const offer = (lines) =>
  ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', ...lines].join('\r\n') + '\r\n';
const fingerprint = `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`;
const video = (payload, extra) => [
  `m=video 9 UDP/TLS/RTP/SAVPF ${payload}`, 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=setup:actpass', 'a=sendonly', 'a=rtcp-mux',
  'a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1', ...extra,
];

test('offers that cannot be answered', () =>
  refused([
    [400, 'POST', `/whip/${meeting}`, '', sdp],
    [400, 'POST', `/whip/${meeting}`, 'this is not SDP', sdp],
    [400, 'POST', `/whip/${meeting}`, offer(video(96, ['a=rtpmap:96 VP8/90000'])), sdp],
    [422, 'POST', `/whip/${meeting}`, offer(video(96, ['a=rtpmap:96 THEORA/90000', fingerprint])), sdp],
    [413, 'POST', `/whip/${meeting}`, `${offer(video(96, ['a=rtpmap:96 VP8/90000', fingerprint]))}${'a=x:'.padEnd(1000, 'y')}\r\n`.padEnd(300 * 1024, 'a=zzzzzzzzzzz\r\n'), sdp],
    [413, 'POST', '/v1/meetings', `{"name": "${'x'.repeat(300 * 1024)}"}`, json],
  ]));

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
function token(claims = {}, { header = { alg: 'HS256', typ: 'JWT' }, secret = jwtSecret } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const body = { sub: 'ada', name: 'Ada', meeting: '*', role: 'admin', iss: 'tessera', aud: 'tessera', exp: now + 600, ...claims };
  const signed = `${base64url(header)}.${base64url(body)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('credentials that prove nothing', async () => {
  const now = Math.floor(Date.now() / 1000);
  const own = await call(server, 'GET', path, { key: token() });
  assert.equal(own.status, 200, JSON.stringify(own.body));
  const none = { header: { alg: 'none' } };
  const forged = {
    nothing: null,
    'no token': 'garbage',
    expired: token({ exp: now - 600 }),
    'without exp': token({ exp: undefined }),
    'another issuer': token({ iss: 'else' }),
    'another audience': token({ aud: 'else' }),
    'not yet': token({ nbf: now + 600 }),
    'another key': token({}, { secret: 'another secret of at least thirty-two characters' }),
    'alg none': token({}, none),
    'alg none, unsigned': `${token({}, none).split('.').slice(0, 2).join('.')}.`,
    'alg HS512': token({}, { header: { alg: 'HS512' } }),
    'an unknown role': token({ role: 'emperor' }),
    'a changed claim': token().split('.').map((part, i) => (i === 1 ? base64url({ sub: 'eve', role: 'admin', meeting: '*', iss: 'tessera', aud: 'tessera', exp: now + 600 }) : part)).join('.'),
    'an unknown key': 'tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
    'a part of the key': adminKey.slice(0, -1),
  };
  const before = await state();
  for (const [name, key] of Object.entries(forged)) {
    const reply = await call(server, 'PATCH', path, { body: { name: 'Stolen' }, key });
    assert.equal(reply.status, 401, `${name}: ${reply.status} ${JSON.stringify(reply.body)}`);
    isProblem(reply, 401);
    assert.match(reply.headers.get('www-authenticate'), /^Bearer/);
  }
  assert.equal(await state(), before);
});

/** Sends bytes as they are and returns what comes back until the other side or `ms` ends it. */
function raw(bytes, ms = 2000, to = server) {
  const { hostname, port } = new URL(to.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(done, ms);
    socket.on('data', (part) => {
      text += part;
      if (/\r\n\r\n/.test(text)) {
        clearTimeout(timer);
        done();
      }
    });
    socket.on('error', done);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

test('bytes that are not HTTP', async () => {
  for (const bytes of ['GARBAGE\r\n\r\n', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'FOO / HTTP/1.1\r\n\r\n', 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n']) {
    const text = await raw(bytes, 1000);
    if (text) assert.match(text, /^HTTP\/1\.1 (400|404|405)/, JSON.stringify(bytes));
  }
  assert.equal((await call(server, 'GET', '/healthz')).status, 200);
});

test('two hundred connections that stop in the middle do not keep others out', async () => {
  const { hostname, port } = new URL(server.url);
  const sockets = [];
  for (let i = 0; i < 200; ++i) {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => {});
    socket.write('POST /v1/meetings HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"name":');
    sockets.push(socket);
  }
  for (let i = 0; i < 20; ++i) assert.equal((await call(server, 'GET', path)).status, 200);
  for (const socket of sockets) socket.destroy();
  assert.equal((await call(server, 'GET', path)).status, 200);
});

test('without a secret, pages of other sites are refused', async () => {
  const open = await startServer({ open: true });
  const ask = async (headers) =>
    (await raw(`POST /v1/meetings HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`, 2000, open)).split(' ')[1];
  try {
    const own = new URL(open.url).host;
    assert.equal(await ask(`Host: ${own}\r\n`), '201');
    assert.equal(await ask(`Host: ${own}\r\nOrigin: http://${own}\r\n`), '201');
    assert.equal(await ask(`Host: ${own}\r\nOrigin: http://evil.example\r\n`), '403');
    assert.equal(await ask('Host: evil.example\r\nOrigin: http://evil.example\r\n'), '403');
    assert.equal((await call(open, 'GET', '/v1/meetings', { key: null })).body.total, 2);
  } finally {
    await open.stop();
  }
});
