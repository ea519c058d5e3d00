// Starts the independent WebRTC client for a test.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = process.env.TESSERA_WEBRTC_CLIENT ?? join(root, 'build', 'tessera_webrtc_client');

/**
 * @param options  flag names without dashes; true for a flag without a value: { whip: url, seconds: 8, 'send-only': true }
 * @returns {pid, kill(), done}: `done` resolves with what the client printed
 */
export function startClient(options) {
  const args = Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, `${value}`]));
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes) => { out += bytes; });
  child.stderr.on('data', (bytes) => { err += bytes; });
  const done = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal) return resolve({ signal });
      try {
        return resolve(JSON.parse(out));
      } catch {
        return reject(new Error(`the client ended with ${code}: ${out}${err}`));
      }
    });
  });
  return { pid: child.pid, done, kill: () => child.kill('SIGKILL') };
}

export const runClient = (options) => startClient(options).done;
