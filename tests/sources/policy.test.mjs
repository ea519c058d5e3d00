// Where sources may not come from, unless the configuration says so.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMeeting } from '../support/sent_streams.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

test('addresses that are not public, and schemes that are none of the kind, are refused', async () => {
  const meeting = await startMeeting(server);
  const refused = {
    rtsp: ['rtsp://127.0.0.1/a', 'rtsp://localhost/a', 'rtsp://[::1]/a', 'rtsp://169.254.169.254/latest', 'rtsp://2130706433/a',
      'rtsp://0x7f.1/a', 'rtsp://[::ffff:10.0.0.1]/a', 'rtsp://[64:ff9b::7f00:1]/a', 'http://example.org/a', 'file:///etc/passwd', 'concat:rtsp://a|b'],
    srt: ['srt://192.168.1.1:9000', 'srt://10.0.0.1:9000?listen_timeout=1', 'udp://192.0.2.1:9000', 'srt://0.0.0.0:22?mode=listener'],
    rtmp: ['rtmp://172.16.0.1/live/a', 'rtmp://[fd00::1]/live/a', 'tcp://192.0.2.1/live/a', 'data:text/plain,hello'],
    mpegts: ['udp://example.org:5000', 'udp://239.0.0.1:53', 'srt://239.0.0.1:5000', 'subfile:,,start,0,end,9,,:a'],
  };
  for (const [kind, urls] of Object.entries(refused)) {
    for (const url of urls) {
      for (const query of ['', '?dry_run=true']) {
        const { status, body } = await meeting.tryAdd({ kind, url }, query);
        assert.deepEqual([status, body.code, body.field], [400, 'invalid_argument', 'url'], `${kind} ${url}: ${JSON.stringify(body)}`);
        assert.match(body.detail, /^url /, body.detail);
      }
    }
  }
  assert.match((await meeting.tryAdd({ kind: 'rtsp', url: 'rtsp://127.0.0.1/a' })).body.detail, /sources\.allow/);
  await meeting.end();
});
