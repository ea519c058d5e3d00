// Recordings that are brought to a loudness, judged by ffmpeg.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beepTimes, flashTimes, loudnessOf, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

const targetLufs = -23;
const seconds = 20;

/** A live meeting with test sources of this sound; its pictures are small, for it is the sound that matters. */
async function meetingWith(server, sound, count, fps = 30) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: sound, canvas: { width: 160, height: 90, fps } });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  for (let i = 0; i < count; i += 1) {
    await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`,
      { kind: 'test', name: `Voice ${i}`, pattern: 'flash', audio: sound, width: 160, height: 90, fps });
  }
  return meeting.id;
}

const record = (server, meeting, more) =>
  ask(server, 'POST', `/v1/meetings/${meeting}/outputs`, { kind: 'recording', ...more });

/** Ends a recording and gives its file. */
async function finish(server, meeting, output) {
  await ask(server, 'DELETE', `/v1/meetings/${meeting}/outputs/${output.id}`);
  await eventually(async () => (await ask(server, 'GET', `/v1/recordings/${output.recording}`)).state === 'ready');
  return recordingFile(server.dataDir, output.recording);
}

/** From each flash to its beep, in ms. */
function offsets(file) {
  const beeps = beepTimes(file);
  return flashTimes(file).filter((flash) => flash > 0.5 && flash < seconds - 1)
    .map((flash) => 1000 * beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))[0]);
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

test('of two recordings of one meeting the one with a target has its loudness, and both are in sync', { timeout: 120000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const beeps = await meetingWith(server, 'beep', 1);
    const voices = await meetingWith(server, 'speech', 3, 10);
    await sleep(500);
    const plain = await record(server, beeps);
    const brought = await record(server, beeps, { target_lufs: targetLufs });
    const again = await record(server, beeps, { target_lufs: targetLufs });
    const voice = await record(server, voices, { container: 'mkv' });
    const voiceBrought = await record(server, voices, { container: 'mkv', target_lufs: targetLufs });
    assert.deepEqual([plain.target_lufs, brought.target_lufs], [null, targetLufs]);
    await sleep(seconds * 1000);

    const { renditions } = await ask(server, 'GET', `/v1/meetings/${beeps}/stats`);
    const encodes = renditions.filter(({ kind }) => kind === 'audio').map(({ target_lufs, subscribers }) => ({ target_lufs, subscribers }));
    assert.deepEqual(encodes.sort((a, b) => a.subscribers - b.subscribers),
      [{ target_lufs: null, subscribers: 1 }, { target_lufs: targetLufs, subscribers: 2 }]);
    const { loudness, sources } = await ask(server, 'GET', `/v1/meetings/${voices}/stats`);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, new RegExp(`tessera_mix_loudness_lufs\\{meeting="${beeps}",window="integrated"\\} -`));
    assert.match(metrics, /tessera_source_loudness_lufs\{[^}]*window="integrated"\} -/);
    await ask(server, 'DELETE', `/v1/meetings/${beeps}/outputs/${again.id}`);

    const files = [await finish(server, beeps, plain), await finish(server, beeps, brought)];
    const speech = loudnessOf(await finish(server, voices, voice));
    const speechBrought = loudnessOf(await finish(server, voices, voiceBrought));
    console.log('speech as mixed', speech, 'brought to -23', speechBrought, 'told by the server', loudness);
    assert.ok(Math.abs(speechBrought.integrated - targetLufs) < 1, `${speechBrought.integrated} LUFS`);
    assert.ok(speechBrought.truePeak <= -1, `${speechBrought.truePeak} dBTP`);
    assert.ok(Math.abs(loudness.integrated_lufs - speech.integrated) < 1, `told ${loudness.integrated_lufs}, is ${speech.integrated} LUFS`);
    assert.ok(Math.abs(loudness.true_peak_dbtp - speech.truePeak) < 1.5, `told ${loudness.true_peak_dbtp}, is ${speech.truePeak} dBTP`);
    for (const source of sources) assert.ok(Math.abs(source.loudness.integrated_lufs - loudness.integrated_lufs) < 6);

    // A beep is a sine of 0.5 for 100 ms of each second. Where it lies among a meter's steps of 100 ms changes what is
    // read by 1 LU.
    const [unchanged, normalized] = files.map(loudnessOf);
    console.log('beeps as mixed', unchanged, 'brought to -23', normalized);
    assert.ok(Math.abs(unchanged.truePeak + 6) < 1, `${unchanged.truePeak} dBTP`);
    assert.ok(Math.abs(normalized.integrated - targetLufs) < 2, `${normalized.integrated} LUFS`);
    assert.ok(normalized.truePeak <= -1, `${normalized.truePeak} dBTP`);
    const [before, after] = files.map(offsets);
    console.log(`picture to sound, ms: as mixed ${median(before).toFixed(2)}, brought to -23 ${median(after).toFixed(2)}`);
    assert.ok(Math.abs(median(after)) < 40, after.join(' '));
    assert.ok(Math.abs(median(before) - median(after)) < 3, 'the limiter looks 10 ms ahead and moves nothing');
  } finally {
    await server.stop();
  }
});

test('a target beyond what is sensible is refused', { timeout: 60000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const meeting = await meetingWith(server, 'silence', 1);
    for (const target of [-41, -9, 3, '-23', -23.5]) {
      const answer = await fetch(`${server.url}/v1/meetings/${meeting}/outputs`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ kind: 'recording', target_lufs: target }),
      });
      assert.equal(answer.status, 400);
      assert.equal((await answer.json()).field, 'target_lufs');
    }
    const off = await record(server, meeting, { target_lufs: 0 });
    assert.equal(off.target_lufs, null);
    const stats = await ask(server, 'GET', `/v1/meetings/${meeting}/stats`);
    assert.deepEqual(stats.loudness, { momentary_lufs: null, short_term_lufs: null, integrated_lufs: null, true_peak_dbtp: null });
  } finally {
    await server.stop();
  }
});
