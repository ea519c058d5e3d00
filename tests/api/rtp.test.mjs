// Participants over plain RTP: each hears the others and not itself. The client is a program of its own that sends real
// Opus, decodes what comes back and measures every participant's tone in it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRtpClient } from '../support/rtp_client.mjs';
import { call, eventually, startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer({ env: { TESSERA_RTP_ALLOW: '127.0.0.0/8' } });
});
after(() => server?.stop());

const add = (meeting, body) => call(server, 'POST', `/v1/meetings/${meeting}/participants`, { body });

async function join(meeting, client, rtp = {}) {
  const ids = [];
  for (const [i, port] of client.ports.entries()) {
    const { status, body, headers } = await add(meeting, { name: `Room ${i}`, rtp: { ip: '127.0.0.1', port, ...rtp } });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(headers.get('location'), `/v1/meetings/${meeting}/participants/${body.id}`);
    client.to(i, body.rtp.ip, body.rtp.port);
    ids.push(body.id);
  }
  return ids;
}

for (const [levels, name] of [[1, 'with audio levels'], [0, 'without audio levels']]) {
  test(`three participants hear the others and not themselves, ${name}`, async () => {
    const client = await startRtpClient(['--participants', 3, '--talkers', 3, '--decode', 'all', '--tones', '--level-id', levels]);
    try {
      await call(server, 'POST', '/v1/meetings', { body: { id: `m${levels}` } });
      await join(`m${levels}`, client, { audio_level_id: levels });
      await client.run(2);
      const heard = await client.run(4);
      assert.equal(heard.lost, 0);
      assert.ok(heard.received > 0.95 * heard.sent, JSON.stringify(heard));
      heard.tones_db.forEach((tones, listener) => tones.forEach((level, talker) => {
        if (listener === talker) assert.ok(level < -60, `${listener} hears itself at ${level} dB`);
        else assert.ok(Math.abs(level + 20) < 2, `${listener} hears ${talker} at ${level} dB`);
      }));
      const { body } = await call(server, 'GET', `/v1/meetings/m${levels}/participants`);
      assert.equal(body.total, 3);
      for (const participant of body.items) {
        assert.equal(participant.state, 'connected');
        assert.ok(participant.receives);
        assert.ok(participant.level_dbov > -40, `level ${participant.level_dbov}`);
      }
    } finally {
      await client.stop();
    }
  });
}

test('in a big room three talk, the rest is not decoded, and encodes are talkers and one', async () => {
  const client = await startRtpClient(['--participants', 30, '--talkers', 3, '--tones']);
  try {
    await call(server, 'POST', '/v1/meetings', { body: { id: 'big', max_participants: 100 } });
    await join('big', client, { audio_level_id: 1 });
    await client.run(9);
    const heard = await client.run(2);
    for (const level of heard.tones_db.at(-1)) assert.ok(Math.abs(level + 20) < 2, `heard at ${level} dB`);
    const { body } = await call(server, 'GET', '/v1/meetings/big/stats');
    const audio = body.renditions.filter((rendition) => rendition.kind === 'audio');
    assert.equal(audio.length, 4, JSON.stringify(audio));
  } finally {
    await client.stop();
  }
});

test('a participant is removed, and its address may come back', async () => {
  const client = await startRtpClient(['--participants', 1, '--talkers', 1]);
  try {
    await call(server, 'POST', '/v1/meetings', { body: { id: 'again' } });
    const [id] = await join('again', client);
    assert.equal((await call(server, 'DELETE', `/v1/meetings/again/participants/${id}`)).status, 204);
    await eventually(async () => (await call(server, 'GET', '/v1/meetings/again/participants')).body.total === 0);
    await eventually(async () => (await add('again', { rtp: { ip: '127.0.0.1', port: client.ports[0] } })).status === 201);
  } finally {
    await client.stop();
  }
});

test('what cannot be sent to is refused', async () => {
  await call(server, 'POST', '/v1/meetings', { body: { id: 'strict' } });
  const refused = async (body) => {
    const reply = await add('strict', body);
    return [reply.status, reply.body.field];
  };
  assert.deepEqual(await refused({}), [400, 'rtp']);
  assert.deepEqual(await refused({ rtp: {} }), [400, 'rtp.ip']);
  assert.deepEqual(await refused({ rtp: { ip: 'example.org', port: 5004 } }), [400, 'rtp.ip']);
  assert.deepEqual(await refused({ rtp: { ip: '8.8.8.8', port: 5004 } }), [403, 'rtp.ip']);
  assert.deepEqual(await refused({ rtp: { ip: '127.0.0.1', port: 53 } }), [400, 'rtp.port']);
  assert.deepEqual(await refused({ rtp: { ip: '127.0.0.1', port: 5004, codec: 'pcmu' } }), [400, 'rtp.codec']);
  assert.deepEqual(await refused({ rtp: { ip: '127.0.0.1', send: false, receive: false } }), [400, 'rtp.receive']);
});
