// nginx on a port of its own, never the system's instance: one process, in the foreground.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, startProgram } from './processes.mjs';
import { eventually } from './server.mjs';

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() && true));
  socket.once('error', () => resolve(false));
});

/**
 * Starts it as an HTTP server.
 *
 * @param http    gets {port, folder}: what stands in the block `http`
 * @param files   name -> bytes, written to folder/files first
 * @returns {url, pid, port, folder, log(), stop()}
 */
export async function startNginx({ http, files = {}, connections = 64 }) {
  const port = await freeTcpPort();
  const folder = await mkdtemp(join(tmpdir(), 'tessera-nginx-'));
  for (const each of ['logs', 'files', 'body', 'cache']) await mkdir(join(folder, each));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, 'files', name), bytes);
  await writeFile(join(folder, 'nginx.conf'), `
daemon off;
master_process off;
worker_rlimit_nofile ${connections * 2 + 64};
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log warn;
events { worker_connections ${connections}; }
http {
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/body;
  uwsgi_temp_path ${folder}/body;
  scgi_temp_path ${folder}/body;
  types { application/vnd.apple.mpegurl m3u8; video/mp4 m4s mp4; }
  ${http({ port, folder })}
}
`);
  const nginx = startProgram('nginx', ['-e', join(folder, 'logs', 'error.log'), '-p', folder, '-c', join(folder, 'nginx.conf')]);
  await eventually(() => answers(port)).catch((error) => {
    throw new Error(`${error.message}\n${nginx.log()}`);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: nginx.pid,
    folder,
    log: nginx.log,
    async stop() {
      await nginx.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
