// Starts Janus with its AudioBridge alone, and lets participants over plain RTP into one room.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of libopus, as our encoder catalog has it. Janus calls it `quality`. */
export const COMPLEXITY = 9;
const ROOM = 1;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function writeConfiguration(folder, port) {
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write('janus.jcfg', `general: { configs_folder = "${folder}"; debug_level = 2; session_timeout = 0; server_name = "bench" }
nat: { ice_lite = true }
plugins: { disable = "${['duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'videoroom', 'voicemail']
    .map((name) => `libjanus_${name}.so`).join(',')}" }
transports: { disable = "${['mqtt', 'nanomsg', 'pfunix', 'rabbitmq', 'websockets'].map((name) => `libjanus_${name}.so`).join(',')}" }
events: { broadcast = false }
`);
  write('janus.transport.http.jcfg', `general: { json = "compact"; base_path = "/janus"; http = true; port = ${port}; ip = "127.0.0.1"; https = false }
admin: { admin_http = false }
`);
  write('janus.plugin.audiobridge.jcfg', `general: { local_ip = "127.0.0.1" }
room-${ROOM}: { description = "bench"; sampling_rate = 48000; audiolevel_event = false; allow_rtp_participants = true }
`);
}

class Session {
  constructor(url) {
    this.url = url;
    this.waiting = new Map();
  }

  async post(path, body) {
    const reply = await fetch(this.url + path, { method: 'POST', body: JSON.stringify({ transaction: `t${Math.random()}`, ...body }) });
    return reply.json();
  }

  async open() {
    this.path = `/${(await this.post('', { janus: 'create' })).data.id}`;
    this.polling = this.poll();
  }

  /** Takes events until the server is gone. */
  async poll() {
    while (!this.isOver) {
      try {
        const events = await (await fetch(`${this.url}${this.path}?maxev=10`)).json();
        for (const event of [events].flat()) this.waiting.get(event.transaction)?.(event);
      } catch {
        if (!this.isOver) await sleep(20);
      }
    }
  }

  async join(ip, port, level) {
    const attached = await this.post(this.path, { janus: 'attach', plugin: 'janus.plugin.audiobridge' });
    const transaction = `join${attached.data.id}`;
    const joined = new Promise((resolve, reject) => {
      this.waiting.set(transaction, resolve);
      setTimeout(() => reject(new Error('Janus did not answer a join')), 20000).unref();
    });
    const rtp = { ip, port, payload_type: 111, ...(level ? { audiolevel_ext: level } : {}) };
    await this.post(`${this.path}/${attached.data.id}`, { janus: 'message', transaction, body: { request: 'join', room: ROOM, quality: COMPLEXITY, rtp } });
    const event = await joined;
    const answer = event.plugindata?.data?.rtp;
    if (!answer) throw new Error(`Janus refused a join: ${JSON.stringify(event)}`);
    return answer;
  }
}

async function untilListening(url, child) {
  for (let i = 0; i < 100; i++) {
    if (child.exitCode !== null) throw new Error(`janus ended with ${child.exitCode}`);
    try {
      await fetch(`${url}/info`);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('janus did not start');
}

/** Starts Janus, adds it to the set `running`, and lets every participant of `client` into its room. */
export async function startJanus(client, size, running) {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-janus-'));
  const port = await freePort();
  writeConfiguration(folder, port);
  const child = spawn('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: ['ignore', 'ignore', 'ignore'] });
  running.add(child);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const session = new Session(`http://127.0.0.1:${port}/janus`);
  const stop = async () => {
    session.isOver = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(session.url, child);
    await session.open();
    for (let i = 0; i < size; i++) {
      const { ip, port: to } = await session.join('127.0.0.1', client.ports[i], 1);
      client.to(i, ip === '0.0.0.0' ? '127.0.0.1' : ip, to);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, stop };
}
