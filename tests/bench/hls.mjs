// Viewers of one low-latency HLS output: what they cost the server, and when they have their parts. Each has two
// connections, as hls.js has: one for blocking reloads of the playlist, one for parts. By turns with nginx, which serves two files
// of the same sizes to as many viewers, three times a second, all at once. CPU time, not wall time; medians of the rounds.
//
//   node tests/bench/hls.mjs [--json] [--tokens] [--viewers 10,100] [--rounds 3] [--seconds 6]
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startNginx } from '../support/nginx.mjs';
import { startServer, tool } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';
import { threads } from '../support/threads.mjs';

const { values: options } = parseArgs({ options: {
  json: { type: 'boolean' }, tokens: { type: 'boolean' }, viewers: { type: 'string', default: '10,100,500,1000,2000' },
  rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '6' },
} });
const VIEWERS = options.viewers.split(',').map(Number);
const ROUNDS = Number(options.rounds);
const MEASURE_S = Number(options.seconds);
const WARM_S = 4;
const client = process.env.TESSERA_HLS_VIEWERS ?? tool('bench/hls_viewers');
if (!existsSync(client)) throw new Error(`${client} is missing: cmake --build build --target bench_hls_viewers`);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Of these threads together: CPU seconds, by the beginnings of their names. */
function cpuOf(pid) {
  const cost = { delivery: 0, gateway: 0, total: 0 };
  for (const { name, seconds } of threads(pid).values()) {
    cost.total += seconds;
    if (name === 'gateway') cost.gateway += seconds;
    if (name === 'gateway' || name.startsWith('hls')) cost.delivery += seconds;
  }
  return cost;
}
const residentMb = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** Runs viewers against a server and measures that meanwhile. */
async function watch(server, args) {
  const child = spawn(client, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'measuring') throw new Error('the viewers did not begin');
  const before = cpuOf(server.pid);
  await new Promise((resolve) => { setTimeout(resolve, MEASURE_S * 900); });
  const use = { memory: residentMb(server.pid), descriptors: descriptors(server.pid) };
  const seen = JSON.parse((await lines.next()).value);
  const after = cpuOf(server.pid);
  const cpu = Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, (1000 * (seconds - (before[name] ?? 0))) / seen.seconds]));
  return { ...seen, ...use, cpu };
}

/** nginx with two files, and with so many connections to spare that it does not close idle ones. */
const startPeer = (playlistBytes, partBytes) => startNginx({
  connections: 4 * Math.max(...VIEWERS) + 256,
  files: { 'index.m3u8': randomBytes(playlistBytes), 'part.m4s': randomBytes(partBytes) },
  http: ({ port, folder }) => `
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=100;
    server { listen 127.0.0.1:${port} backlog=4096; root ${folder}/files; add_header Cache-Control max-age=1; }`,
});

async function tokensFor(server, meeting, folder) {
  const file = join(folder, `tessera-tokens-${process.pid}`);
  const lines = [];
  for (let i = 0; i < Math.max(...VIEWERS); i += 1) {
    lines.push((await ask(server, 'POST', '/v1/tokens', { meeting: meeting.id, role: 'viewer', name: `Viewer ${i}` })).token);
  }
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** The media playlist of the only rung. */
async function rungOf(server, meeting, token) {
  const site = `/hls/${meeting.id}/main/`;
  const reply = await fetch(`${server.url}${site}index.m3u8${token ? `?token=${token}` : ''}`);
  const text = await reply.text();
  return site + text.split('\n').find((line) => line && !line.startsWith('#')).split('?')[0];
}

const connections = 2 * Math.max(...VIEWERS) * 1.25 + 200;
const server = await startServer({ env: { TESSERA_LOG_LEVEL: 'warning', TESSERA_HTTP_CONNECTIONS: `${Math.ceil(connections)}` } });
const cases = VIEWERS.map((viewers) => ({ viewers, ours: [], peer: [] }));
let tokens;
try {
  const meeting = await startMeeting(server);
  const { id } = await meeting.add({ kind: 'hls', public: !options.tokens });
  await meeting.until(id, 'live');
  if (options.tokens) tokens = await tokensFor(server, meeting, tmpdir());
  const rung = await rungOf(server, meeting, tokens && readFileSync(tokens, 'utf8').split('\n')[0]);
  const { port } = new URL(server.url);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of cases) {
      const ours = await watch(server, [port, rung, each.viewers, WARM_S, MEASURE_S, ...(tokens ? [tokens] : [])]);
      each.ours.push(ours);
      const sizes = [ours.playlist_bytes / ours.playlists, ours.part_bytes / ours.parts].map((bytes) => Math.max(1, Math.round(bytes) - 300));
      const peer = await startPeer(...sizes);
      each.peer.push(await watch(peer, [peer.port, '/index.m3u8', each.viewers, WARM_S, MEASURE_S, 'poll', '/part.m4s']));
      await peer.stop();
    }
  }
} finally {
  await server.stop();
  if (tokens) await rm(tokens);
}

