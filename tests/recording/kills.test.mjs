// kill -9 at random moments: every recording that was being written opens, decodes, and lacks a second at most.
// TESSERA_KILLS=20 makes it 200 recordings instead of 50.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeErrors, probe, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

const kills = Number(process.env.TESSERA_KILLS ?? 5);
const recordingsPerKill = 10;

/** Recordings that begin one after the other, and how much of each was there just before the server was killed. */
async function recordAndKill(dataDir) {
  const server = await startServer({ open: true, dataDir });
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Kill', canvas: { width: 320, height: 180, fps: 30 } });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`, { kind: 'test', width: 320, height: 180 });
  for (let i = 0; i < recordingsPerKill; i += 1) {
    await ask(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { kind: 'recording', container: i % 2 ? 'mkv' : 'mp4' });
    await sleep(Math.random() * 300);
  }
  await sleep(1500 + Math.random() * 1500);
  const { items } = await ask(server, 'GET', `/v1/meetings/${meeting.id}/outputs`);
  await server.kill();
  return items;
}

/** Seconds from a file's 0 to the end of each of its streams, which are all decoded. */
function ends(file) {
  const { video, audio } = probe(file);
  const end = (stream, frame) => Number(stream.start_time) + Number(stream.nb_read_frames) * frame;
  return { video: end(video, 1 / 30), audio: end(audio, audio.codec_name === 'opus' ? 960 / 48000 : 1024 / 48000) };
}

test(`${kills * recordingsPerKill} recordings survive ${kills} kills`, { timeout: 60000 * kills }, async () => {
  let worst = 0;
  for (let round = 0; round < kills; round += 1) {
    const dataDir = await mkdtemp(join(tmpdir(), 'tessera-kills-'));
    try {
      const outputs = await recordAndKill(dataDir);
      assert.equal(outputs.length, recordingsPerKill);
      for (const output of outputs) {
        const end = ends(recordingFile(dataDir, output.recording));
        const lost = output.duration_ms / 1000 - Math.min(end.video, end.audio);
        worst = Math.max(worst, lost);
        assert.ok(lost < 1, `${lost} s of ${output.duration_ms} ms are lost (${JSON.stringify(end)})`);
      }
      const again = await startServer({ open: true, dataDir });
      try {
        for (const output of outputs) {
          const recording = await eventually(async () => {
            const now = await ask(again, 'GET', `/v1/recordings/${output.recording}`);
            return now.state !== 'finalizing' && now.state !== 'recording' && now;
          });
          assert.equal(recording.state, 'ready', JSON.stringify(recording));
          assert.equal(decodeErrors(recordingFile(dataDir, output.recording)), '');
        }
      } finally {
        await again.stop();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }
  console.log(`at most ${worst.toFixed(2)} s of what the API had told were lost`);
});
