// A meeting over SRT, as caller and as listener, to the tools of libsrt and to ffmpeg.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freeUdpPort, startProgram } from '../support/processes.mjs';
import { eventually, startServer } from '../support/server.mjs';
import { ask, assertStream, fileGrows, inspect, receive, startMeeting } from '../support/streams.mjs';

const passphrase = 'PASSPHRASE-4711';
let server;
let meeting;
let folder;
before(async () => {
  server = await startServer();
  meeting = await startMeeting(server);
  folder = await mkdtemp(join(tmpdir(), 'tessera-srt-'));
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('srt as caller, encrypted, to srt-live-transmit', { timeout: 60000 }, async () => {
  const port = await freeUdpPort();
  const file = join(folder, 'caller.ts');
  const listener = startProgram('srt-live-transmit', ['-q', `srt://127.0.0.1:${port}?mode=listener&passphrase=${passphrase}`, 'file://con'], { output: file });
  const { id } = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}`, passphrase, stream_id: 'KEY-4711' });
  try {
    await meeting.until(id, 'live');
    await fileGrows(file, 400_000);
    const shown = await meeting.output(id);
    assert.deepEqual([shown.passphrase, shown.stream_id, shown.mode], ['***', '***', 'caller']);
  } finally {
    await meeting.remove(id);
    await listener.stop();
  }
  assertStream(await inspect(file));
});

test('srt as listener, to one receiver after the other', { timeout: 90000 }, async () => {
  const port = await freeUdpPort();
  const { id } = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${port}`, mode: 'listener', passphrase, latency_ms: 60 });
  try {
    const from = ['-i', `srt://127.0.0.1:${port}?mode=caller&passphrase=${passphrase}`];
    assertStream(await receive(from));
    await meeting.until(id, 'retrying');
    // It listens again within the pause before the next attempt; a caller asks until then.
    const received = await eventually(() => receive(from).catch(() => null), 40000);
    assertStream(received);
    assert.ok((await meeting.output(id)).reconnects >= 1);
  } finally {
    await meeting.remove(id);
  }
});

test('a caller with another passphrase gets nothing, and the listener goes on listening', { timeout: 60000 }, async () => {
  const port = await freeUdpPort();
  const { id } = await meeting.add({ kind: 'srt', url: `srt://:${port}`, mode: 'listener', passphrase });
  try {
    await assert.rejects(receive(['-i', `srt://127.0.0.1:${port}?mode=caller&passphrase=quite-another-one`], { seconds: 1, limitMs: 8000 }));
    assert.equal((await meeting.output(id)).state, 'connecting');
    assertStream(await receive(['-i', `srt://127.0.0.1:${port}?mode=caller&passphrase=${passphrase}`]));
  } finally {
    await meeting.remove(id);
  }
});

test('a listener that nobody calls is removed at once', { timeout: 30000 }, async () => {
  const { id } = await meeting.add({ kind: 'srt', url: `srt://127.0.0.1:${await freeUdpPort()}`, mode: 'listener' });
  const before = Date.now();
  await meeting.remove(id);
  assert.ok(Date.now() - before < 3000);
  const left = await ask(server, 'GET', `/v1/meetings/${meeting.id}/outputs`);
  assert.equal(left.items.length, 0);
});