/** Of ages by the playlists' programme date-time, which lag by one number: nobody had a playlist sooner. */
const least = Math.min(...cases.flatMap(({ ours }) => ours.map(({ reload }) => reload.least)));
const requests = (run) => run.playlists + run.parts;
const bytes = (run) => run.playlist_bytes + run.part_bytes;
const results = cases.map(({ viewers, ours, peer }) => {
  const of = (runs, value) => median(runs.map(value));
  const ratio = (value) => median(ours.map((run, i) => value(run, 'delivery') / value(peer[i], 'total')));
  return {
    name: `hls-viewers-${viewers}${options.tokens ? '-tokens' : ''}`, viewers,
    gateway_cpu_ms: of(ours, (run) => run.cpu.gateway), delivery_cpu_ms: of(ours, (run) => run.cpu.delivery),
    server_cpu_ms: of(ours, (run) => run.cpu.total), peer_cpu_ms: of(peer, (run) => run.cpu.total),
    requests_per_s: of(ours, (run) => requests(run) / run.seconds), megabytes_per_s: of(ours, (run) => bytes(run) / run.seconds / 1e6),
    peer_requests_per_s: of(peer, (run) => requests(run) / run.seconds),
    us_per_request: of(ours, (run) => (1000 * run.cpu.delivery * run.seconds) / requests(run)),
    peer_us_per_request: of(peer, (run) => (1000 * run.cpu.total * run.seconds) / requests(run)),
    per_request_of_peer: ratio((run, part) => (run.cpu[part] * run.seconds) / requests(run)),
    per_byte_of_peer: ratio((run, part) => (run.cpu[part] * run.seconds) / bytes(run)),
    reload_p50_ms: of(ours, (run) => run.reload.p50 - least), reload_p99_ms: of(ours, (run) => run.reload.p99 - least),
    part_p50_ms: of(ours, (run) => run.media.p50 - least), part_p99_ms: of(ours, (run) => run.media.p99 - least),
    peer_part_p50_ms: of(peer, (run) => run.media.p50), peer_part_p99_ms: of(peer, (run) => run.media.p99),
    memory_mb: of(ours, (run) => run.memory), descriptors: of(ours, (run) => run.descriptors),
    errors: ours.reduce((sum, run) => sum + run.errors, 0), stalls: ours.reduce((sum, run) => sum + run.stalls, 0),
    skipped: ours.reduce((sum, run) => sum + run.skipped, 0), peer_errors: peer.reduce((sum, run) => sum + run.errors, 0),
    playlist_bytes: of(ours, (run) => run.playlist_bytes / run.playlists), part_bytes: of(ours, (run) => run.part_bytes / run.parts),
  };
});
if (options.json) {
  console.log(JSON.stringify({ cases: results }));
} else {
  const one = (value, digits = 1) => value.toFixed(digits).padStart(8);
  console.log(`${cpus()[0].model}, ${cpus().length} cores; ${ROUNDS} rounds of ${MEASURE_S} s; CPU ms per second\n`);
  console.log('viewers  gateway delivery   server |    req/s     MB/s |   us/req    nginx    ratio per byte | reload p50      p99 | part p50      p99 |    nginx      p99 |   MB    fds errors stalls skipped');
  for (const r of results) {
    console.log(`${String(r.viewers).padStart(7)} ${one(r.gateway_cpu_ms)} ${one(r.delivery_cpu_ms)} ${one(r.server_cpu_ms)} | ${one(r.requests_per_s, 0)} ${one(r.megabytes_per_s)} | ${one(r.us_per_request)} ${one(r.peer_us_per_request)} ${one(r.per_request_of_peer, 2)} ${one(r.per_byte_of_peer, 2)} |   ${one(r.reload_p50_ms)} ${one(r.reload_p99_ms)} | ${one(r.part_p50_ms)} ${one(r.part_p99_ms)} | ${one(r.peer_part_p50_ms)} ${one(r.peer_part_p99_ms)} | ${r.memory_mb.toFixed(0).padStart(4)} ${String(r.descriptors).padStart(6)} ${String(r.errors).padStart(6)} ${String(r.stalls).padStart(6)} ${String(r.skipped).padStart(7)}`);
  }
  console.log(`\nplaylist ${results[0].playlist_bytes.toFixed(0)} bytes, part ${results[0].part_bytes.toFixed(0)} bytes with their heads`);
}
