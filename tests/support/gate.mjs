// A TCP relay whose behaviour a test changes: the network, or a peer, that fails.
import { connect, createServer } from 'node:net';

/**
 * Starts a relay to a port of the loopback.
 *
 * @returns {port, pass(), stall(), refuse(), cut(), stop()}: it begins passing. stall: connections stay, new ones are
 *   taken, and nothing is read any more; refuse: nobody listens; cut: what is open is closed
 */
export async function startGate(target) {
  const pairs = new Set();
  let stalled = false;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = { client, upstream };
    pairs.add(pair);
    const end = () => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => client.write(bytes));
    if (!stalled) client.resume();
    else client.pause();
  });
  const listen = (port) => new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = () => new Promise((resolve) => (server.listening ? server.close(resolve) : resolve()));
  await listen(0);
  const { port } = server.address();
  const cut = () => {
    for (const { client } of [...pairs]) client.destroy();
  };
  return {
    port,
    cut,
    async pass() {
      stalled = false;
      for (const { client } of pairs) client.resume();
      if (!server.listening) await listen(port);
    },
    stall() {
      stalled = true;
      for (const { client } of pairs) client.pause();
    },
    async refuse() {
      const closed = close();
      cut();
      await closed;
    },
    async stop() {
      const closed = close();
      cut();
      await closed;
    },
  };
}
