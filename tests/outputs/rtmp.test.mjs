// A meeting published over RTMP: what a player gets, and what happens when the server misbehaves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { startGate } from '../support/gate.mjs';
import { freeTcpPort } from '../support/processes.mjs';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { call, eventually, startServer } from '../support/server.mjs';
import { assertStream, assertSteady, receive, startMeeting } from '../support/streams.mjs';

let server;
let rtmp;
let meeting;
before(async () => {
  server = await startServer();
  rtmp = await startRtmpServer();
  meeting = await startMeeting(server);
});
after(async () => {
  await server?.stop();
  await rtmp?.stop();
});

/** Runs `body` and then removes the outputs whose ids it put into the list. */
async function withOutputs(body) {
  const ids = [];
  try {
    await body(async (spec) => {
      const output = await meeting.add({ kind: 'rtmp', ...spec });
      ids.push(output.id);
      return output.id;
    });
  } finally {
    for (const id of ids) await meeting.remove(id);
  }
}

test('rtmp: a player of the server sees and hears the meeting', { timeout: 60000 }, () => withOutputs(async (add) => {
  const id = await add({ url: rtmp.url, stream_key: 'KEY-4711.flv' });
  await meeting.until(id, 'live');
  assertStream(await receive(rtmp.player('KEY-4711.flv')));
}));

test('rtmps: through TLS, with the certificate checked or not', { timeout: 60000 }, () => withOutputs(async (add) => {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-rtmps-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
    '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const tls = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (client) => {
    const upstream = connect(rtmp.port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => { client.destroy(); upstream.destroy(); });
    client.pipe(upstream).pipe(client);
  });
  tls.on('tlsClientError', () => {});
  await new Promise((resolve) => tls.listen(0, '127.0.0.1', resolve));
  try {
    const url = `rtmps://127.0.0.1:${tls.address().port}/live`;
    const careless = await add({ url, stream_key: 'TLS-4711', verify_certificate: false });
    const careful = await add({ url, stream_key: 'TLS-4712' });
    await meeting.until(careless, 'live');
    assertStream(await receive(rtmp.player('TLS-4711')));
    await meeting.until(careful, 'retrying');
  } finally {
    tls.close();
    await rm(folder, { recursive: true, force: true });
  }
}));

test('a server that refuses the stream is asked again', { timeout: 30000 }, () => withOutputs(async (add) => {
  const id = await add({ url: rtmp.url.replace(/live$/, 'closed'), stream_key: 'REFUSED-4711' });
  const { last_error: reason, bytes } = await meeting.until(id, 'retrying');
  assert.match(reason, /^rtmp:\/\/127\.0\.0\.1:\d+\/closed: /);
  assert.equal(bytes, 0, reason);
}));

test('a server that stalls, closes, refuses and returns disturbs nobody else', { timeout: 120000 }, async () => {
  const gate = await startGate(rtmp.port);
  try {
    await withOutputs(async (add) => {
      const steady = await add({ url: rtmp.url, stream_key: 'STEADY-4711' });
      const shaky = await add({ url: `rtmp://127.0.0.1:${gate.port}/live`, stream_key: 'SHAKY-4711' });
      await meeting.until(steady, 'live');
      await meeting.until(shaky, 'live');
      const witness = receive(rtmp.player('STEADY-4711'), { seconds: 20, limitMs: 60000 });

      gate.stall();
      assert.match((await meeting.until(shaky, 'retrying', 20000)).last_error, /in time/);
      gate.cut();
      await gate.pass();
      assert.equal((await meeting.until(shaky, 'live', 20000)).reconnects, 1);

      await gate.refuse();
      const refused = await eventually(async () => {
        const now = await meeting.output(shaky);
        return /refused/.test(now.last_error) && now;
      });
      assert.equal(refused.state, 'retrying');
      await gate.pass();
      const back = await meeting.until(shaky, 'live', 20000);
      assert.equal(back.reconnects, 2);
      assert.equal(back.last_error, null);
      assertStream(await receive(rtmp.player('SHAKY-4711')));

      assertSteady(await witness, { seconds: 20 });
      const other = await meeting.output(steady);
      assert.deepEqual([other.state, other.reconnects, other.last_error], ['live', 0, null]);
    });
  } finally {
    await gate.stop();
  }
});

test('a stuck output is removed at once, and so is a meeting of them', { timeout: 60000 }, async () => {
  const gate = await startGate(rtmp.port);
  gate.stall();
  try {
    const spec = { kind: 'rtmp', url: `rtmp://127.0.0.1:${gate.port}/live`, stream_key: 'STUCK-4711' };
    const connecting = await meeting.add(spec);
    const waiting = await meeting.add({ ...spec, url: `rtmp://127.0.0.1:${await freeTcpPort()}/live` });
    await meeting.until(waiting.id, 'retrying');
    for (const { id } of [connecting, waiting]) {
      const begin = Date.now();
      await meeting.remove(id);
      assert.ok(Date.now() - begin < 3000, `${Date.now() - begin} ms`);
    }
    const full = await startMeeting(server);
    for (let i = 0; i < 5; i += 1) await full.add(spec);
    const begin = Date.now();
    await full.end();
    assert.ok(Date.now() - begin < 5000, `${Date.now() - begin} ms`);
  } finally {
    await gate.stop();
  }
});

test('no stream key is seen in answers, errors, metrics or the log', { timeout: 30000 }, () => withOutputs(async (add) => {
  await add({ url: `rtmp://127.0.0.1:${await freeTcpPort()}/live/INURL-4711` });
  const id = await add({ url: `rtmp://user:PASSWORD-4711@127.0.0.1:${await freeTcpPort()}/live`, stream_key: 'HIDDEN-4711' });
  await meeting.until(id, 'retrying');
  const seen = [];
  for (const path of [`meetings/${meeting.id}/outputs`, `meetings/${meeting.id}/outputs/${id}`, `meetings/${meeting.id}/stats`, 'audit']) {
    const reply = await call(server, 'GET', `/v1/${path}`);
    assert.equal(reply.status, 200, path);
    seen.push(JSON.stringify(reply.body));
  }
  seen.push((await call(server, 'GET', '/metrics')).body);
  const bad = await call(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { body: { kind: 'rtmp', url: 'http://h/BAD-4711', stream_key: 'BAD-4711' } });
  assert.equal(bad.status, 400);
  seen.push(JSON.stringify(bad.body), server.log());
  for (const text of seen) assert.doesNotMatch(text, /4711/);
}));
