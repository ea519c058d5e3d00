// HTTP/1.1 by hand, for what no well-behaved client sends.
import { connect } from 'node:net';

/** A connection whose replies are read one after another. */
export class RawClient {
  #pieces = [];
  #size = 0;
  #needed = 0; // bytes without which nothing more can be read
  #wake = () => {};
  ended = false;

  constructor(server) {
    const { hostname, port } = new URL(server.url);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.on('data', (bytes) => {
      this.#pieces.push(bytes);
      this.#size += bytes.length;
      if (this.#size >= this.#needed) this.#wake();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const end = () => {
        this.ended = true;
        this.#wake();
        resolve();
      };
      this.socket.on('end', end);
      this.socket.on('close', end);
    });
  }

  /** Resolves when it is connected. */
  connected() {
    return new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('error', reject);
    });
  }

  send(bytes) {
    this.socket.write(bytes);
    return this;
  }

  /** What has come and was not read as a reply. */
  get rest() {
    return this.#joined().toString('latin1');
  }

  #joined() {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0];
  }

  /**
   * The next reply. Null when the connection ends before one is complete.
   * @param hasBody  false for the reply to HEAD
   * @returns {status, headers, body}: names in lower case, body is a Buffer
   */
  async reply({ hasBody = true, limitMs = 10000 } = {}) {
    const late = Date.now() + limitMs;
    for (;;) {
      const reply = this.#take(hasBody);
      if (reply) return reply;
      if (this.ended) return null;
      if (Date.now() > late) throw new Error(`no reply in time, but ${JSON.stringify(this.rest.slice(0, 300))}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, late - Date.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #take(hasBody) {
    if (this.#size < this.#needed) return null;
    const received = this.#joined();
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const [first, ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const status = Number(first.split(' ')[1]);
    const size = hasBody && status !== 304 && status !== 204 && status !== 100 ? Number(headers['content-length'] ?? 0) : 0;
    this.#needed = end + 4 + size;
    if (this.#size < this.#needed) return null;
    const body = received.subarray(end + 4, this.#needed);
    this.#pieces = [received.subarray(this.#needed)];
    this.#size -= this.#needed;
    this.#needed = 0;
    return { status, headers, body };
  }

  destroy() {
    this.socket.destroy();
  }
}

/** Sends the bytes on a connection of their own and returns the reply. */
export async function ask(server, bytes, options) {
  const client = new RawClient(server);
  try {
    return await client.send(bytes).reply(options);
  } finally {
    client.destroy();
  }
}
