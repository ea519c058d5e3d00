// A meeting published over WHIP: to another server of ours, and to a browser that answers the offer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';

let server, other, meeting;
before(async () => {
  [server, other] = await Promise.all([startServer(), startServer()]);
  meeting = await startMeeting(server, { canvas: { width: 320, height: 180, fps: 15 } });
});
after(async () => {
  await server?.stop();
  await other?.stop();
});

/** The sources of a meeting that came over WebRTC and move and sound. */
async function received(id) {
  const { items } = await ask(other, 'GET', `/v1/meetings/${id}/sources`);
  return items.filter((each) => each.kind === 'webrtc' && each.state === 'live' && each.frames_received > 15 && each.level_dbov > -60);
}

test('another server shows and hears what is published, again after a break, and sees it end', { timeout: 60000 }, async () => {
  const { id: place } = await ask(other, 'POST', '/v1/meetings', { name: 'Place', canvas: { width: 320, height: 180, fps: 15 } });
  await ask(other, 'POST', `/v1/meetings/${place}:start`).catch(() => {});
  const url = `${other.url}/whip/${place}`;
  const { id, token } = await meeting.add({ kind: 'whip', url, token: adminKey });
  assert.equal(token, '***');
  await meeting.until(id, 'live');
  const [source] = await eventually(async () => (await received(place)).length === 1 && received(place), 20000);
  assert.deepEqual([source.width, source.height], [320, 180]);
  await ask(other, 'DELETE', `/v1/meetings/${place}/participants/${source.participant}`);
  await meeting.until(id, 'retrying');
  const live = await meeting.until(id, 'live');
  assert.ok(live.reconnects === 1 && live.last_error && live.bytes > 0, JSON.stringify(live));
  await eventually(async () => (await received(place)).length === 1, 20000);
  await meeting.remove(id);
  await eventually(async () => (await ask(other, 'GET', `/v1/meetings/${place}/sources`)).items.length === 0);
});

test('a server that refuses the token, or is none, is asked again; one that says nothing does not hold up the end', { timeout: 30000 }, async () => {
  const { id: refused } = await meeting.add({ kind: 'whip', url: `${other.url}/whip/mtg_nowhere`, token: 'tsk_wrong_and_secret_0123456789' });
  const { last_error: reason } = await meeting.until(refused, 'retrying');
  assert.match(reason, /HTTP status 40[13]/);
  assert.ok(!JSON.stringify(await meeting.output(refused)).includes('wrong_and_secret') && !server.log().includes('wrong_and_secret'));
  const { id: nobody } = await meeting.add({ kind: 'whip', url: 'http://127.0.0.1:9/whip' });
  await meeting.until(nobody, 'retrying');
  const bad = await call(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { body: { kind: 'whip', url: 'rtmp://127.0.0.1/live' } });
  assert.deepEqual([bad.status, bad.body.field], [400, 'url']);
  const silent = createTcpServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { id: waiting } = await meeting.add({ kind: 'whip', url: `http://127.0.0.1:${silent.address().port}/whip` });
  await once(silent, 'connection');
  for (const id of [refused, nobody, waiting]) await meeting.remove(id);
  silent.close();
});

/** Answers an offer in the page and shows what comes. */
const answerInPage = async (offer) => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  connection.ontrack = ({ track }) => {  // sound that nobody hears is not decoded
    const player = document.createElement(track.kind);
    player.srcObject = new MediaStream([track]);
    document.body.append(player);
    player.play();
  };
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  await connection.setLocalDescription(await connection.createAnswer());
  while (connection.iceGatheringState !== 'complete') await new Promise((resolve) => { connection.onicegatheringstatechange = resolve; });
  return connection.localDescription.sdp;
};

const countInPage = async () => {
  const counts = { video: 0, audio: 0 };
  for (const each of (await window.connection.getStats()).values()) {
    if (each.type === 'inbound-rtp') counts[each.kind] += each.kind === 'video' ? each.framesDecoded : each.totalAudioEnergy;
  }
  return counts;
};

test('a browser that answers the offer gets picture and sound', { timeout: 60000 }, async () => {
  const browser = await startBrowser();
  const deleted = [];
  const endpoint = createServer(async (request, response) => {
    if (request.method === 'DELETE') {
      deleted.push([request.url, request.headers.authorization]);
      return response.end();
    }
    if (request.url === '/moved') return response.writeHead(307, { location: '/whip' }).end();
    assert.deepEqual([request.headers['content-type'], request.headers.authorization], ['application/sdp', 'Bearer sesame']);
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const answer = await browser.page.evaluate(answerInPage, Buffer.concat(pieces).toString());
    return response.writeHead(201, { 'content-type': 'application/sdp', location: '/session/4711' }).end(answer);
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  try {
    await browser.page.goto(`${other.url}/healthz`);
    for (const codec of ['h264', 'vp8']) {
      const spec = { kind: 'whip', url: `http://127.0.0.1:${endpoint.address().port}/moved`, token: 'sesame', video: { codec, width: 320, height: 180, fps: 15 } };
      const { id } = await meeting.add(spec);
      await meeting.until(id, 'live');
      let counts;
      await eventually(async () => {
        counts = await browser.page.evaluate(countInPage);
        return counts.video > 15 && counts.audio > 0;
      }, 20000).catch(() => assert.fail(`${codec}: ${JSON.stringify(counts)}`));
      await meeting.remove(id);
    }
    assert.deepEqual(deleted, Array(2).fill(['/session/4711', 'Bearer sesame']));
  } finally {
    await browser.close();
    endpoint.close();
  }
});
