// An HTTP server of a folder on loopback, with answers that a test adds.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

/**
 * Serves the files of a folder, ranges included.
 *
 * @param options.host     loopback address to listen on
 * @param options.answers  {path: text, or (request, response) => void}: come before files
 * @returns {url, hits, stop()}: hits are the paths that were asked for
 */
export async function startFileServer(folder, { host = '127.0.0.1', answers = {} } = {}) {
  const hits = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://server');
    hits.push(pathname);
    const answer = answers[pathname];
    if (typeof answer === 'function') return answer(request, response);
    const body = answer ?? (await readFile(join(folder, basename(pathname))).catch(() => null));
    if (body === null) return response.writeHead(404).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) return response.end(body);
    response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${body.length}` });
    return response.end(body.subarray(Number(first), Number(last) + 1));
  });
  await new Promise((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${server.address().port}`,
    hits,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** An answer that leads elsewhere. */
export const redirectTo = (to) => (request, response) => response.writeHead(302, { location: to }).end();
