// A WebDAV-like receiver of PUT: folders must be made first, a password is asked for.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * @returns {url, files, requests, react, stop()}: `files` maps paths to bytes; `react` is called with each request and may return a
 *   status to answer instead
 */
export async function startPutServer({ user = 'ada', password }) {
  const receiver = { files: new Map(), folders: new Set(['/dav']), requests: [], react: () => undefined };
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const parentOf = (path) => path.slice(0, path.replace(/\/$/, '').lastIndexOf('/'));
  const answers = {
    PUT(path, body, headers) {
      if (!receiver.folders.has(parentOf(path))) return [409];
      const digest = /^sha-256=:(.+):$/.exec(headers['repr-digest'] ?? '')?.[1];
      if (digest !== createHash('sha256').update(body).digest('base64')) return [400];
      receiver.files.set(path, body);
      return [201];
    },
    MKCOL(path) {
      if (!receiver.folders.has(parentOf(path))) return [409];
      const folder = path.replace(/\/$/, '');
      if (receiver.folders.has(folder)) return [405];
      receiver.folders.add(folder);
      return [201];
    },
    HEAD: (path) => (receiver.files.has(path) ? [200, { 'content-length': receiver.files.get(path).length }] : [404]),
    GET: (path) => (receiver.files.has(path) ? [200, {}, receiver.files.get(path)] : [404]),
  };
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (bytes) => pieces.push(bytes));
    request.on('error', () => {});
    request.on('end', () => {
      const seen = { method: request.method, path: request.url };
      receiver.requests.push(seen);
      const isAllowed = request.headers.authorization === wanted;
      const instead = isAllowed ? receiver.react(seen) : 401;
      const [status, headers = {}, body] = instead ? [instead] : answers[request.method](request.url, Buffer.concat(pieces), request.headers);
      seen.status = status;
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/dav`;
  receiver.stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return receiver;
}
