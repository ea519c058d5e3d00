// TLS in front of a plain TCP server on loopback, with a certificate that was made for the test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** A key and a certificate that is its own authority. @returns {file, key, cert, remove()} */
export function makeCertificate(name = 'localhost') {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-tls-'));
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', keyFile, '-out', file], { stdio: 'ignore' });
  return { file, key: readFileSync(keyFile), cert: readFileSync(file), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Passes what comes through TLS on to a port of the same loopback address. @returns {port, names, stop()}: names are what clients asked for (SNI) */
export async function startTlsFront({ key, cert }, upstreamPort, host = '127.0.0.1') {
  const names = [];
  const sockets = new Set();
  const server = createServer({ key, cert }, (client) => {
    names.push(client.servername);
    const upstream = connect(upstreamPort, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      const end = () => { client.destroy(); upstream.destroy(); };
      socket.on('error', end).on('close', end);
    }
    client.pipe(upstream).pipe(client);
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, host, resolve));
  return {
    port: server.address().port,
    names,
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
