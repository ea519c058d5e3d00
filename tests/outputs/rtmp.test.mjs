// A meeting published over RTMP: what a player gets, and what happens when the server misbehaves.
import { after, before, test } from 'node:test';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { startServer } from '../support/server.mjs';
import { assertStream, receive, startMeeting } from '../support/streams.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

test('a player of the RTMP server sees and hears the meeting', { timeout: 60000 }, async () => {
  const rtmp = await startRtmpServer();
  try {
    const meeting = await startMeeting(server);
    const { id } = await meeting.add({ kind: 'rtmp', url: rtmp.url, stream_key: 'KEY-4711.flv' });
    await meeting.until(id, 'live');
    assertStream(await receive(rtmp.player('KEY-4711.flv')));
    await meeting.remove(id);
  } finally {
    await rtmp.stop();
  }
});
