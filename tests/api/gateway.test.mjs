// The socket that clients see: what slow, hostile and vanished clients cost, and files in parts.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RawClient, ask } from '../support/raw_http.mjs';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';

const authorization = `Authorization: Bearer ${adminKey}\r\n`;
const get = (path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: h\r\n${authorization}${headers}\r\n`;
const large = randomBytes(24 << 20);
const small = randomBytes(1000);

let server;
let recording;
let folder;
let files;
before(async () => {
  server = await startServer({
    env: { TESSERA_HTTP_HEADER_TIMEOUT_S: '1', TESSERA_HTTP_BODY_TIMEOUT_S: '1', TESSERA_HTTP_WRITE_TIMEOUT_S: '2' },
  });
  await call(server, 'POST', '/v1/meetings', { body: { id: 'm', canvas: { width: 320, height: 180 } } });
  await call(server, 'POST', '/v1/meetings/m/sources', { body: { kind: 'test' } });
  const output = await call(server, 'POST', '/v1/meetings/m/outputs', { body: { kind: 'recording' } });
  assert.equal(output.status, 201, JSON.stringify(output.body));
  recording = output.body.recording;
  await eventually(async () => (await call(server, 'GET', '/v1/meetings/m/outputs')).body.items[0].bytes > 0);
  await call(server, 'DELETE', `/v1/meetings/m/outputs/${output.body.id}`);
  await eventually(async () => (await call(server, 'GET', `/v1/recordings/${recording}`)).body.state === 'ready', 20000);
  await call(server, 'POST', '/v1/meetings/m:end');
  folder = join(server.dataDir, 'recordings', recording);
  files = `/v1/recordings/${recording}/files`;
  await writeFile(join(folder, 'large.mp4'), large);
  await writeFile(join(folder, 'small.vtt'), small);
});
after(() => server.stop());

const isProblem = (reply, status) => {
  assert.equal(reply?.status, status, reply?.body?.toString());
  assert.match(reply.headers['content-type'], /^application\/problem\+json/);
  assert.equal(JSON.parse(reply.body.toString()).status, status);
};
const descriptors = async () => (await readdir(`/proc/${server.pid}/fd`)).length;
const residentMb = async () => (Number((await readFile(`/proc/${server.pid}/statm`, 'utf8')).split(' ')[1]) * 4096) / 2 ** 20;

test('the recording that was made is served as it was written, under a name of its own', async () => {
  const { body } = await call(server, 'GET', `/v1/recordings/${recording}`);
  const file = body.files.find((each) => each.name.endsWith('.mp4'));
  const reply = await ask(server, get(`${files}/${file.name}`));
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['content-type'], 'video/mp4');
  assert.equal(reply.headers['accept-ranges'], 'bytes');
  assert.equal(reply.headers['content-disposition'], `attachment; filename="${recording}-${file.name}"`);
  assert.equal(createHash('sha256').update(reply.body).digest('hex'), file.sha256);
  const head = await ask(server, get(`${files}/${file.name}`).replace('GET', 'HEAD'), { hasBody: false });
  assert.equal(head.headers['content-length'], `${reply.body.length}`);
  assert.equal(head.headers.etag, reply.headers.etag);
});

test('ranges are those bytes of the file', async () => {
  const client = new RawClient(server);
  const size = small.length;
  const parts = [['0-0', 0, 1], ['0-99', 0, 100], ['100-', 100, size], ['-1', size - 1, size], ['-5000', 0, size], [`${size - 1}-`, size - 1, size], ['900-5000', 900, size]];
  for (const [range, first, end] of parts) {
    const reply = await client.send(get(`${files}/small.vtt`, `Range: bytes=${range}\r\n`)).reply();
    assert.equal(reply.status, 206, range);
    assert.equal(reply.headers['content-range'], `bytes ${first}-${end - 1}/${size}`);
    assert.ok(reply.body.equals(small.subarray(first, end)), range);
  }
  for (const range of ['bytes=1000-', 'bytes=1000-2000', 'bytes=-0']) {
    const reply = await client.send(get(`${files}/small.vtt`, `Range: ${range}\r\n`)).reply();
    isProblem(reply, 416);
    assert.equal(reply.headers['content-range'], 'bytes */1000');
  }
  for (const range of ['bytes=5-2', 'bytes=0-1,5-9', 'items=0-1', 'bytes=x']) {
    const reply = await client.send(get(`${files}/small.vtt`, `Range: ${range}\r\n`)).reply();
    assert.equal(reply.status, 200, range);
    assert.ok(reply.body.equals(small));
  }
  const middle = await client.send(get(`${files}/large.mp4`, 'Range: bytes=1000001-13000000\r\n')).reply();
  assert.ok(middle.body.equals(large.subarray(1000001, 13000001)));
  client.destroy();
});

test('what the client has is not sent again, and what has changed is sent whole', async () => {
  const client = new RawClient(server);
  const of = (headers, name = 'small.vtt') => client.send(get(`${files}/${name}`, headers)).reply();
  const { etag, 'last-modified': modified } = (await of('')).headers;
  for (const header of [`If-None-Match: ${etag}`, `If-None-Match: "x", W/${etag}`, 'If-None-Match: *', `If-Modified-Since: ${modified}`]) {
    const reply = await of(`${header}\r\n`);
    assert.equal(reply.status, 304, header);
    assert.equal(reply.headers.etag, etag);
    assert.equal(reply.headers['content-length'], undefined);
  }
  assert.equal((await of('If-None-Match: "x"\r\n')).status, 200);
  isProblem(await of('If-Match: "x"\r\n'), 412);
  assert.equal((await of(`Range: bytes=0-9\r\nIf-Range: ${etag}\r\n`)).status, 206);
  const stale = await of('Range: bytes=0-9\r\nIf-Range: "x"\r\n');
  assert.equal(stale.status, 200);
  assert.ok(stale.body.equals(small));
  client.destroy();
});

test('a file that is being written is sent up to its size', async () => {
  const name = 'growing.mkv';
  await writeFile(join(folder, name), small);
  const first = await ask(server, get(`${files}/${name}`));
  await appendFile(join(folder, name), small);
  const second = await ask(server, get(`${files}/${name}`, 'Range: bytes=1000-\r\n'));
  assert.ok(first.body.equals(small) && second.body.equals(small));
  assert.equal(first.headers['content-type'], 'video/x-matroska');
  assert.notEqual(first.headers.etag, second.headers.etag);
  assert.equal(second.headers['content-range'], 'bytes 1000-1999/2000');
});

test('files are for those who may read recordings of that meeting, and lead nowhere else', async () => {
  const mint = async (role, meeting) => (await call(server, 'POST', '/v1/tokens', { body: { role, meeting } })).body.token;
  const status = async (key, path = `${files}/small.vtt`) => (await call(server, 'GET', path, { key })).status;
  await call(server, 'POST', '/v1/meetings', { body: { id: 'other' } });
  assert.equal(await status(null), 401);
  assert.equal(await status('nonsense'), 401);
  assert.equal(await status(await mint('host', 'm')), 200);
  assert.equal(await status(await mint('participant', 'm')), 403);
  assert.equal(await status(await mint('host', 'other')), 403);
  await symlink('/etc/passwd', join(folder, 'link.json'));
  await mkdir(join(folder, 'folder.json'));
  for (const name of ['none.json', 'link.json', 'folder.json', '..%2Fsmall.vtt', '.', '%2e%2e%2f%2e%2e%2ftessera.db', 'small', 'small.vtt%00']) {
    assert.ok([400, 404].includes(await status(adminKey, `${files}/${name}`)), name);
  }
  const allowed = await call(server, 'POST', `${files}/small.vtt`, { body: {} });
  assert.equal(allowed.status, 405);
  assert.match(allowed.headers.get('allow'), /GET/);
});

test('the page is sent again only when it has changed', async () => {
  const page = await ask(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.equal(page.status, 200);
  const again = await ask(server, `GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: ${page.headers.etag}\r\n\r\n`);
  assert.equal(again.status, 304);
  const head = await ask(server, 'HEAD / HTTP/1.1\r\nHost: h\r\n\r\n', { hasBody: false });
  assert.equal(head.headers['content-length'], `${page.body.length}`);
  const meeting = await ask(server, get('/v1/meetings/m'));
  assert.equal((await ask(server, get('/v1/meetings/m', `If-None-Match: ${meeting.headers.etag}\r\n`))).status, 304);
});

test('requests that come at once are answered in their order', async () => {
  const client = new RawClient(server);
  const paths = Array.from({ length: 60 }, (_, i) => ['/', '/healthz', `/nothing/${i}`, `${files}/small.vtt`][i % 4]);
  client.send(paths.map((path) => get(path)).join(''));
  for (const path of paths) {
    const reply = await client.reply();
    if (path.startsWith('/nothing')) assert.match(reply.body.toString(), new RegExp(`${path}"`));
    else assert.equal(reply.status, 200, path);
  }
  assert.equal(client.ended, false);
  client.destroy();
});

