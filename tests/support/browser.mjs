// Real Chromium with a synthetic camera and microphone, and what a test asks of the console's page.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where screenshots and recordings of a run are kept. */
export const artifacts = join(root, 'artifacts');
mkdirSync(artifacts, { recursive: true });

/** A WAV file with a tone of `hz`: mono, 48 kHz, 16 bit, a whole number of seconds, so that it loops without a click. */
export function toneFile(folder, hz, seconds = 4) {
  const samples = 48000 * seconds;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(48000, 24);
  bytes.writeUInt32LE(96000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    bytes.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / 48000)), 44 + 2 * i);
  }
  const path = join(folder, `tone-${hz}.wav`);
  writeFileSync(path, bytes);
  return path;
}

/** A busy 1280x720 clip, hard enough to encode that a sender wants its full rate. */
export function busyClip(folder) {
  const path = join(folder, 'busy.y4m');
  const picture = 'testsrc2=size=1280x720:rate=30:duration=2,noise=alls=24:allf=t';
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', path], { timeout: 60000 });
  return path;
}

/** Pages keep their connections in window.peers, the newest last. */
export const rememberPeers = (page) => page.addInitScript(() => {
  window.peers = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      window.peers.push(this);
    }
  };
});

/**
 * Starts a Chromium of its own whose microphone hears a tone.
 *
 * @returns {page, pid, folder, close(), kill()}
 */
export async function startBrowser({ toneHz = 0, clip = null, width = 1280, height = 760 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-browser-'));
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    '--auto-select-desktop-capture-source=Entire screen',
  ];
  if (toneHz > 0) args.push(`--use-file-for-fake-audio-capture=${toneFile(folder, toneHz)}`);
  if (clip) args.push(`--use-file-for-fake-video-capture=${busyClip(folder)}`);
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', host: '127.0.0.1', headless: true, args, timeout: 60000 });
  const browser = await chromium.connect(server.wsEndpoint()).catch(async (error) => {
    await server.kill();
    throw error;
  });
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await rememberPeers(page);
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return {
    page,
    pid: server.process().pid,
    async close() {
      await browser.close().catch(() => undefined);
      await server.close().catch(() => undefined);
      clean();
    },
    async kill() {
      await server.kill();
      clean();
    },
  };
}

/** Joins a meeting through the page, as a person would. */
export async function joinByPage(page, server, meeting, name, query = {}) {
  const search = new URLSearchParams({ meeting, sound: 'original', ...query });
  await page.goto(`${server.url}/?${search}`);
  await page.fill('#name', name);
  await page.waitForSelector('[title=Camera][aria-pressed=true]', { timeout: 20000 });
  await page.waitForSelector('[title=Microphone][aria-pressed=true]', { timeout: 20000 });
  await page.click('#join');
  await page.waitForFunction(() => {
    const video = document.querySelector('#composite');
    return video && video.videoWidth > 0 && video.currentTime > 0;
  }, null, { timeout: 30000 });
}

/** Mean [r, g, b] of rectangles of the composite, each given as fractions of the picture. */
export function colors(page, rectangles) {
  return page.evaluate((wanted) => {
    const video = document.querySelector('#composite');
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, 320, 180);
    return wanted.map(([x, y, width, height]) => {
      const { data } = context.getImageData(x * 320, y * 180, Math.max(1, width * 320), Math.max(1, height * 180));
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c += 1) sum[c] += data[i + c];
      return sum.map((each) => each / (data.length / 4));
    });
  }, rectangles);
}

/** Mean absolute difference per sample between two moments of each rectangle, 0 to 255. */
export function motion(page, rectangles, milliseconds = 700) {
  return page.evaluate(async ([wanted, wait]) => {
    const video = document.querySelector('#composite');
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const grab = () => {
      context.drawImage(video, 0, 0, 640, 360);
      return wanted.map(([x, y, w, h]) => context.getImageData(x * 640, y * 360, w * 640, h * 360).data);
    };
    const before = grab();
    await new Promise((resolve) => setTimeout(resolve, wait));
    const after = grab();
    return before.map((data, i) => {
      let sum = 0;
      for (let j = 0; j < data.length; j += 1) sum += Math.abs(data[j] - after[i][j]);
      return sum / data.length;
    });
  }, [rectangles, milliseconds]);
}

/** Level of each frequency in what the page hears, in dB relative to a full-scale sine, by Goertzel over one second. */
export function tones(page, frequencies) {
  return page.evaluate(async (wanted) => {
    const context = new AudioContext({ sampleRate: 48000 });
    const source = context.createMediaStreamSource(document.querySelector('#composite').srcObject);
    const analyser = context.createAnalyser();
    analyser.fftSize = 32768;
    source.connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    await context.close();
    return wanted.map((hz) => {
      const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 48000);
      let [previous, beforeThat] = [0, 0];
      samples.forEach((sample, i) => {
        const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
        const next = sample * window + coefficient * previous - beforeThat;
        [beforeThat, previous] = [previous, next];
      });
      const power = previous ** 2 + beforeThat ** 2 - coefficient * previous * beforeThat;
      return 20 * Math.log10((4 * Math.sqrt(Math.max(power, 1e-20))) / samples.length);
    });
  }, frequencies);
}

/** Asks `probe` again until it is true, at most `limitMs`; says what was last seen when it never was. */
export async function eventually(what, limitMs, probe) {
  const deadline = Date.now() + limitMs;
  let seen;
  do {
    seen = await probe();
    if (seen === true) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (Date.now() < deadline);
  throw new Error(`${what}: not within ${limitMs} ms; last seen ${JSON.stringify(seen)}`);
}
