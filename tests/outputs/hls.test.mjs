// A meeting as HLS through the whole server: what ffmpeg, callers without the right, and hls.js in a real browser get of it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, startBrowser } from '../support/browser.mjs';
import { installFrameCode } from '../support/frame_code.mjs';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';
import { ask, assertStream, receive, startMeeting } from '../support/streams.mjs';

const hlsJs = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

const siteOf = (meeting) => `/hls/${meeting.id}/main/`;

/** The names that a playlist lists. */
const listed = (playlist) => playlist.split('\n').filter((line) => line && !line.startsWith('#'));

async function text(path, key = null) {
  const reply = await call(server, 'GET', path, { key });
  assert.equal(reply.status, 200, `${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

test('ffmpeg plays both containers, with a token in the address', { timeout: 90000 }, async () => {
  const meeting = await startMeeting(server);
  await meeting.add({ kind: 'hls' });
  await meeting.add({ kind: 'hls', container: 'mpegts', low_latency: false, playlist: 'ts' });
  const watch = (name) => receive(['-i', `${server.url}${siteOf(meeting)}${name}.m3u8?token=${adminKey}`]);
  for (const stream of await Promise.all([watch('index'), watch('ts')])) assertStream(stream);
});

test('who has no right to receive gets nothing, and a token reaches every address in a playlist', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const other = await startMeeting(server);
  await meeting.add({ kind: 'hls' });
  const tokenFor = async (id) => (await ask(server, 'POST', '/v1/tokens', { meeting: id, role: 'viewer', name: 'Vera' })).token;
  const [right, wrong] = [await tokenFor(meeting.id), await tokenFor(other.id)];
  const master = `${siteOf(meeting)}index.m3u8`;
  assert.equal((await call(server, 'GET', master, { key: null })).status, 401);
  assert.equal((await call(server, 'GET', `${master}?token=${wrong}`, { key: null })).status, 403);
  assert.equal((await call(server, 'GET', `${master}?token=nonsense`, { key: null })).status, 401);

  const [rung] = listed(await text(`${master}?token=${right}`));
  assert.ok(rung.endsWith(`?token=${right}`));
  const media = await text(siteOf(meeting) + rung);
  const uris = [...listed(media), ...[...media.matchAll(/URI="([^"]+)"/g)].map((match) => match[1])];
  assert.ok(uris.length >= 8);
  for (const uri of uris) assert.ok(uri.endsWith(`?token=${right}`), uri);
  const segment = await fetch(server.url + siteOf(meeting) + listed(media)[0]);
  assert.equal(segment.status, 200);
  assert.equal(segment.headers.get('content-type'), 'video/mp4');
  assert.match(segment.headers.get('cache-control'), /^private, max-age=/);
  assert.equal((await fetch(server.url + siteOf(meeting) + listed(media)[0].split('?')[0])).status, 401);
});

test('a small picture of what is on is there for who may watch', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  await meeting.add({ kind: 'hls', thumbnail_s: 2, thumbnail_width: 160 });
  const path = `${siteOf(meeting)}index.jpg`;
  assert.equal((await call(server, 'GET', path, { key: null })).status, 401);
  const reply = await fetch(server.url + path, { headers: { authorization: `Bearer ${adminKey}` } });
  assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'image/jpeg']);
  assert.match(reply.headers.get('cache-control'), /max-age=2\b/);
  const bytes = Buffer.from(await reply.arrayBuffer());
  assert.equal(bytes.subarray(0, 3).toString('hex'), 'ffd8ff');
});

test('a blocking reload brings the part it asks for, and what cannot come is refused', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const { id } = await meeting.add({ kind: 'hls', public: true });
  const [rung] = listed(await text(`${siteOf(meeting)}index.m3u8`));
  const media = siteOf(meeting) + rung;
  let [segment, part] = (await text(media)).match(/PRELOAD-HINT:TYPE=PART,URI="[^"]*-(\d+)\.(\d+)\.m4s"/).slice(1).map(Number);
  for (let i = 0; i < 8; i += 1) {
    const playlist = await text(`${media}?_HLS_msn=${segment}&_HLS_part=${part}`);
    const hint = playlist.match(/PRELOAD-HINT:TYPE=PART,URI="([^"]*-(\d+)\.(\d+)\.m4s)"/);
    const [nextSegment, nextPart] = hint.slice(2).map(Number);
    assert.ok(nextSegment > segment || (nextSegment === segment && nextPart > part), `${nextSegment}.${nextPart} after ${segment}.${part}`);
    const hinted = await fetch(server.url + siteOf(meeting) + hint[1]);
    assert.equal(hinted.status, 200);
    assert.ok((await hinted.arrayBuffer()).byteLength > 1000);
    [segment, part] = [nextSegment, nextPart];
  }
  assert.equal((await call(server, 'GET', `${media}?_HLS_msn=${segment + 100}`, { key: null })).status, 400);
  assert.equal((await call(server, 'GET', `${siteOf(meeting)}nothing.m3u8`)).status, 404);

  const waiting = text(`${media}?_HLS_msn=${segment + 1}`);
  await meeting.remove(id);
  assert.match(await waiting, /#EXT-X-ENDLIST\n$/);
  assert.match(await text(media), /#EXT-X-ENDLIST\n$/);
});

test('a smaller view is a rung of the larger one', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const small = await ask(server, 'POST', `/v1/meetings/${meeting.id}/views`, { canvas: { width: 320, height: 180, fps: 30 } });
  await meeting.add({ kind: 'hls' });
  await meeting.add({ kind: 'hls', view: small.id, ladder_view: 'main' });
  const master = await eventually(async () => {
    const playlist = await call(server, 'GET', `${siteOf(meeting)}index.m3u8`);
    return listed(playlist.body).length === 2 && playlist.body;
  });
  assert.deepEqual([...master.matchAll(/RESOLUTION=(\w+)/g)].map((match) => match[1]), ['640x360', '320x180']);
  assert.match(master, /CODECS="avc1\.42[0-9A-F]{4},mp4a\.40\.2"/);
  const [large, little] = listed(master);
  const reported = (await call(server, 'GET', siteOf(meeting) + large)).body;
  assert.match(reported, new RegExp(`#EXT-X-RENDITION-REPORT:URI="${little}",LAST-MSN=\\d+,LAST-PART=\\d+`));
  assertStream(await receive(['-i', `${server.url}${siteOf(meeting)}${little}?token=${adminKey}`]), { width: 320, height: 180 });
});

