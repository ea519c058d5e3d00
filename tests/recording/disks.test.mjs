// What recordings make of disks that are small, full or read-only: a clear state, and a meeting that goes on.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeErrors, recordingFile, withFlashingMeeting } from '../support/recording.mjs';
import { ask, call, eventually } from '../support/server.mjs';

/** Runs `body(data folder, folder of recordings)`, where the recordings have a disk of their own. Needs root. */
async function withSmallDisk(megabytes, body) {
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-disk-'));
  const recordings = join(dataDir, 'recordings');
  mkdirSync(recordings);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tessera-test', recordings]);
  try {
    await body(dataDir, recordings);
  } finally {
    execFileSync('umount', [recordings]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const many = { codec: 'h264', width: 1280, height: 720, fps: 30, bitrate_kbps: 20000 };

test('a disk of 64 MB fills up: the recording ends in order with the reason, all else goes on', { timeout: 120000 }, () =>
  withSmallDisk(64, (dataDir, disk) => withFlashingMeeting({ TESSERA_RECORDINGS_MIN_FREE_MB: '16' }, async (server, path) => {
    await ask(server, 'POST', `${path}/sources`, { kind: 'test', name: 'Moving' });
    const live = await ask(server, 'POST', `${path}/outputs`, { kind: 'hls' });
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(40 << 20));
    const output = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording', video: many });
    const recording = await eventually(async () => {
      const now = await ask(server, 'GET', `/v1/recordings/${output.recording}`);
      return now.state === 'failed' && now;
    }, 90000);
    assert.match(recording.error, /less than 16 MB of disk space are left/);
    assert.ok(recording.files[0].bytes > 1 << 20, `${recording.files[0].bytes} bytes were kept`);
    assert.equal(decodeErrors(recordingFile(dataDir, output.recording)), '');

    const before = await ask(server, 'GET', `${path}/outputs/${live.id}`);
    assert.deepEqual([before.state, before.packets_dropped], ['live', 0]);
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${live.id}`)).duration_ms > before.duration_ms + 500);
    assert.equal((await call(server, 'GET', `${path}/outputs/${output.id}`)).status, 404);

    const refused = await call(server, 'POST', `${path}/outputs`, { body: { kind: 'recording' } });
    assert.deepEqual([refused.status, refused.body.code], [503, 'capacity'], JSON.stringify(refused.body));
    rmSync(join(disk, 'ballast'));
    const next = await ask(server, 'POST', `${path}/outputs`, { kind: 'recording' });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${next.id}`)).state === 'live');
  }, { dataDir })));

test('a read-only disk refuses a recording and nothing else', { timeout: 60000 }, () =>
  withSmallDisk(8, (dataDir, disk) => withFlashingMeeting({}, async (server, path) => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const refused = await call(server, 'POST', `${path}/outputs`, { body: { kind: 'recording' } });
    assert.equal(refused.status, 500, JSON.stringify(refused.body));
    assert.match(refused.body.detail, /[Rr]ead-only/);
    assert.equal((await ask(server, 'GET', '/v1/recordings')).total, 0);
    const live = await ask(server, 'POST', `${path}/outputs`, { kind: 'hls' });
    await eventually(async () => (await ask(server, 'GET', `${path}/outputs/${live.id}`)).state === 'live', 10000);
  }, { dataDir })));
