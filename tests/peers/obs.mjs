// OBS Studio itself pushes to a meeting over RTMP and SRT. No step of tests/run, since OBS brings 300 MB of packages:
//
//   debootstrap --variant=minbase bookworm /srv/obs        OBS 29; trixie: OBS 30, which pushes AV1 too
//   chroot /srv/obs apt-get install -y --no-install-recommends obs-studio xvfb libgl1-mesa-dri
//   OBS_ROOT=/srv/obs node --test tests/peers/obs.mjs        as root; without OBS_ROOT this machine's own obs and Xvfb
//
// Pictures of what the meeting showed are left in artifacts/.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freeTcpPort, freeUdpPort, startProgram } from '../support/processes.mjs';
import { assertSeenAndHeard, startMeeting } from '../support/sent_streams.mjs';
import { adminKey, eventually, startServer } from '../support/server.mjs';

const root = process.env.OBS_ROOT ?? '';
const artifacts = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'artifacts');
const size = { width: 640, height: 360 };

let server, port;
before(async () => {
  mkdirSync(artifacts, { recursive: true });
  port = await freeTcpPort();
  server = await startServer({ env: { TESSERA_RTMP_LISTEN: `127.0.0.1:${port}`, TESSERA_SOURCES_ALLOW: '127.0.0.0/8' } });
});
after(() => server?.stop());

const ini = (sections) => Object.entries(sections)
  .map(([name, rows]) => [`[${name}]`, ...Object.entries(rows).map(([key, value]) => `${key}=${value}`), ''].join('\n')).join('\n');

/** A film of two seconds that OBS plays again and again: a moving picture and a tone. */
function writeFilm(file) {
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30:duration=2', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=2',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', '-y', file]);
}

const source = (id, name, uuid, settings) => ({ id, versioned_id: id, name, uuid, settings, enabled: true, volume: 1, mixers: 255 });
const item = (id, name, source_uuid, more) => ({ id, name, source_uuid, visible: true, align: 5, bounds_type: 0, pos: { x: 0, y: 0 }, scale: { x: 1, y: 1 }, ...more });

/** One scene: magenta, and the film in its upper left quarter. */
function scenes(film) {
  return {
    name: 'tessera', current_scene: 'Scene', current_program_scene: 'Scene', scene_order: [{ name: 'Scene' }],
    sources: [
      source('color_source_v3', 'Ground', 'c0', { color: 0xffff00ff, ...size }),
      source('ffmpeg_source', 'Film', 'f0', { local_file: film, is_local_file: true, looping: true, hw_decode: false, restart_on_activate: false }),
      source('scene', 'Scene', 's0', { id_counter: 2, items: [item(1, 'Ground', 'c0'), item(2, 'Film', 'f0')] }),
    ],
  };
}

/** Writes a profile as OBS 29 and 30 keep it. */
function writeProfile(home, seenHome, service, encoder) {
  const config = join(home, '.config', 'obs-studio');
  const profile = join(config, 'basic', 'profiles', 'tessera');
  mkdirSync(profile, { recursive: true });
  mkdirSync(join(config, 'basic', 'scenes'), { recursive: true });
  writeFilm(join(home, 'film.mp4'));
  writeFileSync(join(config, 'global.ini'), ini({
    General: { FirstRun: true, LastVersion: 486539266, EnableAutoUpdates: false },
    Basic: { Profile: 'tessera', ProfileDir: 'tessera', SceneCollection: 'tessera', SceneCollectionFile: 'tessera', ConfigOnNewProfile: false },
    BasicWindow: { WarnBeforeStartingStream: false },
  }));
  writeFileSync(join(profile, 'basic.ini'), ini({
    General: { Name: 'tessera' },
    Video: { BaseCX: size.width, BaseCY: size.height, OutputCX: size.width, OutputCY: size.height, FPSType: 0, FPSCommon: 30 },
    Audio: { SampleRate: 48000, ChannelSetup: 'Stereo' },
    Output: { Mode: encoder ? 'Advanced' : 'Simple', Reconnect: true, RetryDelay: 1, MaxRetries: 25 },
    AdvOut: { Encoder: encoder, ApplyServiceSettings: false, TrackIndex: 1, AudioEncoder: 'ffmpeg_aac' },
    SimpleOutput: { VBitrate: 800, ABitrate: 128, StreamEncoder: 'x264', UseAdvanced: true, Preset: 'veryfast' },
  }));
  writeFileSync(join(profile, 'streamEncoder.json'), JSON.stringify({ rate_control: 'CBR', bitrate: 800, preset: 10, keyint_sec: 2 }));
  writeFileSync(join(profile, 'service.json'), JSON.stringify(service));
  writeFileSync(join(config, 'basic', 'scenes', 'tessera.json'), JSON.stringify(scenes(`${seenHome}/film.mp4`)));
}