/** Plays with hls.js in the page; samples how old the shown pictures are. */
async function play(page, meeting, url) {
  await page.goto(`${server.url}/healthz`);
  await page.setContent('<body style="margin:0"><video muted playsinline style="width:1280px"></video>');
  await page.addScriptTag({ path: hlsJs });
  await page.evaluate(installFrameCode);
  await page.evaluate(async ([source, meetingUrl, key]) => {
    // Meeting time against the page's clock: the fastest of some questions.
    let best = { trip: Infinity };
    for (let i = 0; i < 8; i += 1) {
      const sent = performance.now();
      const { now_ms: now } = await (await fetch(meetingUrl, { headers: { authorization: `Bearer ${key}` } })).json();
      const trip = performance.now() - sent;
      if (trip < best.trip) best = { trip, offset: now - (sent + trip / 2) };
    }
    const video = document.querySelector('video');
    window.samples = [];
    window.errors = [];
    const sample = () => {
      const made = window.readFrameCode(video);
      if (made !== null) window.samples.push({ at: performance.now(), age: performance.now() + best.offset - made });
      video.requestVideoFrameCallback(sample);
    };
    video.requestVideoFrameCallback(sample);
    const player = new window.Hls({ lowLatencyMode: true, enableWorker: false });
    player.on(window.Hls.Events.ERROR, (_, { details, fatal }) => window.errors.push(fatal ? `fatal ${details}` : details));
    player.on(window.Hls.Events.MANIFEST_PARSED, () => video.play());
    player.loadSource(source);
    player.attachMedia(video);
    window.player = player;
  }, [url, `${server.url}/v1/meetings/${meeting.id}`, adminKey]);
}

test('hls.js plays it in a browser', { timeout: 120000 }, async (t) => {
  const canvas = { width: 640, height: 360, fps: 30 };
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Watched', canvas });
  await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`).catch(() => undefined);
  await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`, { kind: 'test', name: 'Clock', pattern: 'coded', audio: 'tone' });
  await ask(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { kind: 'hls', public: true, captions: 'en' });
  const { page, close } = await startBrowser();
  try {
    await play(page, meeting, `${server.url}${siteOf(meeting)}index.m3u8`);
    const time = () => page.evaluate(() => document.querySelector('video').currentTime);
    const began = await eventually(async () => await page.evaluate(() => window.samples.length > 10) && time(), 40000)
      .catch(async () => assert.fail(`it does not play: ${await page.evaluate(() => window.errors.join())}`));
    await eventually(async () => await time() > began + 8, 40000);
    await ask(server, 'POST', `/v1/meetings/${meeting.id}/chapters`, { title: 'Questions' });
    await ask(server, 'POST', `/v1/meetings/${meeting.id}/captions`, { text: 'A first <word>', duration_ms: 3000 });
    const said = Date.now();
    const cue = await eventually(() => page.evaluate(() => {
      const video = document.querySelector('video');
      const [first] = [...video.textTracks].flatMap((track) => [...(track.cues ?? [])]);
      const toWall = (seconds) => window.player.playingDate.getTime() + (seconds - video.currentTime) * 1000;
      return first && { text: first.text, at: toWall(first.startTime), seconds: first.endTime - first.startTime };
    }), 30000);
    assert.equal(cue.text, 'A first &lt;word&gt;');
    assert.ok(Math.abs(cue.seconds - 3) < 0.01);
    assert.ok(Math.abs(cue.at - said) < 300, `the caption is shown ${cue.at - said} ms after the picture of its moment`);
    await eventually(() => page.evaluate(() => {
      const { dateRanges } = window.player.levels[window.player.currentLevel].details;
      return Object.values(dateRanges).some(({ attr }) => attr['X-TITLE'] === 'Questions');
    }), 20000);
    const seen = await page.evaluate(() => ({
      ages: window.samples.map(({ age }) => age), errors: window.errors, latency: window.player.latency,
    }));
    await page.screenshot({ path: join(artifacts, 'hls.png') });
    assert.deepEqual(seen.errors.filter((each) => each.startsWith('fatal')), []);
    const ages = seen.ages.slice(seen.ages.length >> 1).sort((a, b) => a - b);
    const quantile = (q) => Math.round(ages[Math.floor(q * (ages.length - 1))]);
    t.diagnostic(`glass to glass over ${ages.length} pictures: median ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, ` +
      `least ${quantile(0)} ms; hls.js says ${seen.latency.toFixed(2)} s; errors: ${seen.errors.join() || 'none'}`);
    assert.ok(ages.length > 60, `${ages.length} pictures could be read`);
  } finally {
    await close();
  }
});
