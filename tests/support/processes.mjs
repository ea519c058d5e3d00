// Other ends of outputs: programs that a test starts on loopback and ends by process id.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';

/**
 * Starts a program.
 *
 * @param options.output  file for what it writes to its standard output; without one that belongs to the log
 * @returns {pid, log(), exited, stop()}: exited resolves with {code, signal}; stop ends it, if need be by force
 */
export function startProgram(program, args, { cwd, output } = {}) {
  const file = output ? openSync(output, 'w') : null;
  const child = spawn(program, args.map(String), { cwd, stdio: ['ignore', file ?? 'pipe', 'pipe'] });
  if (file) closeSync(file);
  let log = '';
  for (const stream of [child.stdout, child.stderr].filter(Boolean)) {
    stream.on('data', (bytes) => {
      log += bytes;
      if (process.env.TESSERA_TEST_LOG) process.stderr.write(bytes);
    });
  }
  const exited = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));  // all that it said has been read
    child.once('error', (error) => resolve({ code: -1, signal: error.message }));
  });
  return {
    pid: child.pid,
    exited,
    log: () => log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      const result = await exited;
      clearTimeout(timer);
      return result;
    },
  };
}

/** Runs a program to its end. Fails when that takes longer than `limitMs` or it does not end well. */
export async function runProgram(program, args, limitMs = 30000) {
  const running = startProgram(program, args);
  const timer = setTimeout(() => running.stop('SIGKILL'), limitMs);
  const { code, signal } = await running.exited;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}\n${running.log()}`);
  return running.log();
}

/** A TCP port of a loopback address that nobody uses now. */
export function freeTcpPort(host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** An even UDP port of a loopback address that, with the one after it, nobody uses now. */
export async function freeUdpPort(host = '127.0.0.1') {
  const bind = (port) => new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(port, host, () => resolve(socket));
  });
  for (;;) {
    const first = await bind(0);
    const { port } = first.address();
    first.close();
    if (port % 2 === 1) continue;
    const second = await bind(port + 1).catch(() => null);
    if (!second) continue;
    second.close();
    return port;
  }
}
