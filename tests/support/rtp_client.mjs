// Drives tests/support/rtp_client: many participants over plain RTP in one process.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const rtpClient = process.env.TESSERA_RTP_CLIENT ?? join(root, 'build', 'tessera_rtp_client');

/**
 * Starts the client.
 *
 * @param args  of the program
 * @returns {ports, to(index, ip, port), run(seconds), stop()}: run resolves with what was counted
 */
export async function startRtpClient(args) {
  const child = spawn(rtpClient, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the client of plain RTP has ended');
    return JSON.parse(value);
  };
  const { ports } = await read();
  return {
    ports,
    to: (index, ip, port) => child.stdin.write(`to ${index} ${ip} ${port}\n`),
    run: (seconds) => {
      child.stdin.write(`run ${seconds}\n`);
      return read();
    },
    async stop() {
      child.stdin.end('quit\n');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };
}
