// Pictures and sound of unusual shapes: how large, how fast, how turned, how many channels, how bright.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freeUdpPort } from '../support/processes.mjs';
import { recordingFile, toneAmplitudes } from '../support/recording.mjs';
import { picture, send, startMeeting } from '../support/sent_streams.mjs';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';

let server, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-shapes-'));
  server = await startServer({ env: { TESSERA_FILES_ROOT: folder, TESSERA_SOURCES_ALLOW: '127.0.0.0/8' } });
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A file of pictures that a filter makes. @returns its name */
function make(name, filter, ...coding) {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', filter, ...coding, join(folder, name)], { timeout: 60000, stdio: ['ignore', 'ignore', 'pipe'] });
  return name;
}
const kH264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const kHevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'];

/** Sends a file again and again over UDP. */
const repeat = (name, port) => send(['-v', 'error', '-re', '-stream_loop', -1, '-i', join(folder, name), '-c', 'copy', '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`]);

/** What the meeting shows, [r, g, b] at each of these places, in fractions of the picture. */
async function shownAt(meeting, places, source = null) {
  const path = source ? `sources/${source}` : 'views/main';
  const reply = await fetch(`${server.url}/v1/meetings/${meeting.id}/${path}:snapshot`, { headers: { authorization: `Bearer ${adminKey}` } });
  assert.equal(reply.status, 200);
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-vf', 'scale=320:180:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
    { input: Buffer.from(await reply.arrayBuffer()) });
  return places.map(([x, y]) => [...raw.subarray(3 * (Math.floor(y * 180) * 320 + Math.floor(x * 320))).subarray(0, 3)]);
}
const isRed = ([r, g, b]) => r > 150 && g < 100 && b < 100;
const isBlue = ([r, g, b]) => b > 150 && r < 100 && g < 100;
const isWhite = ([r, g, b]) => r > 180 && g > 180 && b > 180;

test('4096x2304 is taken and drawn, upright too; what is wider is refused with its size', { timeout: 90000 }, async () => {
  make('large.mp4', 'color=white:size=4096x2304:rate=2', '-frames:v', 2, ...kH264);
  make('tall.mp4', 'color=white:size=2304x4096:rate=2', '-frames:v', 2, ...kH264);
  make('hevc.mp4', 'color=white:size=4096x2304:rate=2', '-frames:v', 2, ...kHevc);
  make('wide.webm', 'color=white:size=4098x2304:rate=2,format=yuv444p,crop=4097:2304', '-frames:v', 2, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', 8);
  make('wide.mp4', 'color=white:size=4098x2304:rate=2', '-frames:v', 2, ...kH264);
  const meeting = await startMeeting(server);
  const [port, widePort] = [await freeUdpPort(), await freeUdpPort()];
  const senders = [repeat('hevc.mp4', port), repeat('wide.mp4', widePort)];
  try {
    const specs = [{ kind: 'file', url: 'large.mp4' }, { kind: 'file', url: 'tall.mp4' }, { kind: 'mpegts', url: `udp://127.0.0.1:${port}` }];
    const taken = await Promise.all(specs.map(async (spec) => {
      const id = await meeting.add(spec);
      const live = await meeting.until(id, (each) => each.state === 'live' && each.frames_received > 3);
      assert.deepEqual([live.width, live.height].sort(), [2304, 4096]);
      return id;
    }));
    await eventually(async () => (await shownAt(meeting, [[0.25, 0.25], [0.75, 0.25], [0.5, 0.75]])).every(isWhite));
    for (const id of taken) await meeting.remove(id);
    const refused = await meeting.tryAdd({ kind: 'file', url: 'wide.webm' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'unsupported'], JSON.stringify(refused.body));
    assert.match(refused.body.detail, /4097x2304 pixels: 4096x2304 are the most/);
    const id = await meeting.add({ kind: 'mpegts', url: `udp://127.0.0.1:${widePort}` });
    assert.match((await meeting.untilState(id, 'failed')).last_error, /4098x2304 pixels: 4096x2304 are the most/);
  } finally {
    for (const sender of senders) await sender.stop();
    await meeting.end();
  }
});

// Each waits for media most of its time.
describe('shapes', { concurrency: true }, () => {
  test('1, 23.976, 50 and 120 pictures a second come at their rate, at most 60 of them', { timeout: 60000 }, async () => {
    const meeting = await startMeeting(server);
    const rates = { 1: 1, '24000/1001': 23.976, 50: 50, 120: 60 };
    const files = Object.entries(rates).map(async ([rate, expected]) => {
      const name = make(`${rate.replace('/', '-')}.mp4`, `testsrc2=size=160x90:rate=${rate}:duration=10`, ...kH264);
      const id = await meeting.add({ kind: 'file', url: name, loop: false });
      const played = await meeting.until(id, (each) => each.position_ms > 4000 && each.frames_received > 4, 20000);
      assert.equal(played.state, 'live');
      const seen = played.frames_received / (played.position_ms / 1000);
      assert.ok(Math.abs(seen - expected) < 0.15 * expected + 0.5, `${rate}: ${seen} a second`);
    });
    const port = await freeUdpPort();
    const id = await meeting.add({ kind: 'mpegts', url: `udp://127.0.0.1:${port}`, audio: false });
    const sender = send([...picture({ size: '160x90', rate: 120, extra: ['-an'] }), '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`]);
    const begun = await meeting.until(id, (each) => each.frames_received > 60);
    const now = await meeting.until(id, (each) => each.frames_received > begun.frames_received + 120);
    const share = (now.frames_received - begun.frames_received) / (now.packets_received - begun.packets_received);
    assert.ok(share > 0.4 && share < 0.6, `${share} of 120 a second`);
    await Promise.all(files);
    await sender.stop();
    await meeting.end();
  });

  test('a turned picture is turned, one of oblong pixels is made square', { timeout: 60000 }, async () => {
    const halves = 'color=red:size=320x180:rate=10:duration=5,drawbox=y=ih/2:h=ih/2:c=blue:t=fill';
    make('upright.mp4', halves, ...kH264);
    for (const angle of [90, 180, 270]) {
      execFileSync('ffmpeg', ['-v', 'error', '-i', join(folder, 'upright.mp4'), '-c', 'copy', '-metadata:s:v:0', `rotate=${angle}`, join(folder, `turned-${angle}.mp4`)]);
    }
    make('oblong.mp4', 'color=red:size=160x180:rate=10:duration=5,setsar=2', ...kH264);
    const meeting = await startMeeting(server);
    const shows = (accepts, places) => eventually(async () => (await shownAt(meeting, places)).every((color, i) => accepts[i](color)))
      .catch(async () => assert.fail(JSON.stringify(await shownAt(meeting, places))));
    const [up, down, left, right] = [[0.5, 0.4], [0.5, 0.6], [0.48, 0.5], [0.52, 0.5]];
    const wanted = { 90: [left, right], 180: [down, up], 270: [right, left] };  // where red and blue are
    for (const [angle, places] of Object.entries(wanted)) {
      const id = await meeting.add({ kind: 'file', url: `turned-${angle}.mp4` });
      await shows([isRed, isBlue], places);
      await meeting.remove(id);
    }
    const id = await meeting.add({ kind: 'file', url: 'oblong.mp4' });
    await shows([isRed, isRed], [[0.03, 0.3], [0.97, 0.3]]);
    const { width, height } = await meeting.get(id);
    assert.deepEqual([width, height], [320, 180]);
    await meeting.end();
  });

  test('an interlaced picture that moves has no combs', { timeout: 60000 }, async () => {
    // A white bar that moves by 8 columns from field to field.
    const bar = "color=black:size=320x240:rate=50:duration=4,format=gray,geq='if(lt(mod(X-8*N,64),32),235,16)',format=yuv420p,tinterlace=interleave_top";
    const coding = ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '1', '-b:v', '6M'];
    make('interlaced.ts', `${bar},setfield=tff`, ...coding);
    make('combed.ts', `${bar},setfield=prog`, ...coding.filter((word) => !/ild|-flags/.test(word)));
    const meeting = await startMeeting(server);
    const combs = async (name) => {
      const id = await meeting.add({ kind: 'file', url: name });
      await meeting.until(id, (each) => each.frames_received > 10);
      const reply = await fetch(`${server.url}/v1/meetings/${meeting.id}/sources/${id}:snapshot`, { headers: { authorization: `Bearer ${adminKey}` } });
      const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'], { input: Buffer.from(await reply.arrayBuffer()) });
      assert.equal(raw.length, 320 * 240);
      let sum = 0;
      for (let i = 320; i < raw.length - 320; i += 1) sum += Math.abs(2 * raw[i] - raw[i - 320] - raw[i + 320]) / 2;
      await meeting.remove(id);
      return sum / raw.length;
    };
    const [mended, left] = [await combs('interlaced.ts'), await combs('combed.ts')];
    assert.ok(left > 20 && mended < left / 8, `${left} became ${mended}`);
    await meeting.end();
  });

  test('of six channels the middle and the surrounds come at -3 dB, the effects not at all', { timeout: 60000 }, async () => {
    const [fl, fr, fc, lfe, sl, sr] = [440, 700, 1000, 60, 1500, 2200];
    const tones = [fl, fr, fc, lfe, sl, sr].map((hertz) => `0.1*sin(2*PI*${hertz}*t)`).join('|');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `aevalsrc='${tones}':s=48000:c=5.1(side):d=10`, '-c:a', 'ac3', '-b:a', '448k', join(folder, 'surround.ts')]);
    const meeting = await startMeeting(server);
    await meeting.untilState(await meeting.add({ kind: 'file', url: 'surround.ts' }), 'live');
    const base = `/v1/meetings/${meeting.id}/outputs`;
    const { body: output } = await call(server, 'POST', base, { body: { kind: 'recording' } });
    await eventually(async () => (await call(server, 'GET', `${base}/${output.id}`)).body.duration_ms > 2500, 20000);
    await call(server, 'DELETE', `${base}/${output.id}`);
    await eventually(async () => (await call(server, 'GET', `/v1/recordings/${output.recording}`)).body.state === 'ready');
    const [left, right] = toneAmplitudes(recordingFile(server.dataDir, output.recording), [fl, fr, fc, lfe, sl, sr]);
    const [front, other] = [left[0], right[1]];
    const shares = [...left.map((each) => each / front), ...right.map((each) => each / other)];
    const expected = [1, 0, Math.SQRT1_2, 0, Math.SQRT1_2, 0, 0, 1, Math.SQRT1_2, 0, 0, Math.SQRT1_2];
    assert.ok(front > 0.03 && Math.abs(front - other) < 0.1 * front, `${front} and ${other}`);
    assert.ok(shares.every((each, i) => Math.abs(each - expected[i]) < 0.08), shares.map((each) => each.toFixed(2)).join(' '));
    await meeting.end();
  });

  test('high dynamic range is refused with its name; ten bits alone are not', { timeout: 60000 }, async () => {
    const tenBits = (transfer) => ['-frames:v', 20, '-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params',
      `log-level=none:${transfer ? `transfer=${transfer}:colorprim=bt2020:colormatrix=bt2020nc` : 'transfer=bt709'}`];
    for (const [name, transfer] of [['pq', 'smpte2084'], ['hlg', 'arib-std-b67'], ['sdr', null]]) {
      make(`${name}.mp4`, 'testsrc2=size=320x180:rate=10', ...tenBits(transfer));
    }
    const meeting = await startMeeting(server);
    for (const [name, word] of [['pq', 'PQ'], ['hlg', 'HLG']]) {
      const refused = await meeting.tryAdd({ kind: 'file', url: `${name}.mp4` });
      assert.deepEqual([refused.status, refused.body.code], [422, 'unsupported'], JSON.stringify(refused.body));
      assert.match(refused.body.detail, new RegExp(`HDR \\(${word}\\)`));
    }
    const port = await freeUdpPort();
    const id = await meeting.add({ kind: 'mpegts', url: `udp://127.0.0.1:${port}` });
    const sender = repeat('hlg.mp4', port);
    assert.match((await meeting.untilState(id, 'failed')).last_error, /HDR \(HLG\)/);
    await sender.stop();
    const sdr = await meeting.add({ kind: 'file', url: 'sdr.mp4' });
    await meeting.until(sdr, (each) => each.state === 'live' && each.frames_received > 5 && each.width === 320);
    await meeting.end();
  });
});
