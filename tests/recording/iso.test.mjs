// Isolated recordings: what each source sends, as it is coded, on one timeline, through the whole server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { finished, open, packets } from '../support/iso.mjs';
import { freeUdpPort } from '../support/processes.mjs';
import { decodeErrors, flashTimes } from '../support/recording.mjs';
import { startRtpClient } from '../support/rtp_client.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';
import { picture, send } from '../support/sent_streams.mjs';
import { runClient, startClient } from '../support/whip_client.mjs';

const ffmpeg = (...args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { timeout: 60000 });

/** Sizes of all pictures, each once, in the order of their coming. */
function sizes(file) {
  const text = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'frame=width,height', '-of', 'csv=p=0', file], { encoding: 'utf8' });
  return [...new Set(text.split('\n').map((line) => line.replace(/,$/, '')).filter(Boolean))];
}

/** Digests of a file's decoded pictures; of those alone that `within` has, too, when it is given. */
function pictures(file, within) {
  const digests = (path) => execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'], { encoding: 'utf8', maxBuffer: 16 << 20 })
    .split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(',').pop().trim());
  const all = digests(file);
  if (!within) return all.join('\n');
  const part = digests(within);
  const from = all.indexOf(part[0]);
  return all.slice(from, from + part.length).join('\n');
}

