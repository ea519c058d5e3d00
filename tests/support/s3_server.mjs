// An S3 server, and in front of it a proxy that checks every signature and digest by itself and fails where a test wants it.
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

export const accessKey = 'S3RVER';
export const secretKey = 'S3RVER';
const region = 'eu-north-7';
const bucket = 'recordings';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What is wrong with a request's signature; empty when nothing is. @source AWS Signature Version 4 */
function signatureFault(request, body) {
  const { headers, method, url } = request;
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
    .exec(headers.authorization ?? '');
  if (!parts) return `no signature: ${headers.authorization}`;
  const [, key, date, zone, signed, signature] = parts;
  if (key !== accessKey || zone !== region) return `key ${key} of ${zone}`;
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'the body is not what was signed';
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-content-sha256', 'x-amz-date']) if (!names.includes(name)) return `${name} is not signed`;
  const [path, query = ''] = url.split('?');
  const canonical = [method, path, query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${headers[name]?.trim()}`), '', signed, headers['x-amz-content-sha256']].join('\n');
  const scope = `${date}/${zone}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, date), zone), 's3'), 'aws4_request');
  return hmac(signingKey, toSign).toString('hex') === signature ? '' : `the signature is wrong for\n${canonical}`;
}

/**
 * Starts both.
 *
 * @returns {target, requests, faults, react, stop()}: `requests` are {method, path, query, status}; `react` is called with each of them and
 *   may return a status to answer instead, or 'hang'
 */
export async function startS3() {
  const directory = await mkdtemp(join(tmpdir(), 'tessera-s3-'));
  const store = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: bucket }] });
  const { port } = await store.run();
  const s3 = { requests: [], faults: [], react: () => undefined, directory };
  const proxy = createServer((request, response) => {
    const pieces = [];
    request.on('data', (bytes) => pieces.push(bytes));
    request.on('error', () => {});
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const url = new URL(request.url, 'http://s3');
      const seen = { method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams), bytes: body.length };
      s3.requests.push(seen);
      const fault = signatureFault(request, body);
      const md5 = request.headers['content-md5'];
      if (fault) s3.faults.push(fault);
      if (md5 && md5 !== createHash('md5').update(body).digest('base64')) s3.faults.push(`wrong Content-MD5 of ${request.url}`);
      const instead = fault ? 403 : s3.react(seen);
      if (instead === 'hang') return;
      if (instead) {
        seen.status = instead;
        response.writeHead(instead, { 'content-type': 'application/xml' }).end('<Error><Code>OfTheTest</Code><Message>no</Message></Error>');
        return;
      }
      const inner = httpRequest({ port, host: '127.0.0.1', method: request.method, path: request.url, headers: request.headers }, (answer) => {
        seen.status = answer.statusCode;
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      inner.on('error', () => response.destroy());
      inner.end(body);
    });
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${proxy.address().port}/${bucket}/tessera`;
  s3.target = `archive s3 ${url} region=${region}`;
  s3.url = url;
  s3.stop = async () => {
    await new Promise((resolve) => {
      proxy.close(resolve);
      proxy.closeAllConnections();
    });
    await store.close();
    await rm(directory, { recursive: true, force: true });
  };
  /** The bytes of an object, as the store holds them. */
  s3.read = (key) => new Promise((resolve, reject) => {
    httpRequest({ port, host: '127.0.0.1', path: `/${bucket}/tessera/${key}` }, (answer) => {
      const pieces = [];
      answer.on('data', (bytes) => pieces.push(bytes));
      answer.on('end', () => resolve({ status: answer.statusCode, bytes: Buffer.concat(pieces) }));
    }).on('error', reject).end();
  });
  return s3;
}
