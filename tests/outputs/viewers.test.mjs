// A large audience of HLS: many at once, those who are slow or go, a cache in front, and players that ask for less.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { startNginx } from '../support/nginx.mjs';
import { RawClient } from '../support/raw_http.mjs';
import { call, eventually, startServer } from '../support/server.mjs';
import { startMeeting } from '../support/streams.mjs';

const hlsJs = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

let server;
let meeting;
let site;
let rung;
before(async () => {
  server = await startServer();
  meeting = await startMeeting(server);
  const { id } = await meeting.add({ kind: 'hls', public: true });
  await meeting.until(id, 'live');
  site = `/hls/${meeting.id}/main/`;
  const master = (await call(server, 'GET', `${site}index.m3u8`, { key: null })).body;
  rung = site + master.split('\n').find((line) => line && !line.startsWith('#'));
});
after(() => server?.stop());

const get = (path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: h\r\n${headers}\r\n`;
const descriptors = async () => (await readdir(`/proc/${server.pid}/fd`)).length;

/** What the newest lines of a playlist say: the parts that it lists, and how to ask for what comes next. */
function edgeOf(playlist) {
  const parts = [...playlist.matchAll(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)].map((match) => match[1]);
  const [segment, part] = playlist.match(/PRELOAD-HINT:TYPE=PART,URI="[^"]*-(\d+)\.(\d+)\.m4s"/).slice(1).map(Number);
  return { parts, next: `_HLS_msn=${segment}&_HLS_part=${part}` };
}

/** A viewer over one connection that is kept. */
class Viewer {
  constructor(at) {
    this.client = new RawClient(at);
  }
  async get(path, headers) {
    const reply = await this.client.send(get(path, headers)).reply({ limitMs: 20000 });
    assert.equal(reply?.status, 200, `${path}: ${reply?.status} ${reply?.body}`);
    return reply;
  }
  /** Asks for what comes next, and for the newest part that came. @returns {name, playlist, bytes} */
  async next() {
    this.edge ??= edgeOf((await this.get(rung)).body.toString());
    const asked = `${rung}?${this.edge.next}`;
    const playlist = (await this.get(asked)).body.toString();
    this.edge = edgeOf(playlist);
    const name = this.edge.parts.at(-1);
    return { asked, name, playlist, bytes: (await this.get(site + name)).body };
  }
}

test('five hundred at once all get the same, while others read nothing, go, and go in the middle', { timeout: 90000 }, async () => {
  const before = await descriptors();
  const segment = (await call(server, 'GET', rung, { key: null })).body.match(/\n([^#\n]+\.m4s)\n/)[1];
  const slow = Array.from({ length: 20 }, () => new RawClient(server));
  for (const each of slow) {
    each.socket.pause();
    each.send(get(site + segment).repeat(200));
  }
  const gone = Array.from({ length: 100 }, () => new RawClient(server));
  const { next } = edgeOf((await call(server, 'GET', rung, { key: null })).body);
  const later = next.replace(/\d+/, (number) => Number(number) + 1);
  gone.forEach((each, i) => each.send(get(i % 2 ? `${rung}?${later.replace(/&.*/, '')}` : site + segment)));
  await Promise.all(gone.map((each) => each.connected()));

  const viewers = Array.from({ length: 500 }, () => new Viewer(server));
  const bytesOf = new Map();
  const watch = async (viewer, i) => {
    for (let round = 0; round < 2; round += 1) {
      const { name, bytes } = await viewer.next();
      if (i < 100) gone[i].destroy();
      const known = bytesOf.get(name) ?? bytesOf.set(name, bytes).get(name);
      assert.ok(bytes.length > 1000 && bytes.equals(known), name);
    }
  };
  await Promise.all(viewers.map(watch));
  for (const each of [...slow, ...viewers.map(({ client }) => client)]) each.destroy();
  await eventually(async () => (await descriptors()) <= before + 8);
});

test('every part is there for who asks for one after another', { timeout: 30000 }, async () => {
  const viewer = new Viewer(server);
  const seen = new Set();
  const numbers = [];
  for (let i = 0; i < 8; i += 1) {
    const { playlist } = await viewer.next();
    for (const name of edgeOf(playlist).parts) {
      if (seen.has(name)) continue;
      seen.add(name);
      numbers.push(name.match(/-(\d+)\.(\d+)\.m4s/).slice(1).map(Number));
    }
  }
  for (let i = 1; i < numbers.length; i += 1) {
    const [[segment, part], [nextSegment, nextPart]] = [numbers[i - 1], numbers[i]];
    assert.ok(segment === nextSegment ? nextPart === part + 1 : nextSegment === segment + 1 && nextPart === 0, `${numbers[i - 1]} then ${numbers[i]}`);
  }
  viewer.client.destroy();
});

test('caches and pages elsewhere are told what they may do', { timeout: 30000 }, async () => {
  const viewer = new Viewer(server);
  const plain = await viewer.get(rung);
  assert.equal(plain.headers['cache-control'], 'public, max-age=1');
  assert.equal(plain.headers['access-control-allow-origin'], '*');
  assert.match(plain.headers['access-control-expose-headers'], /\bAge\b/);
  const { next, parts } = edgeOf(plain.body.toString());
  const blocking = await viewer.get(`${rung}?${next}`);
  assert.equal(blocking.headers['cache-control'], 'public, max-age=18');
  const part = await viewer.get(site + parts[0]);
  assert.equal(part.headers['cache-control'], 'public, max-age=3600');
  assert.equal(part.headers['accept-ranges'], 'bytes');
  const head = await viewer.client.send(get(site + parts[0]).replace('GET', 'HEAD')).reply({ hasBody: false });
  assert.deepEqual([head.status, Number(head.headers['content-length'])], [200, part.body.length]);
  const piece = await viewer.client.send(get(site + parts[0], 'Range: bytes=10-19\r\n')).reply();
  assert.deepEqual([piece.status, piece.headers['content-range']], [206, `bytes 10-19/${part.body.length}`]);
  assert.ok(piece.body.equals(part.body.subarray(10, 20)));
  const missing = await viewer.client.send(get(site + parts[0].replace(/-\d+\.\d+\.m4s/, '-999999.m4s'))).reply();
  assert.equal(missing.status, 404);
  assert.equal(missing.headers['cache-control'], 'no-store');  // it may come to be
  const preflight = await viewer.client.send(get(site + parts[0], 'Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n').replace('GET', 'OPTIONS')).reply();
  assert.deepEqual([preflight.status, preflight.headers['access-control-allow-origin']], [204, '*']);
  viewer.client.destroy();
});

test('a cache in front asks once for what all viewers want', { timeout: 60000 }, async () => {
  const cache = await startNginx({
    connections: 512,
    http: ({ port, folder }) => `
      access_log off;
      proxy_cache_path ${folder}/cache keys_zone=hls:1m;
      server {
        listen 127.0.0.1:${port};
        location /hls/ {
          proxy_pass ${server.url};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_cache hls;
          proxy_cache_lock on;
          proxy_cache_lock_timeout 20s;
          proxy_cache_lock_age 20s;
          add_header X-Cache $upstream_cache_status;
        }
      }`,
  });
  try {
    const requests = async () => Number((await call(server, 'GET', '/metrics')).body.match(/^tessera_http_requests_total (\d+)/m)[1]);
    const before = await requests();
    const targets = new Set();
    let asked = 0;
    const watch = async () => {
      const viewer = new Viewer(cache);
      for (let i = 0; i < 6; i += 1) {
        const got = await viewer.next();
        targets.add(got.asked).add(got.name);
        asked += 2;
      }
      viewer.client.destroy();
    };
    await Promise.all(Array.from({ length: 40 }, watch));
    const passed = (await requests()) - before - 1;
    assert.equal(asked, 480);
    // The playlist without directives is asked for again when it is a second old.
    assert.ok(passed <= targets.size + 4, `${passed} requests for ${targets.size} addresses, by 40 viewers`);
  } finally {
    await cache.stop();
  }
});

test('hls.js asks for delta updates of a long event and plays on', { timeout: 90000 }, async () => {
  const { id } = await meeting.add({ kind: 'hls', public: true, window: 'event', segment_ms: 500, playlist: 'event', captions: 'en' });
  await meeting.until(id, 'live');
  const lengthOf = (text) => [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const master = (await call(server, 'GET', `${site}event.m3u8`, { key: null })).body;
  const media = site + master.split('\n').find((line) => line && !line.startsWith('#'));
  await eventually(async () => {
    const text = (await call(server, 'GET', media, { key: null })).body;
    return lengthOf(text) > Number(text.match(/CAN-SKIP-UNTIL=([\d.]+)/)[1]) + 3;
  }, 40000);
  const { page, close } = await startBrowser();
  try {
    const updates = [];
    page.on('response', (response) => {
      if (/_HLS_skip=/.test(response.url())) updates.push(response.text().catch(() => ''));
    });
    await page.goto(`${server.url}/healthz`);
    await page.setContent('<body><video muted playsinline></video>');
    await page.addScriptTag({ path: hlsJs });
    await page.evaluate((source) => {
      window.errors = [];
      const player = new window.Hls({ lowLatencyMode: true, enableWorker: false });
      player.on(window.Hls.Events.ERROR, (_, { details, fatal, reason }) => window.errors.push(`${fatal ? 'fatal ' : ''}${details} ${reason ?? ''}`));
      player.on(window.Hls.Events.MANIFEST_PARSED, () => document.querySelector('video').play());
      player.loadSource(source);
      player.attachMedia(document.querySelector('video'));
      window.player = player;
    }, `${site}event.m3u8`);
    const time = () => page.evaluate(() => document.querySelector('video').currentTime);
    await eventually(() => updates.length > 4, 30000).catch(async () => assert.fail(`no delta updates: ${await page.evaluate(() => window.errors.join())}`));
    const began = await time();
    await eventually(async () => await time() > began + 3, 30000);
    const texts = (await Promise.all(updates.slice(1, 5))).filter(Boolean);
    assert.ok(texts.length > 0);
    for (const text of texts) assert.match(text, /#EXT-X-SKIP:SKIPPED-SEGMENTS=[1-9]/);
    const seen = await page.evaluate(() => {
      const { details } = window.player.levels[window.player.currentLevel];
      return { errors: window.errors, first: details.startSN, count: details.fragments.length, holes: details.fragments.filter((each) => !each).length };
    });
    assert.deepEqual(seen.errors.filter((each) => each.startsWith('fatal') || /parsing/i.test(each)), []);
    assert.equal(seen.first, 1);  // it still knows all that was skipped
    assert.equal(seen.holes, 0);
  } finally {
    await close();
    await meeting.remove(id);
  }
});