let clips;
before(async () => {
  clips = await mkdtemp(join(tmpdir(), 'tessera-clips-'));
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-threads', '1', '-g', '30', '-b:v', '500k'];
  const picture = (size) => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=30:duration=3`];
  ffmpeg(...picture('640x360'), ...vp8, join(clips, 'large.webm'));
  ffmpeg(...picture('320x180'), ...vp8, join(clips, 'small.webm'));
  await writeFile(join(clips, 'list'), 'file large.webm\nfile small.webm\n');
  ffmpeg('-f', 'concat', '-i', join(clips, 'list'), '-f', 'lavfi', '-i', 'sine=frequency=440:duration=6', '-map', '0:v', '-map', '1:a',
    '-c:v', 'copy', '-c:a', 'libopus', '-b:a', '48k', join(clips, 'two-sizes.webm'));
  // Flashes and beeps at every full second, H.264 with B-frames and AAC.
  const flash = "color=black:size=320x180:rate=30:duration=4,drawbox=c=white:t=fill:enable='lt(mod(n,30),3)'";
  ffmpeg('-f', 'lavfi', '-i', flash, '-f', 'lavfi', '-i', 'sine=frequency=1000:duration=4', '-c:v', 'libx264', '-bf', '2', '-g', '30',
    '-pix_fmt', 'yuv420p', '-c:a', 'aac', join(clips, 'flash.mp4'));
});
after(() => rm(clips, { recursive: true, force: true }));

const serve = (options = {}) => startServer({ open: true, ...options, env: { TESSERA_FILES_ROOT: clips, TESSERA_RTP_ALLOW: '127.0.0.0/8', ...options.env } });

async function startMeeting(server) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Iso', canvas: { width: 640, height: 360, fps: 30 } });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  return `/v1/meetings/${meeting.id}`;
}

const whip = (server, meeting, name) => `${server.url}/whip/${meeting.split('/').pop()}?participant=${name}`;

test('each participant is recorded as it sends: two sizes, a return, sound alone, pictures alone', { timeout: 120000 }, async () => {
  const server = await serve();
  const rtp = await startRtpClient(['--participants', 1, '--talkers', 1, '--tones']);
  try {
    const meeting = await startMeeting(server);
    const output = await ask(server, 'POST', `${meeting}/outputs`, { kind: 'iso' });
    assert.equal(output.view, null);
    assert.equal(output.kind, 'iso');
    const { rtp: room } = await ask(server, 'POST', `${meeting}/participants`, { name: 'Room', rtp: { ip: '127.0.0.1', port: rtp.ports[0] } });
    rtp.to(0, room.ip, room.port);
    const ann = startClient({ whip: whip(server, meeting, 'ann'), clip: join(clips, 'two-sizes.webm'), 'pass-clip': true, 'send-only': true, seconds: 9 });
    const bob = { whip: whip(server, meeting, 'bob'), codec: 'h264', size: '320x240', 'send-only': true, 'video-only': true, seconds: 4 };
    await runClient(bob);
    await rtp.run(2);
    await Promise.all([runClient({ ...bob, size: '640x480' }), ann.done]);
    const live = await ask(server, 'GET', `${meeting}/outputs/${output.id}`);
    assert.equal(live.state, 'live', JSON.stringify(live));
    assert.equal(live.video, null, 'nothing is encoded for it');
    const recording = await finished(server, meeting, output);
    assert.equal(recording.state, 'ready', JSON.stringify(recording));

    const { folder, manifest, of } = await open(server, output.recording);
    assert.ok(manifest.origin_us >= 0, `${manifest.origin_us}`);
    for (const file of manifest.files.filter(({ source }) => source)) assert.equal(decodeErrors(join(folder, file.name)), '', file.name);
    const score = (await readFile(join(folder, 'score.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
    const named = (name) => [...new Set(score.flatMap((line) => line.score?.sources ?? []).filter((each) => each.name === name).map(({ id }) => id))];

    // Ann: both sizes in one file, every packet as it was sent.
    const [annId] = named('ann');
    const [annVideo] = of(annId, 'video');
    const sent = packets(join(clips, 'two-sizes.webm'), 'v:0').map(({ md5 }) => md5);
    const kept = packets(annVideo.path);
    const first = sent.indexOf(kept[0].md5);
    assert.ok(kept[0].key && first >= 0, 'it begins at a keyframe that was sent');
    assert.deepEqual(kept.map(({ md5 }) => md5), sent.slice(first, first + kept.length), 'no packet of the video is missing or changed');
    assert.ok(kept.length >= sent.length - 60, `${kept.length} of ${sent.length} pictures`);
    assert.deepEqual(sizes(annVideo.path), ['640,360', '320,180']);
    const [annAudio] = of(annId, 'audio');
    assert.equal(annAudio.audio.codec, 'opus');
    const sentSound = packets(join(clips, 'two-sizes.webm'), 'a:0').map(({ md5 }) => md5);
    const sound = packets(annAudio.path).map(({ md5 }) => md5);
    assert.ok(sound.length > 200, `${sound.length} packets of sound`);
    assert.deepEqual(sound, sentSound.slice(sentSound.indexOf(sound[0])).slice(0, sound.length));

    // Bob: pictures alone, and a new file when he came back with another size.
    const bobVideo = named('bob').flatMap((id) => of(id, 'video'));
    assert.deepEqual(bobVideo.map(({ video }) => [video.codec, video.width]), [['h264', 320], ['h264', 640]]);
    assert.deepEqual(named('bob').flatMap((id) => of(id, 'audio')), []);
    assert.ok(bobVideo[1].begins_ms >= bobVideo[0].begins_ms + bobVideo[0].duration_ms + 1000, 'he was away meanwhile');
    assert.ok(Math.abs(packets(bobVideo[1].path)[0].pts * 1000 - bobVideo[1].begins_ms) < 2, 'time goes on from the same origin');

    // The room: sound alone, by plain RTP.
    const [roomAudio] = named('Room').flatMap((id) => of(id, 'audio'));
    assert.ok(roomAudio.duration_ms > 1700 && roomAudio.duration_ms < 4000, `${roomAudio.duration_ms} ms`);

    const cuts = JSON.parse(await readFile(join(folder, 'cut_list.json')));
    assert.ok(cuts.main.some((cut) => cut.tiles.some(({ source }) => source === annId)), JSON.stringify(cuts));
    const timeline = JSON.parse(await readFile(join(folder, 'cut_list.otio')));
    assert.equal(timeline.OTIO_SCHEMA, 'Timeline.1');
    const urls = JSON.stringify(timeline).match(/"target_url":"[^"]+"/g).map((text) => text.slice(14, -1));
    assert.deepEqual(urls.sort(), manifest.files.filter(({ source }) => source).map(({ name }) => name).sort());
    assert.deepEqual(recording.files.map(({ kind }) => kind).filter((kind) => kind !== 'mkv'), ['poster', 'score', 'cut_list', 'otio', 'manifest']);

    await ask(server, 'DELETE', `/v1/recordings/${output.recording}`);
    await assert.rejects(readdir(folder));
  } finally {
    await rtp.stop();
    await server.stop();
  }
});

test('programme and isolated files have one timeline, and a file with pictures out of order is kept packet by packet', { timeout: 60000 }, async () => {
  const server = await serve();
  try {
    const meeting = await startMeeting(server);
    await ask(server, 'POST', `${meeting}/sources`, { kind: 'file', url: 'flash.mp4', name: 'Flash' });
    const programme = await ask(server, 'POST', `${meeting}/outputs`, { kind: 'recording', container: 'mkv' });
    const isolated = await ask(server, 'POST', `${meeting}/outputs`, { kind: 'iso' });
    await sleep(6000);
    await finished(server, meeting, programme);
    await finished(server, meeting, isolated);
    const { manifest, of } = await open(server, isolated.recording);
    const [video] = manifest.files.filter((file) => file.video);
    const [audio] = manifest.files.filter((file) => file.audio);
    assert.deepEqual([video.video.codec, audio.audio.codec], ['h264', 'aac']);
    const [file] = of(video.source, 'video');
    assert.equal(decodeErrors(file.path), '');

    const sent = packets(join(clips, 'flash.mp4'), 'v:0').map(({ md5 }) => md5);
    for (const { md5 } of packets(file.path)) assert.ok(sent.includes(md5), 'a packet was changed');

    const programmeManifest = (await open(server, programme.recording)).manifest;
    const [anchor] = programmeManifest.files[0].timeline;
    const shown = flashTimes(join(server.dataDir, 'recordings', programme.recording, 'recording.mkv'))
      .map((at) => at * 1000 - anchor.at_ms + anchor.meeting_ms - manifest.playout_delay_ms);
    const recorded = flashTimes(file.path).map((at) => at * 1000 + file.begins_ms + manifest.origin_us / 1000);  // ffmpeg counts from the first picture
    assert.ok(recorded.length >= 4, `${recorded.length} flashes`);
    const offsets = recorded.map((at) => Math.min(...shown.map((each) => Math.abs(each - at)))).filter((ms) => ms < 500);
    console.log(`programme to isolated, ms: ${offsets.map((each) => each.toFixed(1)).join(' ')}`);
    assert.ok(offsets.length >= 4 && Math.max(...offsets) < 40, offsets.join(' '));
  } finally {
    await server.stop();
  }
});

test('a transport stream is kept as it is sent', { timeout: 60000 }, async () => {
  const server = await serve({ env: { TESSERA_SOURCES_ALLOW: '127.0.0.0/8' } });
  let sender;
  try {
    const meeting = await startMeeting(server);
    const port = await freeUdpPort();
    const { id } = await ask(server, 'POST', `${meeting}/sources`, { kind: 'mpegts', url: `udp://127.0.0.1:${port}` });
    const output = await ask(server, 'POST', `${meeting}/outputs`, { kind: 'iso' });
    const copy = join(clips, 'sent.ts');
    const url = `udp://127.0.0.1:${port}?pkt_size=1316`;
    sender = send([...picture({ extra: ['-map', '0', '-map', '1'] }), '-f', 'tee', `[f=mpegts]${copy}|[f=mpegts]${url}`]);
    await eventually(async () => (await ask(server, 'GET', `${meeting}/outputs/${output.id}`)).duration_ms > 2500, 30000);
    const recording = await finished(server, meeting, output);
    assert.equal(recording.state, 'ready', JSON.stringify(recording));
    await sender.stop();
    const { of } = await open(server, output.recording);
    const [video] = of(id, 'video');
    const [audio] = of(id, 'audio');
    assert.deepEqual([video.video.codec, audio.audio.codec], ['h264', 'aac']);
    for (const { path } of [video, audio]) assert.equal(decodeErrors(path), '');
    assert.deepEqual(pictures(video.path), pictures(copy, video.path), 'the same pictures, one by one');
    assert.ok(Math.abs(video.begins_ms - audio.begins_ms) < 1000);
  } finally {
    await sender?.stop();
    await server.stop();
  }
});