test('an old client gets its reply and the end of the connection', async () => {
  for (const head of ['GET /healthz HTTP/1.0\r\n\r\n', 'GET http://elsewhere/healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n']) {
    const client = new RawClient(server);
    const reply = await client.send(head).reply();
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.connection, 'close');
    await client.closed;
  }
});

test('a body is asked for with 100, and not when it is refused', async () => {
  const body = JSON.stringify({ name: 'Expected' });
  const head = (size) => `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Content-Type: application/json\r\nContent-Length: ${size}\r\nExpect: 100-continue\r\n\r\n`;
  const client = new RawClient(server);
  assert.equal((await client.send(head(body.length)).reply()).status, 100);
  assert.equal((await client.send(body).reply()).status, 201);
  isProblem(await client.send(head(10 << 20)).reply(), 413);
  await client.closed;
  isProblem(await ask(server, get('/healthz', 'Expect: wonders\r\n')), 417);
});

test('chunked bodies arrive whole, and too large ones not at all', async () => {
  const chunked = `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const client = new RawClient(server);
  const made = await client.send(`${chunked}8\r\n{"name":\r\n4;x=y\r\n "C"\r\n1\r\n}\r\n0\r\nAuthorization: Bearer forged\r\n\r\n`).reply();
  assert.equal(made.status, 201, made.body.toString());
  assert.equal(JSON.parse(made.body).name, 'C');
  client.send(chunked);
  for (let i = 0; i < 40; ++i) client.send(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
  isProblem(await client.reply(), 413);
  client.destroy();
});

test('heads over the limit are refused by their part', async () => {
  isProblem(await ask(server, get(`/${'x'.repeat(40 << 10)}`)), 414);
  isProblem(await ask(server, get('/healthz', `X-Long: ${'x'.repeat(40 << 10)}\r\n`)), 431);
  for (const count of [3500, 4000, 6000, 40000]) {
    isProblem(await ask(server, get('/healthz', 'X-Many: y\r\n'.repeat(count))), 431);
  }
});

test('what two readers could understand differently is refused, and the connection ends', async () => {
  const forged = 'GET /v1/meetings/smuggled HTTP/1.1\r\nHost: h\r\n\r\n';
  const post = (headers, body = '') => `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${headers}\r\n${body}`;
  const cases = [
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${forged}`),
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${forged}`),
    post('Content-Length: 5\r\nContent-Length: 6\r\n', `{}   ${forged}`),
    post('Content-Length: 5\r\nContent-Length: 5\r\n', `{}   ${forged}`),
    post('Content-Length: 5, 5\r\n', `{}   ${forged}`),
    post('Content-Length: +5\r\n', `{}   ${forged}`),
    post('Content-Length: 0x5\r\n', `{}   ${forged}`),
    post('Content-Length: -1\r\n', forged),
    post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${forged}`),
    post('Transfer-Encoding: xchunked\r\n', forged),
    post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${forged}`),
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${forged}`),
    post('Transfer-Encoding: chunked\r\n', `5;\n\r\nhello\r\n0\r\n\r\n${forged}`),
    post('Transfer-Encoding: chunked\r\n', `-1\r\n\r\n${forged}`),
    post('Transfer-Encoding: chunked\r\n', `fffffffffffffffff\r\n${forged}`),
    'POST /v1/meetings HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' + forged,
    'GET /healthz HTTP/1.1\nHost: h\n\n',
    'GET /healthz HTTP/1.1\r\nHost: h\nX: y\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: h\rX: y\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/2.0\r\nHost: h\r\n\r\n',
    'GET  /healthz HTTP/1.1\r\nHost: h\r\n\r\n',
    'GET healthz HTTP/1.1\r\nHost: h\r\n\r\n',
    'CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n',
  ];
  for (const bytes of cases) {
    const client = new RawClient(server);
    const reply = await client.send(bytes).reply({ limitMs: 5000 });
    assert.ok(reply && [400, 408, 501, 505].includes(reply.status), `${JSON.stringify(bytes)}: ${reply?.status}`);
    assert.equal(reply.headers.connection, 'close');
    await client.closed;
    assert.equal(client.rest, '', JSON.stringify(bytes));
    client.destroy();
  }
});

