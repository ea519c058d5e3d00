// RTMPS and RTSPS: played through TLS, with the server's certificate checked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startProgram } from '../support/processes.mjs';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { assertSeenAndHeard, picture, send, startMeeting } from '../support/sent_streams.mjs';
import { eventually, startServer, tool } from '../support/server.mjs';
import { makeCertificate, startTlsFront } from '../support/tls_front.mjs';

let server, certificate;
before(async () => {
  certificate = makeCertificate();
  server = await startServer({ env: { TESSERA_SOURCES_ALLOW: '127.0.0.0/8,::1/128', SSL_CERT_FILE: certificate.file } });
});
after(async () => {
  await server?.stop();
  certificate?.remove();
});

/** Seen by its name; told by another name, unless the certificate does not matter. */
async function assertThroughTls(kind, front, path, spec = {}) {
  const meeting = await startMeeting(server);
  const id = await meeting.add({ ...spec, url: `${kind}://localhost:${front.port}${path}` });
  await assertSeenAndHeard(meeting, id);
  assert.deepEqual(front.names, ['localhost']);
  const other = `${kind}://127.0.0.1:${front.port}${path}`;
  const wrong = await meeting.add({ ...spec, url: other });
  const told = await meeting.until(wrong, (each) => each.last_error);
  assert.match(told.last_error, /certificate/);
  assert.equal(told.state, 'connecting');
  await meeting.remove(wrong);
  const careless = await meeting.add({ ...spec, url: other, verify_certificate: false });
  await assertSeenAndHeard(meeting, careless);
  await meeting.end();
}

test('rtmps: a stream of an RTMP server behind TLS is played', { timeout: 60000 }, async () => {
  const rtmp = await startRtmpServer();
  const front = await startTlsFront(certificate, rtmp.port);
  const sender = send([...picture(), '-f', 'flv', `${rtmp.url}/camera`]);
  await assertThroughTls('rtmps', front, '/live/camera', { kind: 'rtmp' });
  await sender.stop();
  await front.stop();
  await rtmp.stop();
});

test('rtsps: a camera behind TLS is played', { timeout: 60000 }, async () => {
  const player = startProgram(tool('tessera_rtsp_player'), ['ann', 'open-sesame']);
  const line = await eventually(() => /\{"port": (\d+)\}/.exec(player.log()));
  const front = await startTlsFront(certificate, Number(line[1]));
  await assertThroughTls('rtsps', front, '/camera', { kind: 'rtsp', user: 'ann', password: 'open-sesame' });
  assert.ok(!server.log().includes('open-sesame'));
  await front.stop();
  await player.stop();
});