test('kill -9 loses at most a second of each file', { timeout: 60000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-iso-kill-'));
  try {
    const server = await serve({ dataDir });
    const meeting = await startMeeting(server);
    for (const name of ['One', 'Two']) await ask(server, 'POST', `${meeting}/sources`, { kind: 'file', url: 'flash.mp4', name });
    const output = await ask(server, 'POST', `${meeting}/outputs`, { kind: 'iso' });
    await sleep(4000);
    const before = await ask(server, 'GET', `${meeting}/outputs/${output.id}`);
    await server.kill();
    const again = await serve({ dataDir });
    try {
      const recording = await eventually(async () => {
        const now = await ask(again, 'GET', `/v1/recordings/${output.recording}`);
        return now.state !== 'finalizing' && now.state !== 'recording' && now;
      });
      assert.equal(recording.state, 'ready', JSON.stringify(recording));
      const { folder, manifest } = await open(again, output.recording);
      const media = manifest.files.filter(({ source }) => source);
      assert.equal(new Set(media.map(({ source }) => source)).size, 2);
      for (const file of media) {
        assert.equal(decodeErrors(join(folder, file.name)), '', file.name);
        const end = file.begins_ms + file.duration_ms;
        assert.ok(end > before.duration_ms - 1000, `${file.name} ends at ${end} of ${before.duration_ms} ms`);
      }
      assert.ok(recording.files.some(({ name }) => name === 'cut_list.otio'));
    } finally {
      await again.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
