// Streams from networks: a real sender of each kind on loopback, seen and heard by a meeting of the whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freeTcpPort, freeUdpPort } from '../support/processes.mjs';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { assertSeenAndHeard, picture, send, startMeeting } from '../support/sent_streams.mjs';
import { eventually, startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer({ env: { TESSERA_SOURCES_ALLOW: '127.0.0.0/8' } }); });
after(() => server?.stop());

const secret = 'correct-horse-battery';

test('srt: a listener takes a sender, loses it and takes it again', { timeout: 90000 }, async () => {
  const meeting = await startMeeting(server);
  const port = await freeUdpPort();
  const id = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}`, mode: 'listener', passphrase: secret });
  const push = () => send([...picture(), '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=caller&passphrase=${secret}`]);
  assert.equal((await meeting.get(id)).passphrase, '***');
  let sender = push();
  await assertSeenAndHeard(meeting, id);
  await sender.stop('SIGKILL');
  await meeting.untilState(id, 'stalled');
  sender = push();
  await assertSeenAndHeard(meeting, id);
  await sender.stop();
  await meeting.end();
});

test('srt: a caller asks a server; a wrong passphrase is told and never shown', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const port = await freeUdpPort();
  const serve = () => send([...picture(), '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=listener&passphrase=${secret}`]);
  let sender = serve();
  const wrong = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}`, passphrase: 'something else entirely' });
  const told = await meeting.until(wrong, (each) => each.last_error);
  assert.equal(told.state, 'connecting');
  assert.ok(!JSON.stringify(told).includes('something else'), JSON.stringify(told));
  await meeting.remove(wrong);
  await sender.stop('SIGKILL');
  sender = serve();
  const id = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}`, passphrase: secret });
  await assertSeenAndHeard(meeting, id);
  await sender.stop();
  await meeting.end();
});

test('srt: a caller that loses its server comes back to it; meanwhile its tile is dimmed', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const port = await freeUdpPort();
  const serve = () => send([...picture({ filter: 'geq=lum=200:cb=128:cr=128' }), '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=listener`]);
  let sender = serve();
  const id = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}` });
  await assertSeenAndHeard(meeting, id);
  const shown = await eventually(async () => {  // a source is heard of before it is drawn
    const now = await meeting.brightness();
    return now > 120 && now;
  });
  await sender.stop('SIGKILL');
  await meeting.untilState(id, 'stalled');
  const dimmed = await meeting.brightness();
  assert.ok(dimmed < 0.8 * shown, `${shown} became ${dimmed}`);
  sender = serve();
  const back = await meeting.until(id, (each) => each.state === 'live', 25000);
  assert.ok(back.reconnects >= 1 && back.last_error, JSON.stringify(back));
  await assertSeenAndHeard(meeting, id);
  await eventually(async () => (await meeting.brightness()) > 0.95 * shown);
  await sender.stop();
  await meeting.end();
});

test('rtmp: a stream of an RTMP server is played', { timeout: 60000 }, async () => {
  const rtmp = await startRtmpServer();
  const meeting = await startMeeting(server);
  const sender = send([...picture(), '-f', 'flv', `${rtmp.url}/camera`]);
  const id = await meeting.add({ kind: 'rtmp', url: `${rtmp.url}/camera` });
  await assertSeenAndHeard(meeting, id);
  await sender.stop();
  await meeting.end();
  await rtmp.stop();
});

test('mpegts: UDP and RTP are received', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  for (const scheme of ['udp', 'rtp']) {
    const port = await freeUdpPort();
    const id = await meeting.add({ kind: 'mpegts', url: `${scheme}://127.0.0.1:${port}` });
    const format = scheme === 'udp' ? 'mpegts' : 'rtp_mpegts';
    const sender = send([...picture(), '-f', format, `${scheme}://127.0.0.1:${port}${scheme === 'udp' ? '?pkt_size=1316' : ''}`]);
    await assertSeenAndHeard(meeting, id);
    await sender.stop();
    await meeting.remove(id);
  }
  await meeting.end();
});

test('an interlaced picture with oblong pixels and six channels comes whole, square and in stereo', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const port = await freeUdpPort();
  const id = await meeting.add({ kind: 'mpegts', url: `udp://127.0.0.1:${port}` });
  const sender = send([
    '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=720x576:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    '-vf', 'setsar=16/15,setfield=tff', '-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '1', '-b:v', '3M', '-g', '12',
    '-af', 'pan=5.1|c2=c0', '-c:a', 'ac3', '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`,
  ]);
  await assertSeenAndHeard(meeting, id, { width: 768, height: 576 });
  await sender.stop();
  await meeting.end();
});

test('a picture of high dynamic range is refused with its reason', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const port = await freeUdpPort();
  const id = await meeting.add({ kind: 'mpegts', url: `udp://127.0.0.1:${port}`, audio: false });
  const sender = send([...picture({ extra: ['-x264-params', 'transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc'] }), '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`]);
  const failed = await meeting.untilState(id, 'failed');
  assert.match(failed.last_error, /HDR \(PQ\)/);
  await sender.stop();
  await meeting.end();
});
