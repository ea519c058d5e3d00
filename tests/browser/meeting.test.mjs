// Two real browsers in one meeting: each sees both tiles move, hears the other and not itself.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { artifacts, colors, eventually, joinByPage, motion, startBrowser, tones } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';

const LEFT = [0.06, 0.3, 0.38, 0.4];
const RIGHT = [0.56, 0.3, 0.38, 0.4];
const TOP = [0.2, 0.04, 0.6, 0.1];
const ANN_HZ = 523;
const BOB_HZ = 880;

async function call(server, method, path, body, type = 'application/json') {
  const response = await fetch(server.url + path, {
    method, headers: body ? { 'Content-Type': type } : {}, body: body ? JSON.stringify(body) : undefined,
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${response.ok ? '' : await response.text()}`);
  return response.status === 204 ? null : response.json();
}

const participants = (server, meeting) => call(server, 'GET', `/v1/meetings/${meeting.id}/participants`);

const isBackground = ([r, g, b]) => Math.max(r, g, b) < 60;

for (const codec of ['VP8', 'H264']) {
  test(`two browsers meet with ${codec}`, { timeout: 180000 }, async (t) => {
    const server = await startServer({ open: true });
    const ann = await startBrowser({ toneHz: ANN_HZ });
    const bob = await startBrowser({ toneHz: BOB_HZ });
    let bobLives = true;
    try {
      const meeting = await call(server, 'POST', '/v1/meetings', { name: 'Review' });
      await joinByPage(ann.page, server, meeting.id, 'Ann', { codec });
      await joinByPage(bob.page, server, meeting.id, 'Bob', { codec });
      await eventually('two participants', 10000, async () => (await participants(server, meeting)).total === 2);

      await t.test('each sees both tiles move', async () => {
        for (const { page } of [ann, bob]) {
          await eventually('both tiles move', 15000, async () => {
            const moved = await motion(page, [LEFT, RIGHT]);
            return moved.every((each) => each > 0.15) || moved;
          });
        }
      });

      await t.test('each hears the other and not itself', async () => {
        for (const [{ page }, other, own] of [[ann, BOB_HZ, ANN_HZ], [bob, ANN_HZ, BOB_HZ]]) {
          await eventually('the other is heard, the own voice is not', 20000, async () => {
            const [otherDb, ownDb] = await tones(page, [other, own]);
            return (otherDb > -35 && ownDb < otherDb - 40) || [otherDb, ownDb];
          });
        }
      });

      await t.test('the negotiated codec is the one that was asked for', async () => {
        const used = await ann.page.evaluate(async () => {
          const stats = [...(await window.peers.at(-1).getStats()).values()];
          return stats.filter((each) => each.type === 'inbound-rtp' && each.kind === 'video')
            .map((each) => stats.find((other) => other.id === each.codecId)?.mimeType);
        });
        assert.deepEqual(used, [`video/${codec}`]);
      });

      await t.test('a layout change by REST reaches the picture', async () => {
        await eventually('background above two tiles', 5000, async () => {
          const [top] = await colors(ann.page, [TOP]);
          return isBackground(top) || top;
        });
        const change = { layout: { name: 'single' } };
        const changed = await call(server, 'PATCH', `/v1/meetings/${meeting.id}/views/main`, change, 'application/merge-patch+json');
        assert.equal(typeof changed.applied_at_ms, 'number');
        await eventually('one tile fills the picture', 5000, async () => {
          const [top] = await colors(ann.page, [TOP]);
          return !isBackground(top) || top;
        });
        await call(server, 'PATCH', `/v1/meetings/${meeting.id}/views/main`, { layout: { name: 'grid' } }, 'application/merge-patch+json');
      });

      await t.test('the page changes the layout and records', async () => {
        await ann.page.click('#layout');
        await ann.page.click('[data-layout=speaker]');
        await eventually('speaker layout', 5000, async () =>
          (await call(server, 'GET', `/v1/meetings/${meeting.id}/views/main`)).layout.name === 'speaker');
        await ann.page.click('[data-layout=grid]');
        await ann.page.click('#record');
        await ann.page.waitForSelector('.badge.live', { timeout: 10000 });
        await ann.page.click('#people');
        await ann.page.waitForSelector('[data-participant=Bob]');
        await ann.page.screenshot({ path: join(artifacts, `console-${codec}.png`) });
        await ann.page.click('#record');
        await ann.page.waitForSelector('.badge.live', { state: 'detached', timeout: 10000 });
        await eventually('the recording is ready', 10000, async () => {
          const { items } = await call(server, 'GET', '/v1/recordings');
          return (items.length === 1 && items[0].state === 'ready') || items;
        });
      });

      await t.test("a killed browser's tile goes away", async () => {
        await bob.kill();
        bobLives = false;
        await eventually('one participant', 16000, async () => (await participants(server, meeting)).total === 1);
        await eventually('one tile fills the picture', 5000, async () => {
          const [top] = await colors(ann.page, [TOP]);
          return !isBackground(top) || top;
        });
      });

      await t.test('leaving by the button empties the meeting', async () => {
        await ann.page.click('#leave');
        await ann.page.waitForSelector('#join');
        await eventually('nobody left', 5000, async () => (await participants(server, meeting)).total === 0);
      });
    } finally {
      await ann.close();
      if (bobLives) await bob.close();
      await server.stop();
    }
  });
}
