// Recordings in segments, held and continued, and who agreed to them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEvents } from '../support/event_stream.mjs';
import { beepTimes, decodeErrors, flashingMeeting, flashTimes, nearestOffsets, probe, withFlashingMeeting } from '../support/recording.mjs';
import { ask, call, eventually, startServer } from '../support/server.mjs';

const finished = (server, id) => eventually(async () => {
  const now = await ask(server, 'GET', `/v1/recordings/${id}`);
  return (now.state === 'ready' || now.state === 'failed') && now;
});

const manifestOf = async (server, id) => JSON.parse(await readFile(join(server.dataDir, 'recordings', id, 'manifest.json')));

test('a recording in segments: files follow each other on the time of the meeting', { timeout: 60000 }, () =>
  withFlashingMeeting({}, async (server, path) => {
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording', segment_s: 2 });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${output.id}`)).duration_ms > 7000, 20000);
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
    const recording = await finished(server, output.recording);
    const media = recording.files.filter(({ kind }) => kind === 'mp4');
    assert.deepEqual(media.slice(0, 3).map(({ name }) => name), ['recording-0001.mp4', 'recording-0002.mp4', 'recording-0003.mp4']);
    assert.ok(media.length >= 3 && media.length <= 4, `${media.length} files`);
    assert.equal(recording.duration_ms, media.reduce((sum, file) => sum + file.duration_ms, 0));

    const manifest = await manifestOf(server, output.recording);
    let end;
    for (const file of manifest.files.filter(({ name }) => name.endsWith('.mp4'))) {
      const onDisk = join(server.dataDir, 'recordings', output.recording, file.name);
      assert.equal(decodeErrors(onDisk), '');
      assert.equal(file.timeline.length, 1);
      assert.equal(file.timeline[0].at_ms, 0);
      const begin = file.timeline[0].meeting_ms;
      if (end !== undefined) assert.ok(Math.abs(begin - end) < 1, `${file.name} begins ${begin - end} ms after the one before`);
      const { video } = probe(onDisk);
      end = begin + (Number(video.start_time) + Number(video.duration)) * 1000;
      for (const flash of flashTimes(onDisk)) {
        const late = (begin + flash * 1000) % 1000;  // it flashes at every full second of the meeting
        assert.ok(Math.min(late, 1000 - late) < 150, `${file.name}: a flash at ${begin + flash * 1000} ms of the meeting`);
      }
    }
  }));