test('bytes of any kind end in a refusal or a closed connection', async () => {
  for (let i = 0; i < 100; ++i) {
    const client = new RawClient(server);
    const start = ['', 'GET ', 'GET / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'][i % 4];
    client.send(Buffer.concat([Buffer.from(start), randomBytes(1 + ((i * 37) % 400))]));
    client.socket.end();
    const reply = await client.reply();
    if (reply) assert.ok(reply.status >= 400, `${reply.status}`);
    client.destroy();
  }
  assert.equal((await call(server, 'GET', '/healthz')).status, 200);
});

test('headers of the inside have no effect from outside', async () => {
  const forged = 'X-Tessera-Client: 203.0.113.7\r\nx-tessera-token: guess\r\nX-TESSERA-SERVE: recording x/y\r\n';
  const reply = await ask(server, `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}${forged}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"id":"inner"}`);
  assert.equal(reply.status, 201, reply.body.toString());
  assert.ok(!Object.keys(reply.headers).some((name) => name.startsWith('x-tessera')));
  const { body } = await call(server, 'GET', '/v1/audit');
  assert.equal(body.items[0].from ?? body.items.at(-1).from, '127.0.0.1');
  const named = await ask(server, get('/healthz', 'Connection: keep-alive, x-tessera-token\r\n'));
  assert.equal(named.status, 200);
});

