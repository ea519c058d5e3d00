// Everything that goes over a network goes over IPv6: what one meeting publishes is the source of another.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freeTcpPort, freeUdpPort, startProgram } from '../support/processes.mjs';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { assertSeenAndHeard, startMeeting as startReceiving } from '../support/sent_streams.mjs';
import { adminKey, call, eventually, startServer, tool } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';
import { makeCertificate, startTlsFront } from '../support/tls_front.mjs';

let server, rtmpPort, from, to;
before(async () => {
  rtmpPort = await freeTcpPort('::1');
  server = await startServer({ env: { TESSERA_HTTP_LISTEN: '[::1]:0', TESSERA_RTMP_LISTEN: `[::1]:${rtmpPort}`, TESSERA_SOURCES_ALLOW: '::1/128' } });
  assert.match(server.url, /^http:\/\/\[::1\]:/);
  from = await startMeeting(server, { canvas: { width: 320, height: 180, fps: 15 } });
  to = await startReceiving(server);
});
after(() => server?.stop());

/** What an output sends is seen and heard as a source; the one that listens begins. */
async function arrives(output, source, { outputFirst = false } = {}) {
  let sent;
  if (outputFirst) sent = await from.add(output);
  const id = await to.add(source);
  sent ??= await from.add(output);
  await from.until(sent.id, 'live', 20000);
  await assertSeenAndHeard(to, id);
  await to.remove(id);
  await from.remove(sent.id);
}

// Each waits for media most of its time.
describe('over IPv6', { concurrency: true }, () => {
  test('srt: callers and listeners', { timeout: 60000 }, async () => {
    const first = `srt://[::1]:${await freeUdpPort('::1')}`;
    await arrives({ kind: 'srt', url: first }, { kind: 'srt', url: first, mode: 'listener' });
    const second = `srt://[::1]:${await freeUdpPort('::1')}`;
    await arrives({ kind: 'srt', url: second, mode: 'listener' }, { kind: 'srt', url: second }, { outputFirst: true });
  });

  test('mpegts: UDP and RTP', { timeout: 60000 }, async () => {
    for (const scheme of ['udp', 'rtp']) {
      const url = `${scheme}://[::1]:${await freeUdpPort('::1')}`;
      await arrives({ kind: 'mpegts', url }, { kind: 'mpegts', url });
    }
  });

  test('rtmp: pushed to us, and published to and played from a server', { timeout: 60000 }, async () => {
    const added = await call(server, 'POST', to.base, { body: { kind: 'rtmp' } });
    const pushed = await from.add({ kind: 'rtmp', url: `rtmp://[::1]:${rtmpPort}/${to.id}`, stream_key: added.body.key });
    await assertSeenAndHeard(to, added.body.id);
    await to.remove(added.body.id);
    await from.remove(pushed.id);
    const rtmp = await startRtmpServer({ host: '::1' });
    await arrives({ kind: 'rtmp', url: rtmp.url, stream_key: 'camera' }, { kind: 'rtmp', url: `${rtmp.url}/camera` }, { outputFirst: true });
    await rtmp.stop();
  });

  test('rtsp: a camera over TCP, UDP and TLS, and what is published to a server', { timeout: 60000 }, async () => {
    const camera = startProgram(tool('tessera_rtsp_player'), ['--address', '::1']);
    const [, port] = await eventually(() => /\{"port": (\d+)\}/.exec(camera.log()));
    for (const transport of ['tcp', 'udp']) {
      const id = await to.add({ kind: 'rtsp', url: `rtsp://[::1]:${port}/camera`, transport });
      await assertSeenAndHeard(to, id);
      await to.remove(id);
    }
    const certificate = makeCertificate();
    const front = await startTlsFront(certificate, port, '::1');
    const secure = await to.add({ kind: 'rtsp', url: `rtsps://[::1]:${front.port}/camera`, verify_certificate: false });
    await assertSeenAndHeard(to, secure);
    await to.remove(secure);
    await front.stop();
    certificate.remove();
    await camera.stop();
    const recorder = startProgram(tool('tessera_rtsp_recorder'), ['/dev/null', '--address', '::1']);
    const [, place] = await eventually(() => /\{"port": (\d+)\}/.exec(recorder.log()));
    const { id } = await from.add({ kind: 'rtsp', url: `rtsp://[::1]:${place}/live` });
    await from.until(id, 'live');
    await eventually(async () => (await from.output(id)).bytes > 50_000);
    await from.remove(id);
    await recorder.stop();
  });

  test('hls and whip', { timeout: 60000 }, async () => {
    await arrives({ kind: 'hls', public: true, segment_ms: 1000 }, { kind: 'hls', url: `${server.url}/hls/${from.id}/main/index.m3u8` }, { outputFirst: true });
    const { id } = await from.add({ kind: 'whip', url: `${server.url}/whip/${to.id}`, token: adminKey });
    await from.until(id, 'live');
    await eventually(async () => (await ask(server, 'GET', to.base)).items.some((each) => each.kind === 'webrtc' && each.frames_received > 15));
    await from.remove(id);
  });
});