test('a segment is listed, told and to be had as soon as it is finished, also of a recording that is killed', { timeout: 60000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-segments-'));
  let server = await startServer({ open: true, dataDir });
  try {
    const path = await flashingMeeting(server);
    const events = await openEvents(server, '?types=recording.segment', { key: null });
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording', segment_s: 1 });
    const at = `/v1/recordings/${output.recording}`;
    for (const name of ['recording-0001.mp4', 'recording-0002.mp4']) {
      const { data } = await events.next(({ data: { file } }) => file?.name === name, 20000);
      assert.equal(data.recording, output.recording);
      const now = await ask(server, 'GET', at);
      assert.equal(now.state, 'recording');
      assert.deepEqual(now.files.find((file) => file.name === name), data.file);
      const reply = await fetch(`${server.url}${at}/files/${name}`);
      assert.equal(reply.status, 200);
      const bytes = Buffer.from(await reply.arrayBuffer());
      assert.equal(bytes.length, data.file.bytes);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), data.file.sha256);
      assert.ok(data.file.duration_ms > 900 && data.file.begins_at_ms > 0, JSON.stringify(data.file));
    }
    const listed = (await ask(server, 'GET', at)).files.filter(({ sha256 }) => sha256);
    await events.close();
    await server.kill();
    server = await startServer({ open: true, dataDir });
    const done = await finished(server, output.recording);
    assert.equal(done.state, 'ready');
    for (const file of listed) assert.deepEqual(done.files.find(({ name }) => name === file.name), file, 'it is not made anew');
    const media = done.files.filter(({ kind }) => kind === 'mp4');
    assert.ok(media.length >= listed.length);
    assert.deepEqual(media.map(({ name }) => name), [...media.map(({ name }) => name)].sort());
    for (const { name } of media) assert.equal(decodeErrors(join(dataDir, 'recordings', output.recording, name)), '');
    const manifest = await manifestOf(server, output.recording);
    assert.deepEqual(manifest.files.filter(({ kind }) => kind === 'mp4').map(({ sha256 }) => sha256), media.map(({ sha256 }) => sha256));
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('a recording is held and goes on: what happened meanwhile is not in it, and it stays in sync', { timeout: 60000 }, () =>
  withFlashingMeeting({}, async (server, path) => {
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    const at = `${path}/outputs/${output.id}`;
    const duration = async () => (await ask(server, 'GET', at)).duration_ms;
    await eventually(async () => (await duration()) > 2500);
    assert.equal((await ask(server, 'POST', `${at}:pause`)).state, 'paused');
    assert.equal((await ask(server, 'POST', `${at}:pause`)).state, 'paused');
    const held = await eventually(async () => {
      const before = await duration();
      await sleep(400);
      return (await duration()) === before && before;
    });
    await sleep(2000);
    await ask(server, 'POST', `${at}:resume`);
    await eventually(async () => (await ask(server, 'GET', at)).state === 'live');
    await eventually(async () => (await duration()) > held + 2500);
    await ask(server, 'DELETE', at);
    assert.equal((await finished(server, output.recording)).state, 'ready');

    const manifest = await manifestOf(server, output.recording);
    const [{ name, timeline }] = manifest.files;
    assert.equal(timeline.length, 2);
    assert.ok(Math.abs(timeline[1].at_ms - held) < 50, `goes on at ${timeline[1].at_ms} ms of ${held}`);
    const left = timeline[1].meeting_ms - timeline[0].meeting_ms - timeline[1].at_ms;
    assert.ok(left > 2000, `${left} ms are left out`);
    const types = manifest.events.map(({ type }) => type);
    assert.deepEqual(types.filter((type) => /^recording/.test(type)),
      ['recording.started', 'recording.paused', 'recording.resumed', 'recording.stopped']);

    const file = join(server.dataDir, 'recordings', output.recording, name);
    assert.equal(decodeErrors(file), '');
    const { video } = probe(file);
    assert.ok(Number(video.duration) < held / 1000 + 4, `${video.duration} s`);
    const offsets = nearestOffsets(flashTimes(file), beepTimes(file), Number(video.duration));
    assert.ok(offsets.length >= 3 && Math.max(...offsets.map(Math.abs)) < 40, `picture to sound, ms: ${offsets}`);

    const hls = await ask(server, 'POST', `${path}/outputs`, { kind: 'hls' });
    const refused = await call(server, 'POST', `${path}/outputs/${hls.id}:pause`);
    assert.equal(refused.status, 422);
  }));

test('who agreed to be recorded is in the manifest, from the beginning on', { timeout: 60000 }, () =>
  withFlashingMeeting({ TESSERA_RTP_LISTEN: '127.0.0.1' }, async (server, path) => {
    const join = (name, port) => ask(server, 'POST', `${path}/participants`, { name, rtp: { ip: '127.0.0.1', port } });
    const anna = await join('Anna', 40000);
    const ben = await join('Ben', 40002);
    const agreed = await ask(server, 'PATCH', `${path}/participants/${anna.id}`, { recording_consent: true });
    assert.equal(agreed.recording_consent, true);
    assert.equal((await ask(server, 'GET', `${path}/participants/${ben.id}`)).recording_consent, null);
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${output.id}`)).state === 'live');
    await ask(server, 'PATCH', `${path}/participants/${ben.id}`, { recording_consent: false });
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
    await finished(server, output.recording);
    const { events } = await manifestOf(server, output.recording);
    const told = events.filter(({ type }) => /present|consent/.test(type)).map(({ type, subject, detail }) => [type, subject, detail]);
    assert.deepEqual(told, [['participant.present', anna.id, 'Anna'], ['participant.consent', anna.id, 'given'],
      ['participant.present', ben.id, 'Ben'], ['participant.consent', ben.id, 'withheld']]);
  }));

test('captions become WebVTT beside the file, and chapters part of it', { timeout: 60000 }, () =>
  withFlashingMeeting({}, async (server, path) => {
    await ask(server, 'POST', `${path}/chapters`, { title: 'Welcome' });
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    const live = () => ask(server, 'GET', `${path}/outputs/${output.id}`);
    await eventually(async () => (await live()).duration_ms > 1500);
    const said = await ask(server, 'POST', `${path}/captions`, { text: 'Good <morning>', duration_ms: 1000, language: 'en' });
    const begun = await ask(server, 'POST', `${path}/chapters`, { title: 'Questions' });
    const { begins_at_ms: begin } = await eventually(async () => {
      const now = await live();
      return now.duration_ms > 3500 && now;
    });
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
    const recording = await finished(server, output.recording);
    assert.deepEqual(recording.files.map(({ name, kind }) => [name, kind]), [['recording.mp4', 'mp4'], ['poster.jpg', 'poster'],
      ['recording.vtt', 'captions'], ['manifest.json', 'manifest']]);
    const text = String(await readFile(join(server.dataDir, 'recordings', output.recording, 'recording.vtt')));
    const seconds = (stamp) => stamp.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const [, from, to, words] = /^WEBVTT\n\n(\S+) --> (\S+)\n(.*)\n$/.exec(text);
    assert.ok(Math.abs(seconds(from) * 1000 - (said.at_ms - begin)) < 3, `${from} of ${said.at_ms} - ${begin}`);
    assert.ok(Math.abs(seconds(to) - seconds(from) - 1) < 0.003);
    assert.equal(words, 'Good &lt;morning&gt;');

    // What is said before the recording begins is none of its chapters' concern.
    const chapters = probe(join(server.dataDir, 'recordings', output.recording, 'recording.mp4')).chapters;
    assert.deepEqual(chapters.map(({ tags }) => tags?.title ?? ''), ['', 'Questions']);
    assert.ok(Math.abs(Number(chapters[1].start_time) * 1000 - (begun.at_ms - begin)) < 3);
    const wrong = await call(server, 'POST', `${path}/captions`, { body: { text: '' } });
    assert.deepEqual([wrong.status, wrong.body.field], [400, 'text']);
  }));