/** Ports that the server listens on. */
async function listeningPorts() {
  const inodes = new Set();
  for (const fd of await readdir(`/proc/${server.pid}/fd`)) {
    const target = await readlink(`/proc/${server.pid}/fd/${fd}`).catch(() => '');
    if (target.startsWith('socket:[')) inodes.add(target.slice(8, -1));
  }
  const rows = (await readFile(`/proc/${server.pid}/net/tcp`, 'utf8')).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/));
  return rows.filter((row) => row[3] === '0A' && inodes.has(row[9])).map((row) => Number.parseInt(row[1].split(':')[1], 16));
}

test('the port behind answers nobody but the gateway', async () => {
  const ports = (await listeningPorts()).filter((port) => port !== Number(new URL(server.url).port));
  assert.ok(ports.length > 0);
  for (const port of ports) {
    const inside = { url: `http://127.0.0.1:${port}` };
    for (const headers of ['', 'X-Tessera-Token: guess\r\n', 'X-Tessera-Token: \r\nX-Tessera-Client: 127.0.0.1\r\n']) {
      isProblem(await ask(inside, get('/v1/meetings', headers)), 403);
    }
  }
});

test('a head or a body that trickles gets 408, and costs others nothing', async () => {
  const head = new RawClient(server).send('GET /healthz HTTP/1.1\r\nHost: h\r\n');
  const body = new RawClient(server).send(`POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Content-Length: 1000\r\n\r\n{`);
  const drip = setInterval(() => {
    head.send('X: y\r\n');
    body.send(' ');
  }, 100);
  const others = (async () => {
    for (let i = 0; i < 50; ++i) assert.equal((await call(server, 'GET', '/v1/meetings/m')).status, 200);
  })();
  try {
    isProblem(await head.reply(), 408);
    isProblem(await body.reply(), 408);
    await Promise.all([others, head.closed, body.closed]);
  } finally {
    clearInterval(drip);
  }
  const silent = new RawClient(server);
  await silent.closed;
  assert.equal(silent.rest, '');
});

test('a reader that stops keeps nobody waiting, costs little and is cut off', async () => {
  const before = await residentMb();
  const stopped = [];
  for (let i = 0; i < 20; ++i) {
    const client = new RawClient(server);
    client.socket.pause();
    stopped.push(client.send(get(`${files}/large.mp4`)));
  }
  const began = new RawClient(server);
  const whole = await began.send(get(`${files}/large.mp4`)).reply({ limitMs: 30000 });
  assert.ok(whole.body.equals(large));
  began.destroy();
  for (let i = 0; i < 50; ++i) assert.equal((await call(server, 'GET', '/v1/meetings/m')).status, 200);
  assert.ok((await residentMb()) - before < 40, 'a stopped reader holds pieces, not files');
  await eventually(async () => {
    const text = (await call(server, 'GET', '/metrics')).body;
    return Number(/^tessera_http_connections (\d+)/m.exec(text)[1]) < 10;
  }, 20000);
  for (const client of stopped) client.destroy();
});

