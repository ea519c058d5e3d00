// A meeting published to an RTSP server.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startProgram } from '../support/processes.mjs';
import { eventually, startServer, tool } from '../support/server.mjs';
import { assertStream, fileGrows, inspect, startMeeting } from '../support/streams.mjs';

let server;
let meeting;
let folder;
before(async () => {
  server = await startServer();
  meeting = await startMeeting(server);
  folder = await mkdtemp(join(tmpdir(), 'tessera-rtsp-'));
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startRecorder(file, ...credentials) {
  const recorder = startProgram(tool('tessera_rtsp_recorder'), [file, ...credentials]);
  const { port } = JSON.parse(await eventually(() => recorder.log().includes('\n') && recorder.log().split('\n')[0]));
  return { port, stop: () => recorder.stop() };
}

test('rtsp to a server that asks for a password', { timeout: 60000 }, async () => {
  const file = join(folder, 'published.mkv');
  const recorder = await startRecorder(file, 'user', 'PASSWORD-4711');
  try {
    const { id } = await meeting.add({ kind: 'rtsp', url: `rtsp://user:PASSWORD-4711@127.0.0.1:${recorder.port}/live` });
    await meeting.until(id, 'live');
    await fileGrows(file, 400_000);
    const shown = await meeting.output(id);
    assert.equal(shown.url, `rtsp://127.0.0.1:${recorder.port}/live`);
    assert.ok(shown.bytes > 100_000);
    await meeting.remove(id);
  } finally {
    await recorder.stop();
  }
  assertStream(await inspect(file));
});

test('rtsp to a server that refuses, and one that goes away', { timeout: 60000 }, async () => {
  const recorder = await startRecorder(join(folder, 'lost.mkv'), 'user', 'PASSWORD-4711');
  const refused = await meeting.add({ kind: 'rtsp', url: `rtsp://user:WRONG-4711@127.0.0.1:${recorder.port}/live` });
  const lost = await meeting.add({ kind: 'rtsp', url: `rtsp://user:PASSWORD-4711@127.0.0.1:${recorder.port}/live` });
  try {
    const { last_error: reason } = await meeting.until(refused.id, 'retrying');
    assert.match(reason, /401|nauthorized/);
    await meeting.until(lost.id, 'live');
  } finally {
    await recorder.stop();
  }
  await meeting.until(lost.id, 'retrying');
  for (const { id } of [refused, lost]) await meeting.remove(id);
  assert.doesNotMatch(server.log(), /4711/);
});
