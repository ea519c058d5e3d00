// The page, the description, metrics and health, as browsers and Prometheus get them; no credential is needed.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { call, startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const get = (path, options = {}) => call(server, 'GET', path, { key: null, ...options });

test('the ready line names an address of the loopback with a port of its own', async () => {
  const url = new URL(server.url);
  assert.equal(url.hostname, '127.0.0.1');
  assert.ok(Number(url.port) > 1023);
  assert.equal((await get('/healthz')).body.status, 'ok');
  assert.equal((await get('/readyz')).body.status, 'ready');
});

test('the page and everything it names is served, and may load nothing from elsewhere', async () => {
  const page = await get('/');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const named = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
  assert.ok(named.length >= 3, page.body);
  for (const path of named) {
    assert.match(path, /^\//);
    const file = await get(path);
    assert.equal(file.status, 200, path);
    assert.ok(file.body.length > 100, path);
    const type = path.endsWith('.js') ? /javascript/ : path.endsWith('.css') ? /css/ : /svg/;
    assert.match(file.headers.get('content-type'), type);
  }
  assert.equal((await get('/assets/none.js')).status, 404);
  assert.equal((await get('/index.htm')).status, 404);
});

test('the description is served, and its references and examples hold', async () => {
  const { body: api } = await get('/v1/openapi.json');
  assert.equal(api.openapi, '3.1.0');
  const find = (reference) => reference.slice(2).split('/').reduce((node, part) => node?.[part], api);
  const references = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
  assert.ok(references.length > 50);
  for (const reference of references) assert.ok(find(reference), reference);
  const ids = Object.values(api.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId)).filter(Boolean);
  assert.equal(new Set(ids).size, ids.length);
});

test('every line of the metrics is a comment or a sample of a declared family', async () => {
  await call(server, 'POST', '/v1/meetings', { body: { id: 'm', name: 'a "b" \\ c', canvas: { width: 320, height: 180 } } });
  await call(server, 'POST', '/v1/meetings/m/sources', { body: { kind: 'test', name: 'x"} 1' } });
  const reply = await get('/metrics');
  assert.match(reply.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const declared = new Set();
  let samples = 0;
  for (const line of reply.body.split('\n').filter(Boolean)) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) declared.add(type[1]);
    if (line.startsWith('#')) continue;
    const sample = /^([a-z_:][a-z0-9_:]*)(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? -?[0-9.e+-]+( \d+)?$/i.exec(line);
    assert.ok(sample, line);
    assert.ok(declared.has(sample[1]), line);
    ++samples;
  }
  assert.ok(samples > 15);
  for (const name of ['tessera_meetings', 'tessera_ticks_total', 'tessera_http_requests_total', 'process_open_fds']) {
    assert.ok(declared.has(name), name);
  }
});

test('HEAD answers as GET does, without a body', async () => {
  const head = await call(server, 'HEAD', '/v1/meetings/m');
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  assert.equal(head.headers.get('etag'), (await call(server, 'GET', '/v1/meetings/m')).headers.get('etag'));
});

test('a head larger than a request may be gets 413 or is cut off, and the next caller is served', async () => {
  const { hostname, port } = new URL(server.url);
  const status = await new Promise((resolve) => {
    const sent = request({ host: hostname, port, path: '/healthz', headers: { 'x-large': 'y'.repeat(300 * 1024) } });
    sent.on('response', (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    sent.on('error', (error) => resolve(error.code));
    sent.end();
  });
  assert.ok([413, 400, 431, 'ECONNRESET', 'EPIPE'].includes(status), `${status}`);
  assert.equal((await get('/healthz')).status, 200);
});

test('many requests at once are all answered', async () => {
  const replies = await Promise.all(Array.from({ length: 100 }, () => call(server, 'GET', '/v1/meetings/m')));
  assert.ok(replies.every((reply) => reply.status === 200));
});
