// Starts and stops `tessera serve` for a test: a free port, a data folder of its own, ended by process id.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The program under test: $TESSERA_BIN, or the one that the dev preset builds. */
export const program = process.env.TESSERA_BIN ?? join(root, 'build', 'tessera');

/** A helper program of the tests, beside the program under test in the build folder. */
export const tool = (name) => join(dirname(program), name);

export const adminKey = 'tsk_test_key_of_the_administrator_0123456789';
export const jwtSecret = 'a secret of at least thirty-two characters, for tests';

/**
 * Starts a server and waits until it says that it is ready.
 *
 * @param options.env      more environment variables (TESSERA_SECTION_KEY)
 * @param options.dataDir  a folder to keep; without one a temporary folder is made, and removed by `stop`
 * @param options.open     true: no secret is configured
 * @param options.readyMs  how long it may take
 * @param options.shell    commands of a shell that run before it in the same process, as 'ulimit -n 100'
 * @returns {url, pid, dataDir, log(), stop(), kill(), exited}
 */
export async function startServer({ env = {}, dataDir, open = false, readyMs = 20000, shell } = {}) {
  if (!existsSync(program)) throw new Error(`${program} is missing: build it, or set TESSERA_BIN`);
  const keep = dataDir !== undefined;
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'tessera-test-')));
  const secrets = open ? {} : { TESSERA_AUTH_API_KEY: adminKey, TESSERA_AUTH_JWT_SECRET: jwtSecret };
  const command = shell ? ['sh', ['-c', `${shell}; exec "$0" serve`, program]] : [program, ['serve']];
  const child = spawn(...command, {
    env: {
      ...process.env,
      TESSERA_HTTP_LISTEN: '127.0.0.1:0',
      TESSERA_DATA_DIR: folder,
      ...secrets,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (bytes) => {
    log += bytes;
    if (process.env.TESSERA_TEST_LOG) process.stderr.write(bytes);
  });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const ready = await firstLine(child, exited, readyMs).catch((error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}\n${log}`);
  });

  const cleanUp = async () => {
    if (!keep) await rm(folder, { recursive: true, force: true });
  };
  return {
    url: JSON.parse(ready).http,
    pid: child.pid,
    dataDir: folder,
    exited,
    log: () => log,
    /** Asks it to end; resolves with {code, signal}. */
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15000);
      const result = await exited;
      clearTimeout(timer);
      await cleanUp();
      return result;
    },
    /** kill -9. The data folder is kept when it was given. */
    async kill() {
      child.kill('SIGKILL');
      await exited;
      await cleanUp();
    },
  };
}

function firstLine(child, exited, limitMs) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('the server was not ready in time')), limitMs);
    child.once('error', reject);
    exited.then(({ code, signal }) => reject(new Error(`the server ended with ${code ?? signal}`)));
    child.stdout.on('data', (bytes) => {
      text += bytes;
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(timer);
      resolve(text.slice(0, end));
    });
  });
}

/**
 * One call of the API. A plain object as body is sent as JSON (as merge patch with PATCH).
 *
 * @returns {status, headers, body}: body is parsed when the reply is JSON, else text
 */
export async function call(server, method, path, { body, key = adminKey, headers = {} } = {}) {
  const sent = { ...headers };
  if (key) sent.authorization = `Bearer ${key}`;
  let payload = body;
  if (body !== undefined && typeof body !== 'string') {
    payload = JSON.stringify(body);
    sent['content-type'] ??= method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  }
  const reply = await fetch(server.url + path, { method, headers: sent, body: payload });
  const text = await reply.text();
  const isJson = /json/.test(reply.headers.get('content-type') ?? '');
  return { status: reply.status, headers: reply.headers, body: isJson && text ? JSON.parse(text) : text };
}

/** As call, on a server without secrets; what is not 2xx fails the test. @returns the body, null when there is none */
export async function ask(server, method, path, body) {
  const reply = await call(server, method, path, { body, key: null });
  if (reply.status < 200 || reply.status > 299) {
    throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
  return reply.body || null;
}

/** Polls `probe` until it returns something truthy, at most `limitMs`. */
export async function eventually(probe, limitMs = 10000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
