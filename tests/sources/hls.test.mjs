// HLS as a source: live and not, encrypted, in variants; and where playlists may not lead.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { redirectTo, startFileServer } from '../support/file_server.mjs';
import { runProgram } from '../support/processes.mjs';
import { assertSeenAndHeard, picture, send, startMeeting } from '../support/sent_streams.mjs';
import { call, eventually, startServer } from '../support/server.mjs';

let server, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-hls-'));
  server = await startServer({ env: { TESSERA_SOURCES_ALLOW: '127.0.0.1/32' } });
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `body` with a server of the folder and these answers. */
async function serving(answers, body) {
  const web = await startFileServer(folder, { answers });
  try {
    await body(web);
  } finally {
    await web.stop();
  }
}

/** Some seconds of picture and sound as a playlist with its segments. */
const make = (name, { size, extra = [] } = {}) => runProgram('ffmpeg', [
  ...picture({ size }).filter((word) => word !== '-re'), '-t', 4, '-f', 'hls', '-hls_time', 1, '-hls_playlist_type', 'vod', ...extra,
  '-hls_segment_filename', join(folder, `${name}_%d.${extra.includes('fmp4') ? 'm4s' : 'ts'}`), join(folder, `${name}.m3u8`)]);

test('a live playlist is played, stalls with its sender and goes on', { timeout: 90000 }, () => serving({}, async (web) => {
  const meeting = await startMeeting(server);
  const publish = () => send([...picture(), '-f', 'hls', '-hls_time', 1, '-hls_list_size', 5, '-hls_flags', 'delete_segments+append_list+omit_endlist', join(folder, 'live.m3u8')]);
  let sender = publish();
  await eventually(async () => (await fetch(`${web.url}/live.m3u8`).then((reply) => reply.text())).includes('live3.ts'), 15000);
  const id = await meeting.add({ kind: 'hls', url: `${web.url}/live.m3u8` });
  await assertSeenAndHeard(meeting, id);
  await sender.stop('SIGKILL');
  const stalled = await meeting.untilState(id, 'stalled', 20000);
  assert.match(stalled.last_error, /nothing comes/);
  sender = publish();
  await assertSeenAndHeard(meeting, id);
  await sender.stop();
  await meeting.end();
}));

test('of a master playlist the best stream that can be shown is played to its end', { timeout: 60000 }, async () => {
  await Promise.all([make('small'), make('large', { size: '640x360', extra: ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'large_init.mp4'] })]);
  const master = ['#EXTM3U', '#EXT-X-STREAM-INF:BANDWIDTH=90000000,RESOLUTION=7680x4320', 'huge.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=700000,RESOLUTION=320x180', 'small.m3u8', '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360', 'large.m3u8', ''].join('\n');
  await serving({ '/deep/master.m3u8': master, '/master.m3u8': redirectTo('/deep/master.m3u8') }, async (web) => {
    const meeting = await startMeeting(server);
    const id = await meeting.add({ kind: 'hls', url: `${web.url}/master.m3u8` });
    await assertSeenAndHeard(meeting, id, { width: 640, height: 360 });
    await meeting.untilState(id, 'ended');
    assert.deepEqual(web.hits.filter((path) => /huge|small/.test(path)), []);
    assert.ok(web.hits.includes('/deep/large.m3u8'), web.hits.join());
    const low = await meeting.add({ kind: 'hls', url: `${web.url}/master.m3u8`, max_height: 240 });
    await assertSeenAndHeard(meeting, low);
    await meeting.end();
  });
});

test('encrypted segments and parts of one file are played', { timeout: 60000 }, async () => {
  await writeFile(join(folder, 'secret.key'), Buffer.from('0123456789abcdef'));
  await writeFile(join(folder, 'keyinfo'), `secret.key\n${join(folder, 'secret.key')}\n`);
  await Promise.all([make('locked', { extra: ['-hls_key_info_file', join(folder, 'keyinfo')] }), make('parts', { extra: ['-hls_flags', 'single_file'] })]);
  await serving({}, async (web) => {
    const meeting = await startMeeting(server);
    await Promise.all(['locked', 'parts'].map(async (name) => {
      const id = await meeting.add({ kind: 'hls', url: `${web.url}/${name}.m3u8` });
      await assertSeenAndHeard(meeting, id);
      assert.equal((await meeting.untilState(id, 'ended')).decode_errors, 0, name);
    }));
    assert.ok(web.hits.includes('/secret.key'));
    await meeting.end();
  });
});

test('the HLS of a view is the source of another meeting', { timeout: 60000 }, async () => {
  const [shown, meeting] = [await startMeeting(server), await startMeeting(server)];
  await shown.add({ kind: 'test', name: 'Shown' });
  await call(server, 'POST', `/v1/meetings/${shown.id}/outputs`, { body: { kind: 'hls', public: true, segment_ms: 1000 } });
  const url = `${server.url}/hls/${shown.id}/main/index.m3u8`;
  await eventually(async () => (await fetch(url)).status === 200);
  const id = await meeting.add({ kind: 'hls', url });
  await assertSeenAndHeard(meeting, id);
  await shown.end();
  await meeting.end();
});

test('a playlist that leads to what is not allowed is refused, and nothing there is asked', { timeout: 60000 }, async (t) => {
  const canary = await startFileServer(folder, { host: '127.0.0.2' });
  t.after(() => canary.stop());
  const media = (line, before = '') => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n${before}#EXTINF:2,\n${line}\n#EXT-X-ENDLIST\n`;
  const variant = (line) => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n${line}\n`;
  const answers = {
    '/segment.m3u8': media(`${canary.url}/a.ts`),
    '/variant.m3u8': variant(`${canary.url}/a.m3u8`),
    '/key.m3u8': media('a.ts', `#EXT-X-KEY:METHOD=AES-128,URI="${canary.url}/a.key"\n`),
    '/map.m3u8': media('a.m4s', `#EXT-X-MAP:URI="${canary.url}/a.mp4"\n`),
    '/file.m3u8': media('file:///etc/passwd'),
    '/nested.m3u8': media('concat:http://127.0.0.1/a|/etc/passwd'),
    '/metadata.m3u8': media('http://169.254.169.254/latest/meta-data/'),
    '/redirected.m3u8': redirectTo(`${canary.url}/a.m3u8`),
    '/moved.m3u8': media('moved.ts'),
    '/moved.ts': redirectTo(`${canary.url}/a.ts`),
    '/scheme.m3u8': redirectTo('file:///etc/passwd'),
    '/page.m3u8': '<html></html>',
    '/silent': () => {},
  };
  await serving(answers, async (web) => {
    const meeting = await startMeeting(server);
    const names = Object.keys(answers).filter((path) => /m3u8$/.test(path));
    await Promise.all(names.map(async (path) => {
      const id = await meeting.add({ kind: 'hls', url: web.url + path });
      const told = await meeting.until(id, (each) => each.last_error);
      assert.notEqual(told.state, 'live', path);
      if (path !== '/page.m3u8' && path !== '/nested.m3u8') assert.match(told.last_error, /127\.0\.0\.2|169\.254|file:\/\/|only http/, `${path}: ${told.last_error}`);
      if (/segment|variant|redirected|moved|metadata/.test(path)) await meeting.untilState(id, 'failed');
      await meeting.remove(id);
    }));
    const id = await meeting.add({ kind: 'hls', url: `${web.url}/silent` });
    await eventually(() => web.hits.includes('/silent'));
    assert.ok((await meeting.remove(id)).status < 300);
    await meeting.end();
  });
  assert.deepEqual(canary.hits, []);
});
