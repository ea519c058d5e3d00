// Senders push to a meeting over RTMP as OBS does: let in by meeting and key, refused without, and taken again.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { freeTcpPort, startProgram } from '../support/processes.mjs';
import { assertSeenAndHeard, picture, send, startMeeting } from '../support/sent_streams.mjs';
import { call, eventually, startServer } from '../support/server.mjs';

let server, port;
before(async () => {
  port = await freeTcpPort();
  server = await startServer({ env: { TESSERA_RTMP_LISTEN: `127.0.0.1:${port}` } });
});
after(() => server?.stop());

const place = (meeting, key) => `rtmp://127.0.0.1:${port}/${meeting.id}/${key}`;
const push = (meeting, key, options) => send([...picture(options), '-f', 'flv', place(meeting, key)]);

/** Adds a source that waits for its sender. @returns {id, key} */
async function wait(meeting, spec = {}) {
  const reply = await call(server, 'POST', meeting.base, { body: { kind: 'rtmp', ...spec } });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return reply.body;
}

/** A connection that sends these bytes. @returns a promise of true once the server has closed it */
async function knock(bytes) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  if (bytes.length > 0) socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));  // a reset closes too
  return true;
}

test('a sender is seen and heard, a second one is refused, and it comes back after a break', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const { id, key, application, mode } = await wait(meeting);
  assert.deepEqual([application, mode, key.length >= 20], [meeting.id, 'listener', true]);
  const sender = push(meeting, key);
  await assertSeenAndHeard(meeting, id);
  const second = push(meeting, key);
  assert.notEqual((await second.exited).code, 0);
  await assertSeenAndHeard(meeting, id);
  await sender.stop('SIGKILL');
  const away = await meeting.untilState(id, 'stalled');
  assert.match(away.last_error, /sender/);
  const again = push(meeting, key);
  const back = await assertSeenAndHeard(meeting, id);
  assert.equal(back.reconnects, 1);
  await again.stop();
  const listed = await call(server, 'GET', meeting.base);
  for (const text of [JSON.stringify(listed.body), JSON.stringify(back), server.log()]) assert.ok(!text.includes(key));
  await meeting.end();
});

test('a wrong key, a wrong meeting and a player are refused quickly, in the same words', { timeout: 30000 }, async () => {
  const meeting = await startMeeting(server);
  const { id, key } = await wait(meeting);
  const senders = [push(meeting, `${key}x`), push({ id: 'mtg_other' }, key), send(['-v', 'error', '-i', place(meeting, key), '-f', 'null', '-'])];
  const ends = await Promise.all(senders.map(async (each) => ({ ...(await each.exited), log: each.log() })));
  for (const end of ends) assert.notEqual(end.code, 0, end.log);
  assert.match(ends[0].log, /no source waits for this meeting and stream key/);
  assert.match(ends[1].log, /no source waits for this meeting and stream key/);
  assert.equal((await meeting.get(id)).state, 'connecting');
  assert.ok(!server.log().includes(key));
  await meeting.end();
});

test('a key of the caller is taken once in a meeting, and free when its source is removed', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const spec = { kind: 'rtmp', mode: 'listener', key: 'stage-left-camera' };
  const { id } = await wait(meeting, spec);
  assert.equal((await meeting.tryAdd(spec)).status, 409);
  assert.equal((await meeting.tryAdd({ ...spec, key: 'short' })).body.field, 'key');
  assert.equal((await meeting.tryAdd({ ...spec, url: 'rtmp://192.0.2.1/live/a' })).body.field, 'url');
  const sender = push(meeting, spec.key);
  await assertSeenAndHeard(meeting, id);
  await meeting.remove(id);
  assert.notEqual((await sender.exited).code, 0);
  const next = await eventually(async () => {
    const reply = await meeting.tryAdd(spec);
    return reply.status === 201 && reply.body;
  });
  const other = push(meeting, spec.key);
  await assertSeenAndHeard(meeting, next.id);
  await other.stop();
  await meeting.end();
});

test('clients that speak no RTMP, or nothing, are dropped, and senders do not notice', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const { id, key } = await wait(meeting);
  const sender = push(meeting, key);
  await assertSeenAndHeard(meeting, id);
  const hello = Buffer.alloc(1 + 2 * 1536, 3);
  const garbage = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 13 & 255));
  const clients = [
    Buffer.alloc(0), hello.subarray(0, 700), hello, Buffer.concat([hello, garbage]), garbage,
    Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    Buffer.concat([hello, Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0])]),  // a message of 16 MiB
  ];
  const knocks = [...clients, ...Array.from({ length: 60 }, () => hello)].map(knock);
  assert.deepEqual(await Promise.all(knocks), knocks.map(() => true));
  await assertSeenAndHeard(meeting, id);
  assert.equal((await meeting.get(id)).reconnects, 0);
  await sender.stop();
  await meeting.end();
});

test('a sender of the sound alone, and one of another size, are taken', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const { id, key } = await wait(meeting);
  const sound = send(['-v', 'error', '-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100', '-c:a', 'aac', '-f', 'flv', place(meeting, key)]);
  await meeting.until(id, (each) => each.state === 'live' && each.level_dbov > -60);
  await sound.stop();
  await meeting.untilState(id, 'stalled');
  const seen = push(meeting, key, { size: '640x360' });
  await assertSeenAndHeard(meeting, id, { width: 640, height: 360 });
  await seen.stop();
  await meeting.end();
});

test('senders with other implementations of RTMP are taken: librtmp, as OBS has it, and GStreamer', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  await Promise.all(['rtmpsink', 'rtmp2sink'].map(async (sink) => {
    const { id, key } = await wait(meeting);
    const graph = `flvmux name=mux streamable=true ! ${sink} location=${place(meeting, key)}
      videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=30/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h264parse ! mux.
      audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! mux.`;
    const sender = startProgram('gst-launch-1.0', ['-q', ...graph.split(/\s+/)]);
    await assertSeenAndHeard(meeting, id);
    await sender.stop();
    await meeting.untilState(id, 'stalled');
  }));
  await meeting.end();
});
