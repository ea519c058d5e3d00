// What FLV itself does not know, pushed over RTMP as ffmpeg 7.1 writes it: HEVC and AV1 are shown, the rest is refused.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freeTcpPort } from '../support/processes.mjs';
import { pushFlv, readFlv } from '../support/rtmp_sender.mjs';
import { assertSeenAndHeard, startMeeting } from '../support/sent_streams.mjs';
import { startServer } from '../support/server.mjs';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'rtmp');
const tagsOf = (name) => readFlv(join(fixtures, `${name}.flv`));
const key = 'stage-left-camera';

let server, port, meeting;
before(async () => {
  port = await freeTcpPort();
  server = await startServer({ env: { TESSERA_RTMP_LISTEN: `127.0.0.1:${port}` } });
  meeting = await startMeeting(server);
});
after(() => server?.stop());

for (const [name, codec] of [['hevc-aac', 'hevc'], ['av1-aac', 'av1']]) {
  test(`${codec} with AAC is seen and heard, again after a break`, { timeout: 60000 }, async () => {
    const id = await meeting.add({ kind: 'rtmp', mode: 'listener', key: `${key}-${codec}` });
    const first = pushFlv(port, meeting.id, `${key}-${codec}`, tagsOf(name));
    await assertSeenAndHeard(meeting, id, { width: 160, height: 90 });
    await first.stop();
    await meeting.untilState(id, 'stalled');
    const again = pushFlv(port, meeting.id, `${key}-${codec}`, tagsOf(name));
    const back = await assertSeenAndHeard(meeting, id, { width: 160, height: 90 });
    assert.deepEqual([back.reconnects, back.decode_errors], [1, 0], JSON.stringify(back));
    await again.stop();
    await meeting.remove(id);
  });
}

test('a codec that is not known is refused, the sender and the source are told', { timeout: 30000 }, async () => {
  const id = await meeting.add({ kind: 'rtmp', mode: 'listener', key: `${key}-vvc` });
  const tags = tagsOf('hevc-aac').map(({ body, ...tag }) => ({ ...tag, body: Buffer.from(body.toString('latin1').replace('hvc1', 'vvc1'), 'latin1') }));
  const sender = pushFlv(port, meeting.id, `${key}-vvc`, tags);
  await sender.closed;
  assert.match(sender.answers(), /NetStream\.Publish\.Rejected/);
  assert.match(sender.answers(), /choose H\.264, HEVC or AV1/);
  await meeting.until(id, (each) => each.state === 'connecting' && /choose H\.264, HEVC or AV1/.test(each.last_error));
  await meeting.remove(id);
});