/** Starts OBS that streams at once to a custom service, with x264 unless an encoder is named. @returns {log(), stop()} */
function startObs(settings, { encoder = '' } = {}) {
  const home = mkdtempSync(join(root || '/', 'tmp', 'tessera-obs-'));
  const seenHome = home.slice(root.length);
  writeProfile(home, seenHome, { type: 'rtmp_custom', settings: { use_auth: false, bwtest: false, ...settings } }, encoder);
  const options = '--startstreaming --minimize-to-tray --disable-updater --multi --verbose --profile tessera --collection tessera';
  const obs = `env -i PATH=/usr/bin:/bin HOME=${seenHome} XDG_RUNTIME_DIR=${seenHome} LIBGL_ALWAYS_SOFTWARE=1 LC_ALL=C.UTF-8 sh -c '
    Xvfb -displayfd 1 -screen 0 1280x720x24 -nolisten tcp | { read -r display; DISPLAY=:$display exec obs ${options}; }'`;
  // In namespaces of its own: whatever it started ends with it, and nothing stays mounted.
  const inside = root ? `mount -t proc proc ${root}/proc && mount --bind /dev ${root}/dev && exec chroot ${root} ${obs}` : `mount -t proc proc /proc && exec ${obs}`;
  const running = startProgram('unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', inside]);
  return {
    log: running.log,
    async stop() {
      await running.stop('SIGKILL');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Fails with what OBS said at its end. */
const explain = (obs) => (error) => {
  throw new Error(`${error.message}\n${obs.log().slice(-4000)}`);
};

/** The mean [r, g, b] of a piece of what the meeting shows, given in pixels of its 320x180. */
async function shown(meeting, name, [x, y, width, height]) {
  const reply = await fetch(`${server.url}/v1/meetings/${meeting.id}/views/main:snapshot`, { headers: { authorization: `Bearer ${adminKey}` } });
  assert.equal(reply.status, 200);
  const input = Buffer.from(await reply.arrayBuffer());
  writeFileSync(join(artifacts, name), input);
  return [...execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-vf', `crop=${width}:${height}:${x}:${y},scale=1:1:flags=area,format=rgb24`, '-f', 'rawvideo', 'pipe:1'], { input })];
}

/** The magenta of OBS's scene, right and below of the film. */
async function assertSceneIsShown(meeting, name) {
  const [r, g, b] = await shown(meeting, name, [180, 100, 120, 60]);
  assert.ok(r > 180 && g < 70 && b > 180, `${name}: ${[r, g, b]}`);
}

/** Adds a source that waits for OBS; what was removed may hold its key or port a moment longer. @returns {id, key} */
async function waitingSource(meeting, spec) {
  let reply;
  await eventually(async () => {
    reply = await meeting.tryAdd(spec);
    return reply.status === 201;
  }).catch(() => assert.fail(JSON.stringify(reply.body)));
  return reply.body;
}

test('OBS pushes over RTMP, and comes back to a source that was removed and added', { timeout: 180000 }, async () => {
  const meeting = await startMeeting(server);
  const spec = { kind: 'rtmp', mode: 'listener', key: 'obs-stream-key-0001', name: 'OBS' };
  const { id } = await waitingSource(meeting, spec);
  const obs = startObs({ server: `rtmp://127.0.0.1:${port}/${meeting.id}`, key: spec.key });
  try {
    await meeting.untilState(id, 'live', 60000).catch(explain(obs));
    await assertSeenAndHeard(meeting, id, size).catch(explain(obs));
    await assertSceneIsShown(meeting, 'obs-rtmp.jpg');
    await meeting.remove(id);
    const again = await waitingSource(meeting, spec);
    await meeting.untilState(again.id, 'live', 60000).catch(explain(obs));
    await assertSeenAndHeard(meeting, again.id, size).catch(explain(obs));
    await assertSceneIsShown(meeting, 'obs-rtmp-again.jpg');
    assert.ok(!server.log().includes(spec.key));
  } finally {
    await obs.stop();
  }
  await meeting.end();
});

for (const [title, settings] of [
  ['the whole address as server and no key', (place, key) => ({ server: `${place}/${key}`, key: '' })],
  ['a slash behind the server', (place, key) => ({ server: `${place}/`, key })],
]) {
  test(`OBS with ${title} is taken`, { timeout: 120000 }, async () => {
    const meeting = await startMeeting(server);
    const { id, key } = await waitingSource(meeting, { kind: 'rtmp', name: 'OBS' });
    const obs = startObs(settings(`rtmp://127.0.0.1:${port}/${meeting.id}`, key));
    try {
      await meeting.untilState(id, 'live', 60000).catch(explain(obs));
      await assertSeenAndHeard(meeting, id, size).catch(explain(obs));
    } finally {
      await obs.stop();
    }
    await meeting.end();
  });
}

test('OBS with AV1 is seen and heard', { timeout: 120000 }, async (t) => {
  const version = execFileSync(root ? 'chroot' : 'env', [...(root ? [root] : []), 'obs', '--version']).toString();
  if (Number(version.match(/(\d+)\./)[1]) < 30) return t.skip('this OBS does not push AV1 over RTMP');
  const meeting = await startMeeting(server);
  const { id, key } = await waitingSource(meeting, { kind: 'rtmp', name: 'OBS' });
  const obs = startObs({ server: `rtmp://127.0.0.1:${port}/${meeting.id}`, key }, { encoder: 'ffmpeg_svt_av1' });
  try {
    await meeting.untilState(id, 'live', 60000).catch(explain(obs));
    await assertSeenAndHeard(meeting, id, size).catch(explain(obs));
    await assertSceneIsShown(meeting, 'obs-av1.jpg');
    assert.match(obs.log(), /av1/i);
  } finally {
    await obs.stop();
  }
  await meeting.end();
});

test('OBS with a wrong key is refused and says so', { timeout: 120000 }, async () => {
  const meeting = await startMeeting(server);
  const { id } = await waitingSource(meeting, { kind: 'rtmp', name: 'OBS' });
  const obs = startObs({ server: `rtmp://127.0.0.1:${port}/${meeting.id}`, key: 'not-the-key-of-it' });
  try {
    await eventually(() => /no source waits/.test(obs.log()), 60000).catch(explain(obs));
    assert.equal((await meeting.get(id)).state, 'connecting');
  } finally {
    await obs.stop();
  }
  await meeting.end();
});

test('OBS pushes over SRT, and comes back to a source that was removed and added', { timeout: 180000 }, async () => {
  const meeting = await startMeeting(server);
  const udp = await freeUdpPort();
  const spec = { kind: 'srt', url: `srt://127.0.0.1:${udp}`, mode: 'listener', passphrase: 'correct-horse-battery', name: 'OBS' };
  const { id } = await waitingSource(meeting, spec);
  const obs = startObs({ server: `srt://127.0.0.1:${udp}?mode=caller&passphrase=${spec.passphrase}`, key: '' });
  try {
    await meeting.untilState(id, 'live', 60000).catch(explain(obs));
    await assertSeenAndHeard(meeting, id, size).catch(explain(obs));
    await assertSceneIsShown(meeting, 'obs-srt.jpg');
    await meeting.remove(id);
    const again = await waitingSource(meeting, spec);
    await meeting.untilState(again.id, 'live', 60000).catch(explain(obs));
    await assertSeenAndHeard(meeting, again.id, size).catch(explain(obs));
  } finally {
    await obs.stop();
  }
  await meeting.end();
});
