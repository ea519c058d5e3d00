// Janus, another's media server, with its VideoRoom, behind a WHIP endpoint for one room.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, startProgram } from './processes.mjs';
import { eventually } from './server.mjs';

const ROOM = 1;
const SECRET = 'keeper';
const UNUSED_PLUGINS = ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'];
const UNUSED_TRANSPORTS = ['mqtt', 'nanomsg', 'pfunix', 'rabbitmq', 'websockets'];

const libraries = (names) => names.map((name) => `libjanus_${name}.so`).join(',');

async function writeConfiguration(folder, port) {
  const files = {
    'janus.jcfg': `general: { configs_folder = "${folder}"; debug_level = 3; session_timeout = 0; server_name = "peer" }
plugins: { disable = "${libraries(UNUSED_PLUGINS)}" }
transports: { disable = "${libraries(UNUSED_TRANSPORTS)}" }
events: { broadcast = false }
`,
    'janus.transport.http.jcfg': `general: { json = "compact"; base_path = "/janus"; http = true; port = ${port}; ip = "127.0.0.1"; https = false }
admin: { admin_http = false }
`,
    'janus.plugin.videoroom.jcfg': `room-${ROOM}: { description = "whip"; secret = "${SECRET}"; publishers = 4; bitrate = 4000000; videocodec = "h264,vp8"; audiocodec = "opus" }
`,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}

/** One session with Janus over its HTTP transport. */
class Session {
  #url;
  #path = '';
  #transactions = 0;
  #waiting = new Map();
  #isOver = false;

  constructor(url) {
    this.#url = url;
  }

  async #post(path, body) {
    this.#transactions += 1;
    const transaction = `t${this.#transactions}`;
    const event = new Promise((resolve) => { this.#waiting.set(transaction, resolve); });
    const reply = await (await fetch(this.#url + path, { method: 'POST', body: JSON.stringify({ transaction, ...body }) })).json();
    if (reply.janus === 'ack') return event;
    this.#waiting.delete(transaction);
    return reply;
  }

  async open() {
    this.#path = `/${(await this.#post('', { janus: 'create' })).data.id}`;
    this.#poll();
  }

  async #poll() {
    while (!this.#isOver) {
      const events = await fetch(`${this.#url}${this.#path}?maxev=10`).then((reply) => reply.json()).catch(() => []);
      for (const event of [events].flat()) {
        this.#waiting.get(event.transaction)?.(event);
        this.#waiting.delete(event.transaction);
      }
      if (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** @returns the path of a new handle */
  async attach() {
    const reply = await this.#post(this.#path, { janus: 'attach', plugin: 'janus.plugin.videoroom' });
    return `${this.#path}/${reply.data.id}`;
  }

  /** Asks the room something. @returns the whole event; what the room answered is its plugindata.data */
  ask(handle, body, jsep) {
    return this.#post(handle, { janus: 'message', body: { room: ROOM, secret: SECRET, ...body }, ...(jsep ? { jsep } : {}) });
  }

  detach(handle) {
    return this.#post(handle, { janus: 'detach' });
  }

  close() {
    this.#isOver = true;
  }
}

/** The stream's number in an offer, by kind. */
const midOf = (offer, kind) => offer.split(/^m=/m).find((section) => section.startsWith(kind))?.match(/^a=mid:(\S+)/m)?.[1];

/** What Janus forwards, as ffmpeg is told of it. */
const description = (ports, codec) => `v=0
o=- 0 0 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio ${ports.audio} RTP/AVP 111
a=rtpmap:111 opus/48000/2
m=video ${ports.video} RTP/AVP 96
a=rtpmap:96 ${codec.toUpperCase()}/90000
`;

/**
 * Starts Janus and its WHIP endpoint, which asks for the token.
 *
 * @param token  of the endpoint
 * @returns {url, publishers(), kick(id), forward(id, ports), description(ports, codec), requests, stop()}:
 *          publishers resolves with [{id, ...}] as Janus lists them; requests is what the endpoint was asked
 */
export async function startJanusWhip({ token }) {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-janus-'));
  const port = await freeTcpPort();
  await writeConfiguration(folder, port);
  const janus = startProgram('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')]);
  const base = `http://127.0.0.1:${port}/janus`;
  const session = new Session(base);
  const handles = new Map();
  const mids = new Map();
  const requests = [];

  async function publish(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const sdp = Buffer.concat(pieces).toString();
    const handle = await session.attach();
    const event = await session.ask(handle, { request: 'joinandconfigure', ptype: 'publisher', display: 'whip' }, { type: 'offer', sdp });
    const { id, error } = event.plugindata?.data ?? {};
    if (!event.jsep) return response.writeHead(500).end(error);
    const path = `/sessions/${id}`;
    handles.set(path, handle);
    mids.set(id, { audio: midOf(sdp, 'audio'), video: midOf(sdp, 'video') });
    return response.writeHead(201, { 'content-type': 'application/sdp', location: path }).end(event.jsep.sdp);
  }

  const endpoint = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
    if (request.method === 'POST' && request.url === '/whip') return publish(request, response);
    const handle = handles.get(request.url);
    if (request.method !== 'DELETE' || !handle) return response.writeHead(404).end();
    handles.delete(request.url);
    await session.detach(handle);
    return response.end();
  });

  const stop = async () => {
    session.close();
    endpoint.close();
    endpoint.closeAllConnections();
    await janus.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => fetch(`${base}/info`).then(() => true, () => false));
    await session.open();
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${janus.log()}`);
  }
  const keeper = await session.attach();
  const ask = async (body) => (await session.ask(keeper, body)).plugindata.data;
  return {
    url: `http://127.0.0.1:${endpoint.address().port}/whip`,
    requests,
    log: janus.log,
    description,
    publishers: async () => (await ask({ request: 'listparticipants' })).participants.filter((each) => each.publisher),
    kick: (id) => ask({ request: 'kick', id }),
    forward: (id, ports) => ask({
      request: 'rtp_forward', publisher_id: id, host: '127.0.0.1',
      streams: [{ mid: mids.get(id).audio, port: ports.audio, pt: 111 }, { mid: mids.get(id).video, port: ports.video, pt: 96 }],
    }),
    stop,
  };
}
