// Rooms of Opus participants over plain RTP, three talking, on this server and on Janus' AudioBridge in turns. One
// program sends for both: pre-encoded Opus at real time, a tone burst every half second to measure the delay by, and it
// counts what comes back. CPU time is that of the server's process alone, user and system; each figure is the median of
// all windows of all rounds. The delay is what the server adds between the packet in which a burst begins and the packet
// in which it is heard.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRtpClient } from '../support/rtp_client.mjs';
import { call, startServer } from '../support/server.mjs';
import { COMPLEXITY, startJanus } from './janus.mjs';

const flag = (name) => process.argv.includes(name);
const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const SIZES = [10, 50, 100, 200].filter((size) => !flag('--only') || size === option('--only', 0));
const ROUNDS = option('--rounds', 2);
const WINDOWS = option('--windows', 3);
const WINDOW_S = option('--seconds', 5);
const SETTLE_S = 8; // longer than mixes of their own are kept for who has just joined
const TALKERS = 3;
const LEVEL_ID = flag('--no-levels') ? 0 : 1;
const LIMIT_S = 120 + SIZES.length * ROUNDS * 2 * (90 + WINDOWS * WINDOW_S);
const HERTZ = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU seconds that a process has used so far. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}

const threadCount = (pid) => Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** Servers that run now: ended when this program is, or when it takes too long. */
const running = new Set();
function abandon(reason) {
  for (const server of running) process.kill(server.pid, 'SIGKILL');
  console.error(`tests/bench/audio: ${reason}`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => abandon(signal));
setTimeout(() => abandon(`not done after ${LIMIT_S} s`), LIMIT_S * 1000).unref();

/** The server under test: starts it, and lets `client` into one room. */
async function startOurs(client, size) {
  const server = await startServer({ env: { TESSERA_LIMITS_PARTICIPANTS: '2000', TESSERA_LOG_LEVEL: 'warning' } });
  running.add(server);
  try {
    await call(server, 'POST', '/v1/meetings', { body: { id: 'room', max_participants: Math.max(size, 10) } });
    for (let i = 0; i < size; i++) {
      const { status, body } = await call(server, 'POST', '/v1/meetings/room/participants', {
        body: { identity: `p${i}`, rtp: { ip: '127.0.0.1', port: client.ports[i], audio_level_id: LEVEL_ID } },
      });
      if (status !== 201) throw new Error(`participant ${i}: ${JSON.stringify(body)}`);
      client.to(i, body.rtp.ip, body.rtp.port);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function measureWindow(server, client) {
  const before = cpuSeconds(server.pid);
  const begin = performance.now();
  const counted = await client.run(WINDOW_S);
  const seconds = (performance.now() - begin) / 1000;
  return {
    cpuMs: (1000 * (cpuSeconds(server.pid) - before)) / seconds,
    delayMs: counted.delay_ms_p50,
    received: counted.received / (counted.sent || 1),
    senderLatestMs: counted.latest_ms,
    threads: threadCount(server.pid),
  };
}

/** @returns one entry per window */
async function measure(start, size) {
  const client = await startRtpClient(['--participants', size, '--talkers', TALKERS, '--level-id', LEVEL_ID, '--bind', '127.0.0.1']);
  let server;
  try {
    server = await start(client, size);
    await client.run(SETTLE_S);
    const windows = [];
    while (windows.length < WINDOWS) windows.push(await measureWindow(server, client));
    return windows;
  } finally {
    await server?.stop();
    running.clear();
    await client.stop();
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 3) => Number(value.toFixed(digits));

function summarize(size, ours, janus) {
  const of = (windows, key) => median(windows.map((window) => window[key]));
  const result = { name: String(size), ours_cpu_ms_per_s: round(of(ours, 'cpuMs'), 1), added_delay_ms: round(of(ours, 'delayMs'), 1),
    ours_received: round(of(ours, 'received')), ours_threads: of(ours, 'threads') };
  if (janus.length === 0) return result;
  return { ...result, janus_cpu_ms_per_s: round(of(janus, 'cpuMs'), 1), ratio: round(of(ours, 'cpuMs') / of(janus, 'cpuMs')),
    janus_added_delay_ms: round(of(janus, 'delayMs'), 1), janus_received: round(of(janus, 'received')),
    janus_threads: of(janus, 'threads') };
}

const withJanus = !flag('--ours');
if (withJanus && !existsSync('/usr/bin/janus')) {
  console.error('tests/bench/audio: needs Debian\'s package janus (apt-get install --no-install-recommends janus), or --ours');
  process.exit(2);
}
const cases = [];
for (const size of SIZES) {
  const ours = [];
  const janus = [];
  for (let i = 0; i < ROUNDS; i++) {
    ours.push(...(await measure(startOurs, size)));
    if (withJanus) janus.push(...(await measure((client, count) => startJanus(client, count, running), size)));
    await sleep(500);
    console.error(`round ${i + 1}: ${JSON.stringify(summarize(size, ours, janus))}`);
  }
  cases.push(summarize(size, ours, janus));
}
if (flag('--json')) {
  console.log(JSON.stringify({ complexity: COMPLEXITY, levels: LEVEL_ID !== 0, cases }));
} else {
  console.table(cases);
}
