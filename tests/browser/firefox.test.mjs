// Stock Firefox and Chromium in one meeting: each sees and hears the other, whatever the codec.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { colors, eventually, joinByPage, startBrowser, tones } from '../support/browser.mjs';
import { offersH264, startFirefox } from '../support/firefox.mjs';
import { ask, startServer } from '../support/server.mjs';

const LEFT = [0.06, 0.35, 0.38, 0.3];
const RIGHT = [0.56, 0.35, 0.38, 0.3];
const TOP = [0.2, 0.04, 0.6, 0.1];
const FOX_HZ = 523;

let server, fox, chrome;
before(async () => {
  [server, fox, chrome] = await Promise.all([startServer({ open: true }), startFirefox({ toneHz: FOX_HZ }), startBrowser({ toneHz: 880 })]);
});
after(async () => {
  await Promise.all([fox?.close(), chrome?.close()]);
  await server?.stop();
});

const isDark = (color) => Math.max(...color) < 60;
/** The colours of Firefox's synthetic camera have at least one strong part. */
const isDimmed = (color) => Math.max(...color) < 160;
/** Of Chromium's synthetic camera. */
const isGreen = ([r, g, b]) => g > 120 && g > 2 * r && g > 2 * b;

/** How loud Firefox hears the meeting, 0 to 1; without a sound card its Web Audio stands still. */
const loudness = () => fox.page.evaluate(async () => {
  const stats = [...(await window.peers.at(-1).getStats()).values()];
  return stats.find((each) => each.type === 'inbound-rtp' && each.kind === 'audio')?.audioLevel ?? -1;
});

/** The codecs of the video that Firefox sends and gets. */
const codecs = () => fox.page.evaluate(async () => {
  const stats = [...(await window.peers.at(-1).getStats()).values()];
  const used = (type) => stats.find((each) => each.type === type && each.kind === 'video')?.codecId;
  return ['outbound-rtp', 'inbound-rtp'].map((type) => stats.find((each) => each.id === used(type))?.mimeType);
});

/** Colours that Firefox's camera showed within some time: the whole picture has one, which changes all the time. */
const sentColors = (milliseconds) => fox.page.evaluate(async (limit) => {
  const { track } = window.peers.at(-1).getSenders().find((each) => each.track?.kind === 'video');
  const video = document.createElement('video');
  video.srcObject = new MediaStream([track]);
  await video.play();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 16;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = [];
  for (const end = performance.now() + limit; performance.now() < end;) {
    context.drawImage(video, 0, 0, 16, 16);
    seen.push([...context.getImageData(8, 8, 1, 1).data].slice(0, 3));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  video.srcObject = null;
  return seen;
}, milliseconds);

const distance = (a, b) => Math.max(...a.map((each, i) => Math.abs(each - b[i])));

/** What a page draws in a tile is what Firefox's camera, which changes, showed a moment before. */
async function assertCameraIsShown(page, tile) {
  await eventually('the tile has the colour of the camera', 20000, async () => {
    const [sent, [shown]] = await Promise.all([
      sentColors(1000),
      new Promise((resolve) => setTimeout(resolve, 800)).then(() => colors(page, [tile])),
    ]);
    const nearest = Math.min(...sent.map((each) => distance(each, shown)));
    const changes = distance(sent[0], sent.at(-1));
    return (!isDark(shown) && changes > 8 && nearest < 24) || { shown, nearest, changes };
  });
}

for (const codec of ['VP8', 'H264']) {
  test(`Firefox meets Chromium with ${codec}`, { timeout: 150000 }, async (t) => {
    if (codec === 'H264' && !(await offersH264(fox.page))) return t.skip('this Firefox has no OpenH264 plugin');
    const { id } = await ask(server, 'POST', '/v1/meetings', { name: 'Fox', canvas: { width: 640, height: 360, fps: 15 } });
    const present = async () => (await ask(server, 'GET', `/v1/meetings/${id}/participants`)).total;
    await joinByPage(fox.page, server, id, 'Fox', { codec });
    await eventually('nothing is heard alone', 5000, async () => {
      const level = await loudness();
      return (level >= 0 && level < 0.002) || level;
    });
    await joinByPage(chrome.page, server, id, 'Chrome', { codec });
    await Promise.all([
      assertCameraIsShown(chrome.page, LEFT),
      assertCameraIsShown(fox.page, LEFT),
      eventually("Chromium's camera is in Firefox's picture", 20000, async () => {
        const [shown] = await colors(fox.page, [RIGHT]);
        return isGreen(shown) || shown;
      }),
      // A Firefox without a sound card and without a core to itself loses time now and then, and is silent until that is seen.
      eventually('Chromium hears Firefox', 30000, async () => {
        const [level] = await tones(chrome.page, [FOX_HZ]);
        return level > -35 || level;
      }),
      eventually('Firefox hears Chromium', 30000, async () => {
        const level = await loudness();
        return level > 0.03 || level;
      }),
    ]);
    assert.deepEqual(await codecs(), [`video/${codec}`, `video/${codec}`]);

    await fox.page.click('#camera');
    await eventually('a camera that is off sends nothing, and its tile is dimmed', 20000, async () => {
      const [shown] = await colors(chrome.page, [LEFT]);
      return isDimmed(shown) || shown;
    });
    await fox.page.click('#camera');
    await assertCameraIsShown(chrome.page, LEFT);

    await fox.page.click('#leave');
    await fox.page.waitForSelector('#join');
    await eventually('it has left', 5000, async () => (await present()) === 1);
    await eventually('one tile fills the picture', 5000, async () => {
      const [top] = await colors(chrome.page, [TOP]);
      return !isDark(top) || top;
    });
    assert.deepEqual(fox.errors, []);
    await chrome.page.click('#leave');
    await chrome.page.waitForSelector('#join');
  });
}

test('a tab of Firefox that is closed leaves the meeting at once', { timeout: 60000 }, async () => {
  const { id } = await ask(server, 'POST', '/v1/meetings', { name: 'Tab', canvas: { width: 640, height: 360, fps: 15 } });
  await joinByPage(fox.page, server, id, 'Fox');
  await fox.page.goto('about:blank');
  await eventually('nobody is left', 4000, async () => (await ask(server, 'GET', `/v1/meetings/${id}/participants`)).total === 0);
  assert.deepEqual(fox.errors, []);
});
