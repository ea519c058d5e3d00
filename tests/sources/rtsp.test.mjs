// An RTSP server is played, over both transports and with credentials.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { startProgram } from '../support/processes.mjs';
import { assertSeenAndHeard, startMeeting } from '../support/sent_streams.mjs';
import { eventually, program, startServer } from '../support/server.mjs';

const player = join(dirname(program), 'tessera_rtsp_player');
let server;
before(async () => { server = await startServer({ env: { TESSERA_SOURCES_ALLOW: '127.0.0.0/8' } }); });
after(() => server?.stop());

async function startPlayer(...credentials) {
  const running = startProgram(player, credentials);
  const line = await eventually(() => /\{"port": (\d+)\}/.exec(running.log()));
  return { url: `rtsp://127.0.0.1:${line[1]}/camera`, stop: () => running.stop() };
}

test('a camera is played over TCP and over UDP', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const rtsp = await startPlayer();
  for (const transport of ['tcp', 'udp']) {
    const id = await meeting.add({ kind: 'rtsp', url: rtsp.url, transport });
    await assertSeenAndHeard(meeting, id);
    await meeting.remove(id);
  }
  await rtsp.stop();
  await meeting.end();
});

test('a camera asks for a password, which is not shown again', { timeout: 60000 }, async () => {
  const meeting = await startMeeting(server);
  const rtsp = await startPlayer('ann', 'open-sesame');
  const without = await meeting.add({ kind: 'rtsp', url: rtsp.url });
  await meeting.until(without, (each) => each.last_error);
  const id = await meeting.add({ kind: 'rtsp', url: rtsp.url, user: 'ann', password: 'open-sesame' });
  const seen = await assertSeenAndHeard(meeting, id);
  assert.deepEqual([seen.user, seen.password], ['ann', '***']);
  assert.ok(!server.log().includes('open-sesame'));
  await rtsp.stop();
  await meeting.end();
});
