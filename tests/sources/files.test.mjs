// Files and images of the server: played, sought, held and shown.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runProgram } from '../support/processes.mjs';
import { assertSeenAndHeard, startMeeting } from '../support/sent_streams.mjs';
import { call, startServer } from '../support/server.mjs';

let server, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-files-'));
  const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'];
  await runProgram('ffmpeg', [...source, '-f', 'lavfi', '-i', 'sine=frequency=440', '-t', 20, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', 30, '-c:a', 'aac', join(folder, 'film.mp4')]);
  await runProgram('ffmpeg', [...source, '-frames:v', 1, join(folder, 'still.png')]);
  server = await startServer({ env: { TESSERA_FILES_ROOT: folder } });
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a file is sought, held and goes on', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const id = await meeting.add({ kind: 'file', url: 'film.mp4', loop: false });
  const play = (action, body) => call(server, 'POST', `${meeting.base}/${id}:${action}`, { body });
  await assertSeenAndHeard(meeting, id);
  assert.equal((await play('seek', { position_ms: 10000 })).status, 200);
  const sought = await meeting.until(id, (each) => each.position_ms >= 10000);
  assert.ok(sought.position_ms < 15000 && sought.length_ms >= 20000, JSON.stringify(sought));
  assert.equal((await play('pause')).status, 200);
  await meeting.until(id, (each) => each.paused && each.level_dbov < -60);
  const held = await meeting.get(id);
  await meeting.until(id, (each) => each.frames_received > held.frames_received);
  assert.equal((await meeting.get(id)).position_ms, held.position_ms);
  assert.equal((await play('resume')).status, 200);
  await meeting.until(id, (each) => each.position_ms > held.position_ms + 500 && each.level_dbov > -60);
  assert.equal((await play('seek', { position_ms: 100000 })).status, 200);
  await meeting.untilState(id, 'ended');
  assert.equal((await play('seek', {})).body.field, 'position_ms');
  await meeting.end();
});

test('an image is shown and cannot be sought', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const id = await meeting.add({ kind: 'image', url: 'still.png' });
  const shown = await meeting.until(id, (each) => each.state === 'live' && each.frames_received >= 2);
  assert.deepEqual([shown.width, shown.height, shown.name], [320, 180, 'still']);
  const refused = await call(server, 'POST', `${meeting.base}/${id}:seek`, { body: { position_ms: 0 } });
  assert.deepEqual([refused.status, refused.body.code], [422, 'unsupported']);
  assert.equal((await meeting.tryAdd({ kind: 'image', url: '../still.png' })).body.field, 'url');
  await meeting.end();
});
