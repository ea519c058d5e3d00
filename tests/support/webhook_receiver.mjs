// A receiver of webhooks that checks what it gets by itself, and misbehaves when a test says so.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { eventually } from './server.mjs';

/** Whether the headers sign the body, as Standard Webhooks says. */
export function isSigned(headers, body, secret) {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(text).digest('base64')}`);
  const given = Buffer.from(headers['webhook-signature'] ?? '');
  const age = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']));
  return given.length === wanted.length && timingSafeEqual(given, wanted) && age < 300;
}

/**
 * Starts a receiver.
 *
 * @returns {url, messages, next(predicate), answer(status, headers), down(), up(), stop()}: `messages` holds what was taken, each with its
 *   `event` (parsed), `headers` and `body`; `attempts` counts what was refused as well
 */
export async function startReceiver() {
  const messages = [];
  const receiver = { messages, attempts: 0, seen: [] };
  let status = 204;
  let extra = {};
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', () => {
      receiver.attempts += 1;
      receiver.seen.push({ method: request.method, path: request.url });
      if (status === 'never') return;
      if (status < 300) messages.push({ headers: request.headers, body, event: JSON.parse(body) });
      response.writeHead(status, extra).end();
    });
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address();
  receiver.port = port;
  receiver.url = `http://127.0.0.1:${port}/hooks/SECRET-4711?token=SECRET-4711`;
  receiver.answer = (next, headers = {}) => { [status, extra] = [next, headers]; };
  receiver.down = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  receiver.up = () => listen(port);
  receiver.stop = receiver.down;
  receiver.next = (predicate, limitMs = 20000) => eventually(() => messages.find(({ event }) => predicate(event)), limitMs)
    .catch(() => { throw new Error(`no such message among ${JSON.stringify(messages.map(({ event }) => event.type))}`); });
  return receiver;
}
