// Inputs that change under a recording: sizes that jump every second, a last picture of 2x2, no sound.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeErrors, probe, recordingFile } from '../support/recording.mjs';
import { ask, eventually, startServer } from '../support/server.mjs';

const sizes = ['640x360', '322x182', '1280x720', '64x64', '1920x1080', '2x2'];

/** One second of each size, one after another in one transport stream. */
function jumpingVideo(folder) {
  const pieces = sizes.map((size, i) => {
    const piece = join(folder, `${i}.ts`);
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30:d=1', '-vf', `scale=${size.replace('x', ':')}`,
      '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-output_ts_offset', String(i),
      '-f', 'mpegts', piece], { timeout: 30000 });
    return readFileSync(piece);
  });
  writeFileSync(join(folder, 'jumping.ts'), Buffer.concat(pieces));
}

test('sizes that jump every second, a last picture of 2x2 and no sound do not disturb a recording', { timeout: 90000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-odd-'));
  let server;
  try {
    jumpingVideo(folder);
    server = await startServer({ open: true, env: { TESSERA_FILES_ROOT: folder } });
    const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Odd' });
    const path = `/v1/meetings/${meeting.id}`;
    if (meeting.state === 'scheduled') await ask(server, 'POST', `${path}:start`);
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    const source = await ask(server, 'POST', `${path}/sources`, { kind: 'file', url: 'jumping.ts', loop: false });
    const seen = new Set();
    await eventually(async () => {
      const { width, height, state } = await ask(server, 'GET', `${path}/sources/${source.id}`);
      if (width > 0) seen.add(`${width}x${height}`);
      return state === 'ended';
    }, 20000);
    assert.ok(seen.size >= 3, `sizes seen: ${[...seen]}`);  // the last, 2x2, is too small to be shown
    const { duration_ms: told } = await ask(server, 'GET', `${path}/outputs/${output.id}`);
    await ask(server, 'DELETE', `${path}/outputs/${output.id}`);
    const recording = await eventually(async () => {
      const now = await ask(server, 'GET', `/v1/recordings/${output.recording}`);
      return now.state === 'ready' && now;
    });
    const file = recordingFile(server.dataDir, output.recording);
    assert.equal(decodeErrors(file), '');
    const { video, audio } = probe(file);
    assert.ok(Math.abs(recording.duration_ms - told) < 500);
    const expected = Number(video.duration) * 30;
    assert.ok(Number(video.nb_read_frames) > expected * 0.97, `${video.nb_read_frames} pictures of ${expected}`);
    assert.ok(Math.abs(video.duration - audio.duration) < 0.1, `picture ${video.duration} s, sound ${audio.duration} s`);
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
