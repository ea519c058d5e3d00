// A meeting as MPEG transport stream over UDP and RTP, to a host and to a multicast group.
import { createSocket } from 'node:dgram';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freeUdpPort } from '../support/processes.mjs';
import { startServer } from '../support/server.mjs';
import { assertStream, receive, startMeeting } from '../support/streams.mjs';

let server;
let meeting;
before(async () => {
  server = await startServer();
  meeting = await startMeeting(server);
});
after(() => server?.stop());

/** Adds an output, hands its id to `body`, removes it. */
async function streaming(spec, body) {
  const { id } = await meeting.add({ kind: 'mpegts', ...spec });
  try {
    await meeting.until(id, 'live');
    return await body(id);
  } finally {
    await meeting.remove(id);
  }
}

test('mpegts over UDP to a host, seven packets in a datagram', { timeout: 60000 }, async () => {
  const port = await freeUdpPort();
  await streaming({ url: `udp://127.0.0.1:${port}` }, async () => {
    const socket = createSocket('udp4');
    const sizes = [];
    await new Promise((resolve) => {
      socket.on('message', (bytes) => sizes.push(bytes.length) >= 200 && resolve());
      socket.bind(port, '127.0.0.1');
    });
    await new Promise((resolve) => socket.close(resolve));
    assert.ok(sizes.every((size) => size === 1316), `${[...new Set(sizes)]}`);
    assertStream(await receive(['-i', `udp://127.0.0.1:${port}?listen=1`]));
  });
});

test('mpegts over RTP to a host', { timeout: 60000 }, async () => {
  const port = await freeUdpPort();
  await streaming({ url: `rtp://127.0.0.1:${port}` }, async () => {
    assertStream(await receive(['-protocol_whitelist', 'rtp,udp', '-i', `rtp://127.0.0.1:${port}`]));
  });
});

test('mpegts over UDP to a multicast group', { timeout: 60000 }, async () => {
  const port = await freeUdpPort();
  await streaming({ url: `udp://239.255.47.11:${port}`, ttl: 0, local_address: '127.0.0.1' }, async () => {
    assertStream(await receive(['-i', `udp://239.255.47.11:${port}?localaddr=127.0.0.1`]));
  });
});
