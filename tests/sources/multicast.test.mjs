// Multicast of both families, in a network of its own with two interfaces.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freeUdpPort } from '../support/processes.mjs';
import { assertSeenAndHeard, picture, send, startMeeting as startReceiving } from '../support/sent_streams.mjs';
import { startServer } from '../support/server.mjs';
import { assertStream, receive, startMeeting } from '../support/streams.mjs';

const kInside = 'TESSERA_TEST_NETWORK';
const canMakeNetwork = () => spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'left0', 'type', 'veth', 'peer', 'name', 'left1']).status === 0;

/** Two wires, left and right, whose ends are in this network. */
function makeNetwork() {
  const ip = (...words) => execFileSync('ip', words);
  ip('link', 'set', 'lo', 'up');
  ['left', 'right'].forEach((name, i) => {
    ip('link', 'add', `${name}0`, 'type', 'veth', 'peer', 'name', `${name}1`);
    ip('address', 'add', `10.77.${i}.1/24`, 'dev', `${name}0`);
    ip('address', 'add', `fd77:${i}::1/64`, 'dev', `${name}0`, 'nodad');
    for (const end of [0, 1]) ip('link', 'set', `${name}${end}`, 'up');
  });
}

if (!process.env[kInside]) {
  test('multicast in a network of its own', { timeout: 120000, skip: canMakeNetwork() ? false : 'no network can be made here' }, () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync('unshare', ['-n', process.execPath, '--test', fileURLToPath(import.meta.url)],
      { env: { ...env, [kInside]: '1' }, encoding: 'utf8', timeout: 110000 });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /# pass [1-9]/);
  });
} else {
  let server, from, to;
  before(async () => {
    makeNetwork();
    server = await startServer();
    from = await startMeeting(server, { canvas: { width: 320, height: 180, fps: 30 } });
    to = await startReceiving(server);
  });
  after(() => server?.stop());

  const kGroups = [
    { scheme: 'udp', group: '239.77.0.1', left: '10.77.0.1', right: 'right0', sender: '10.77.0.1', other: '10.77.0.9' },
    { scheme: 'rtp', group: '[ff15::77]', left: 'left0', right: 'fd77:1::1', sender: 'fd77:0::1', other: 'fd77:0::9' },
    { scheme: 'udp', group: '[ff12::77]', left: 'left0', right: 'right0', sender: 'fd77:0::1', other: 'fd77:0::9' },
  ];

  describe('multicast', { concurrency: true }, () => {
    for (const { scheme, group, left, right, sender, other } of kGroups) {
      test(`${scheme}://${group}: heard on the interface and of the sender that are asked for, and on no other`, { timeout: 60000 }, async () => {
        const url = `${scheme}://${group}:${await freeUdpPort()}`;
        const add = (spec) => to.add({ kind: 'mpegts', url, ...spec });
        const [here, there, ofSender, ofOther] = [await add({ interface: left }), await add({ interface: right }),
          await add({ interface: left, from: sender }), await add({ interface: left, from: other })];
        const { id } = await from.add({ kind: 'mpegts', url, local_address: left, ttl: 1 });
        await from.until(id, 'live');
        for (const each of [here, ofSender]) await assertSeenAndHeard(to, each);
        for (const each of [there, ofOther]) {
          const unheard = await to.get(each);
          assert.deepEqual([unheard.state, unheard.packets_received], ['connecting', 0]);
        }
        const { id: second } = await from.add({ kind: 'mpegts', url, local_address: right, ttl: 1 });
        await assertSeenAndHeard(to, there);
        for (const each of [here, there, ofSender, ofOther]) await to.remove(each);
        for (const each of [id, second]) await from.remove(each);
      });
    }

    test('ffmpeg receives what is sent, and sends what is received', { timeout: 60000 }, async () => {
      const port = await freeUdpPort();
      const { id } = await from.add({ kind: 'mpegts', url: `udp://239.77.0.2:${port}`, local_address: 'left0' });
      assertStream(await receive(['-i', `udp://239.77.0.2:${port}?localaddr=10.77.0.1`]), { width: 320, height: 180 });
      await from.remove(id);
      for (const url of [`udp://239.77.0.3:${port}?pkt_size=1316&localaddr=10.77.0.1`, `rtp://239.77.0.3:${port}?localaddr=10.77.0.1`]) {
        const source = await to.add({ kind: 'mpegts', url: url.replace(/\?.*/, ''), interface: 'left0' });
        const sender = send([...picture(), '-f', url.startsWith('rtp') ? 'rtp_mpegts' : 'mpegts', url]);
        await assertSeenAndHeard(to, source);
        await sender.stop();
        await to.remove(source);
      }
    });

    test('an interface that is not there, and a way that is not, are told', { timeout: 60000 }, async () => {
      const url = `udp://239.77.0.4:${await freeUdpPort()}`;
      const { id } = await from.add({ kind: 'mpegts', url, local_address: 'middle0' });
      assert.match((await from.until(id, 'retrying')).last_error, /no interface middle0/);
      const { id: lost } = await from.add({ kind: 'mpegts', url });
      assert.match((await from.until(lost, 'retrying')).last_error, /no way leads there/);
      const source = await to.add({ kind: 'mpegts', url, interface: 'middle0' });
      assert.match((await to.until(source, (each) => each.last_error)).last_error, /no interface middle0/);
      for (const spec of [{ interface: 'a/b' }, { from: 'somebody' }, { from: 'fd77::1' }]) {
        const refused = await to.tryAdd({ kind: 'mpegts', url, ...spec });
        assert.deepEqual([refused.status, refused.body.field], [400, Object.keys(spec)[0]]);
      }
      await to.remove(source);
      for (const each of [id, lost]) await from.remove(each);
    });
  });
}
