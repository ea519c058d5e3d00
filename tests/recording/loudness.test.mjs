// Recordings that are brought to a loudness, judged by ffmpeg.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beepTimes, flashTimes, loudnessOf, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

const targetLufs = -23;
const seconds = 20;

/** A live meeting with test sources of this sound. */
async function meetingWith(server, sound, count) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: sound, canvas: { width: 320, height: 180, fps: 30 } });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  for (let i = 0; i < count; i += 1) {
    await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`,
      { kind: 'test', name: `Voice ${i}`, pattern: 'flash', audio: sound, width: 320, height: 180 });
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

const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

test('of two recordings of one meeting the one with a target has its loudness, and both are in sync', { timeout: 120000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const beeps = await meetingWith(server, 'beep', 1);
    const voices = await meetingWith(server, 'speech', 4);
    await sleep(500);
    const plain = await record(server, beeps);
    const brought = await record(server, beeps, { target_lufs: targetLufs });
    const voice = await record(server, voices, { container: 'mkv', target_lufs: targetLufs });
    assert.deepEqual([plain.target_lufs, brought.target_lufs], [null, targetLufs]);
    const again = await record(server, beeps, { target_lufs: targetLufs });
    await sleep(seconds * 1000);

    const stats = await ask(server, 'GET', `/v1/meetings/${beeps}/stats`);
    const encodes = stats.renditions.filter(({ kind }) => kind === 'audio')
      .map(({ target_lufs, subscribers }) => ({ target_lufs, subscribers }));
    assert.deepEqual(encodes.sort((a, b) => a.subscribers - b.subscribers),
      [{ target_lufs: null, subscribers: 1 }, { target_lufs: targetLufs, subscribers: 2 }]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, new RegExp(`tessera_mix_loudness_lufs\\{meeting="${beeps}",window="integrated"\\} -`));
    assert.match(metrics, /tessera_source_loudness_lufs\{[^}]*window="integrated"\} -/);
    await ask(server, 'DELETE', `/v1/meetings/${beeps}/outputs/${again.id}`);

    const files = [await finish(server, beeps, plain), await finish(server, beeps, brought), await finish(server, voices, voice)];
    const [unchanged, normalized, speech] = files.map(loudnessOf);
    console.log('as mixed', unchanged, 'brought to -23', normalized, 'speech brought to -23', speech, 'stats', stats.loudness);
    assert.ok(Math.abs(normalized.integrated - targetLufs) < 1, `${normalized.integrated} LUFS`);
    assert.ok(Math.abs(speech.integrated - targetLufs) < 1, `${speech.integrated} LUFS`);
    assert.ok(normalized.truePeak <= -1 && speech.truePeak <= -1, `${normalized.truePeak}, ${speech.truePeak} dBTP`);
    // The beep: a sine of 0.5 for 100 ms of each second.
    assert.ok(Math.abs(unchanged.truePeak + 6) < 1, `${unchanged.truePeak} dBTP`);
    assert.ok(Math.abs(stats.loudness.integrated_lufs - unchanged.integrated) < 0.5,
      `the mix is said to have ${stats.loudness.integrated_lufs}, the file has ${unchanged.integrated} LUFS`);
    assert.ok(Math.abs(stats.loudness.true_peak_dbtp + 6) < 0.3, `${stats.loudness.true_peak_dbtp} dBTP`);
    assert.ok(Math.abs(stats.sources[0].loudness.integrated_lufs - stats.loudness.integrated_lufs) < 0.2);

    const [before, after] = files.slice(0, 2).map(offsets);
    console.log(`picture to sound, ms: as mixed ${mean(before).toFixed(2)}, brought to -23 ${mean(after).toFixed(2)}`);
    assert.ok(Math.max(...after.map(Math.abs)) < 40, after.join(' '));
    assert.ok(Math.abs(mean(before) - mean(after)) < 2, 'the limiter looks 10 ms ahead and moves nothing');
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
