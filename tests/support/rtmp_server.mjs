// nginx with its RTMP module on a port of its own, never the system's instance.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, startProgram } from './processes.mjs';
import { eventually } from './server.mjs';

const rtmpModule = ['/usr/lib/nginx/modules/ngx_rtmp_module.so', '/usr/lib64/nginx/modules/ngx_rtmp_module.so'].find(existsSync);

const answers = (port, host) => new Promise((resolve) => {
  const socket = connect(port, host, () => resolve(socket.destroy() && true));
  socket.once('error', () => resolve(false));
});

/**
 * Starts a server with the application `live`, and with `closed`, which refuses every publisher.
 *
 * @param options.port  a free one when absent
 * @param options.host  loopback address to listen on
 * @returns {port, url, player(key), stop()}: player is what ffmpeg needs to play a stream
 */
export async function startRtmpServer({ port, host = '127.0.0.1' } = {}) {
  const listen = port ?? (await freeTcpPort(host));
  const place = `${host.includes(':') ? `[${host}]` : host}:${listen}`;
  const folder = await mkdtemp(join(tmpdir(), 'tessera-rtmp-'));
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'nginx.conf'), `
load_module ${rtmpModule};
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log info;
events { worker_connections 64; }
rtmp {
  access_log off;
  server {
    listen ${place};
    application live { live on; wait_key on; wait_video on; }
    application closed { live on; deny publish all; }
  }
}
`);
  const nginx = startProgram('nginx', ['-e', join(folder, 'logs', 'error.log'), '-p', folder, '-c', join(folder, 'nginx.conf')]);
  await eventually(() => answers(listen, host)).catch((error) => {
    throw new Error(`${error.message}\n${nginx.log()}`);
  });
  return {
    port: listen,
    url: `rtmp://${place}/live`,
    player: (key) => ['-rtmp_app', 'live', '-rtmp_playpath', key, '-i', `rtmp://${place}/live`],
    async stop() {
      await nginx.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
