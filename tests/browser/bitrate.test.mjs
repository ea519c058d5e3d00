// Congestion feedback: a browser's 720p camera must not stay at its start bit rate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinByPage, startBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';

const WANTED_KBPS = 1200;
const LIMIT_S = 10;

test("a browser's 720p camera passes 1.2 Mb/s within 10 s", { timeout: 120000 }, async () => {
  const server = await startServer({ open: true });
  const browser = await startBrowser({ toneHz: 440, clip: true });
  try {
    const created = await fetch(`${server.url}/v1/meetings`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      // A small picture comes back, so that the browser's encoder has the machine to itself.
      body: JSON.stringify({ name: 'Rate', canvas: { width: 320, height: 180, fps: 15 } }),
    });
    const meeting = await created.json();
    await joinByPage(browser.page, server, meeting.id, 'Ann', { codec: 'VP8' });
    const best = await browser.page.evaluate(async ([limit, wanted]) => {
      const bytes = async () => {
        const stats = [...(await window.peers.at(-1).getStats()).values()];
        return stats.find((each) => each.type === 'outbound-rtp' && each.kind === 'video')?.bytesSent ?? 0;
      };
      let top = 0;
      let before = await bytes();
      for (let second = 0; second < limit && top < wanted; second += 1) {
        const begin = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const now = await bytes();
        top = Math.max(top, ((now - before) * 8) / (performance.now() - begin));
        before = now;
      }
      return top;
    }, [LIMIT_S, WANTED_KBPS]);
    assert.ok(best >= WANTED_KBPS, `the best second carried ${best.toFixed(0)} kb/s`);
  } finally {
    await browser.close();
    await server.stop();
  }
});