test('clients that vanish in the middle of anything leave nothing behind', async () => {
  const body = 'x'.repeat(1000);
  const stages = [
    () => '',
    () => 'GET /heal',
    () => 'GET /healthz HTTP/1.1\r\nHost: h\r\n',
    () => get('/v1/meetings'),
    () => get('/'),
    () => get(`${files}/large.mp4`),
    () => get(`${files}/large.mp4`, 'Range: bytes=1000-\r\n').repeat(3),
    () => `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Content-Length: 2000\r\n\r\n${body}`,
    () => `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Transfer-Encoding: chunked\r\n\r\n3e8\r\n${body}`,
    () => `POST /v1/meetings HTTP/1.1\r\nHost: h\r\n${authorization}Content-Length: 20\r\nExpect: 100-continue\r\n\r\n`,
  ];
  const vanish = async (i) => {
    const client = new RawClient(server);
    await client.connected();
    client.send(stages[i % stages.length]());
    if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (i % 3 === 1) await Promise.race([client.closed, new Promise((resolve) => client.socket.once('data', resolve)), new Promise((resolve) => setTimeout(resolve, 5))]);
    i % 2 ? client.socket.resetAndDestroy() : client.destroy();
  };
  for (let i = 0; i < 50; ++i) await vanish(i);
  const settled = async () => Number(/^tessera_http_connections (\d+)/m.exec((await call(server, 'GET', '/metrics')).body)[1]) < 8;
  await eventually(settled, 20000);
  const before = { fds: await descriptors(), mb: await residentMb() };
  for (let i = 0; i < 500; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => vanish(i + k)));
  await eventually(settled, 20000);
  await eventually(async () => (await descriptors()) <= before.fds + 8, 20000);
  assert.ok((await residentMb()) - before.mb < 16, `${await residentMb()} MB after ${before.mb} MB`);
  assert.equal((await call(server, 'GET', '/v1/meetings/m')).status, 200);
});

test('players that vanish while they wait for a playlist are forgotten', async () => {
  await call(server, 'POST', '/v1/meetings', { body: { id: 'live', canvas: { width: 320, height: 180 } } });
  await call(server, 'POST', '/v1/meetings/live/sources', { body: { kind: 'test' } });
  assert.equal((await call(server, 'POST', '/v1/meetings/live/outputs', { body: { kind: 'hls' } })).status, 201);
  const { token } = (await call(server, 'POST', '/v1/tokens', { body: { role: 'viewer', meeting: 'live' } })).body;
  const master = await call(server, 'GET', `/hls/live/main/index.m3u8?token=${token}`, { key: null });
  assert.equal(master.status, 200);
  const path = `/hls/live/main/${master.body.split('\n').find((line) => line && !line.startsWith('#'))}`;
  const next = 1 + Number(/MEDIA-SEQUENCE:(\d+)/.exec((await call(server, 'GET', path, { key: null })).body)[1]);
  const before = await descriptors();
  const ask = (number) => `GET ${path}&_HLS_msn=${number} HTTP/1.1\r\nHost: h\r\n\r\n`;
  const waiting = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const client = new RawClient(server);
      await client.connected();
      client.send(ask(next + (i ? 4 : 0)));
      return client;
    }),
  );
  await eventually(async () => (await descriptors()) >= before + 200);
  const [patient, ...others] = waiting;
  others.forEach((client, i) => (i % 2 ? client.socket.resetAndDestroy() : client.destroy()));
  await eventually(async () => (await descriptors()) <= before + 8);
  assert.equal((await patient.reply()).status, 200);
  patient.destroy();
  await call(server, 'POST', '/v1/meetings/live:end');
});

test('connections and requests have their number, and the server stops whatever clients do', async () => {
  const tight = await startServer({
    env: { TESSERA_HTTP_CONNECTIONS: '16', TESSERA_HTTP_CONNECTIONS_PER_ADDRESS: '1', TESSERA_HTTP_REQUESTS_PER_CONNECTION: '3' },
  });
  const held = [];
  for (let i = 0; i < 14; ++i) {
    const client = new RawClient(tight);
    assert.equal((await client.send(get('/healthz')).reply()).status, 200);
    held.push(client);
  }
  const refused = new RawClient(tight);
  const reply = await refused.reply();
  isProblem(reply, 503);
  assert.equal(reply.headers['retry-after'], '5');
  await refused.closed;
  assert.equal((await held[0].send(get('/healthz')).reply()).headers.connection, 'keep-alive');
  assert.equal((await held[0].send(get('/healthz')).reply()).headers.connection, 'close');
  await held[0].closed;
  held[0].destroy();
  await eventually(async () => (await ask(tight, get('/healthz')).catch(() => null))?.status === 200);
  held[1].send('GET /healthz HTT');
  held[2].send(`POST /v1/meetings HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n`);
  const { code } = await tight.stop();
  assert.equal(code, 0);
});
