// Our WebRTC peer against an independent one: media both ways, a false fingerprint, a peer that vanishes, many that
// come and go.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { call, eventually, startServer } from '../support/server.mjs';
import { runClient, startClient } from '../support/whip_client.mjs';

const ANN_HZ = 523;
const BOB_HZ = 880;
const HEARD = 0.05;
const UNHEARD = 0.01;

async function createMeeting(server) {
  const reply = await call(server, 'POST', '/v1/meetings', { body: { name: 'Peers' }, key: null });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return reply.body;
}

const list = async (server, meeting, what) =>
  (await call(server, 'GET', `/v1/meetings/${meeting.id}/${what}`, { key: null })).body.items;

const whip = (server, meeting, name) => `${server.url}/whip/${meeting.id}?participant=${name}`;
const whep = (server, meeting, name) => `${server.url}/whep/${meeting.id}?participant=${name}`;

for (const codec of ['vp8', 'h264']) {
  test(`two peers and a viewer share one picture and hear each other with ${codec}`, { timeout: 120000 }, async () => {
    const server = await startServer({ open: true });
    try {
      const meeting = await createMeeting(server);
      const measure = `${ANN_HZ},${BOB_HZ}`;
      const [ann, bob, eve] = await Promise.all([
        runClient({ whip: whip(server, meeting, 'ann'), codec, tone: ANN_HZ, pattern: 'ball', measure, seconds: 14 }),
        runClient({ whip: whip(server, meeting, 'bob'), codec, tone: BOB_HZ, pattern: 'ball', measure, seconds: 14 }),
        runClient({ whep: whep(server, meeting, 'eve'), codec, measure, seconds: 12 }),
      ]);
      for (const [name, client] of Object.entries({ ann, bob, eve })) {
        assert.equal(client.connected, true, `${name}: ${JSON.stringify(client)}`);
        assert.equal(client.width, 1280, name);
        assert.equal(client.height, 720, name);
        assert.ok(client.frames > 30, `${name} saw ${client.frames} pictures`);
        assert.ok(client.motion > 0.05, `${name} saw motion of ${client.motion}`);
        assert.ok(client.audio_samples > 48000 * 4, `${name} heard ${client.audio_samples} samples`);
      }
      assert.ok(ann.tones[BOB_HZ] > HEARD && ann.tones[ANN_HZ] < UNHEARD, JSON.stringify(ann.tones));
      assert.ok(bob.tones[ANN_HZ] > HEARD && bob.tones[BOB_HZ] < UNHEARD, JSON.stringify(bob.tones));
      assert.ok(eve.tones[ANN_HZ] > HEARD && eve.tones[BOB_HZ] > HEARD, JSON.stringify(eve.tones));
    } finally {
      await server.stop();
    }
  });
}

test('a falsified fingerprint is refused and no media is taken', { timeout: 60000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const meeting = await createMeeting(server);
    const client = startClient({ whip: whip(server, meeting, 'mal'), 'falsify-fingerprint': true, seconds: 6 });
    let frames = 0;
    let isOver = false;
    client.done.finally(() => { isOver = true; });
    while (!isOver) {
      for (const source of await list(server, meeting, 'sources')) {
        frames += source.frames_received;
        assert.notEqual(source.state, 'live');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const told = await client.done;
    assert.equal(told.status, 201);
    assert.equal(told.media_flowed, false);
    assert.equal(frames, 0);
    assert.match(server.log(), /fingerprint/);
  } finally {
    await server.stop();
  }
});

test('a peer that is killed is gone within 15 s', { timeout: 90000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const meeting = await createMeeting(server);
    const client = startClient({ whip: whip(server, meeting, 'bob'), seconds: 60 });
    await eventually(async () => (await list(server, meeting, 'sources')).some((source) => source.state === 'live'), 20000);
    const killedAt = Date.now();
    client.kill();
    await client.done;
    await eventually(async () => !(await list(server, meeting, 'sources')).some((source) => source.state !== 'ended'), 25000);
    const seconds = (Date.now() - killedAt) / 1000;
    assert.ok(seconds <= 15.5, `it took ${seconds} s`);
  } finally {
    await server.stop();
  }
});

async function footprint(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  return { threads: field('Threads'), rssKb: field('VmRSS'), fds: (await readdir(`/proc/${pid}/fd`)).length };
}

async function settled(server, meeting) {
  await eventually(async () => (await list(server, meeting, 'sources')).length === 0, 30000);
  let last = await footprint(server.pid);
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await footprint(server.pid);
    same = now.threads === last.threads && now.fds === last.fds ? same + 1 : 0;
    last = now;
  }
  return last;
}

test('a hundred peers come and go and leave nothing behind', { timeout: 420000 }, async () => {
  const server = await startServer({ open: true });
  try {
    const meeting = await createMeeting(server);
    // A viewer stays, so that the meeting's encoders do too.
    const viewer = startClient({ whep: whep(server, meeting, 'eve'), seconds: 400 });
    const join = (name, cycles) => runClient({ whip: whip(server, meeting, name), seconds: 1, cycles, size: '320x180', kbps: 200 });
    await Promise.all([join('a', 10), join('b', 10)]);  // warm: pools, caches and glibc's arenas have their size
    const before = await settled(server, meeting);
    const told = await Promise.all([join('a', 50), join('b', 50)]);
    const after = await settled(server, meeting);
    viewer.kill();
    await viewer.done;
    assert.deepEqual(told.map((each) => each.cycles_connected), [50, 50]);
    assert.equal(after.threads, before.threads, `threads: ${JSON.stringify({ before, after })}`);
    assert.equal(after.fds, before.fds, `fds: ${JSON.stringify({ before, after })}`);
    assert.ok(after.rssKb <= before.rssKb * 1.05, `memory: ${JSON.stringify({ before, after })}`);
  } finally {
    await server.stop();
  }
});
