// The server with a GPU, as far as that can be shown without one: the stand-in driver of tests/support/fake_cuda is found
// through the library path, exactly as NVIDIA's would be.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { decodeErrors, flashTimes, probe as probeFile, recordingFile } from '../support/recording.mjs';
import { call, eventually, program, startServer } from '../support/server.mjs';
import { startClient } from '../support/whip_client.mjs';

const standIn = join(dirname(program), 'fake_cuda');
const smallCanvas = { TESSERA_MEDIA_CANVAS_WIDTH: '320', TESSERA_MEDIA_CANVAS_HEIGHT: '180', TESSERA_MEDIA_FPS: '15' };

function machine(env) {
  const text = execFileSync(program, ['probe', '--json'], { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 60000 });
  return JSON.parse(text);
}

async function metric(server, name) {
  const { body } = await call(server, 'GET', '/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${name}{`) || each.startsWith(`${name} `));
  return line ? Number(line.split(' ').at(-1)) : undefined;
}

function neededBy(file) {
  const dynamic = execFileSync('readelf', ['-d', file], { encoding: 'utf8' });
  return [...dynamic.matchAll(/NEEDED.*\[(.*)\]/g)].map((each) => each[1]);
}

test('the program links no library of NVIDIA', () => {
  const needed = neededBy(program);
  assert.ok(needed.length > 5);
  assert.deepEqual(needed.filter((name) => /cuda|cuvid|nvidia|nvrtc|nvcuvid/i.test(name)), []);
});

test('the check of GPUs needs libc alone and runs to its end on the stand-in', () => {
  const check = join(dirname(program), 'gpu_check');
  assert.deepEqual(neededBy(check).filter((name) => !/^(libc|libm|ld-linux-x86-64)\.so/.test(name)), []);
  const text = execFileSync(check, ['--json', '--no-bench', '--scenes', '60', '--libraries', `${standIn}/`], { encoding: 'utf8', timeout: 60000 });
  const told = JSON.parse(text);
  assert.equal(told.gpus[0].name, 'Stand-in');
  assert.deepEqual([told.passed, told.failed], [1, 0]);
  assert.match(told.checks[0].detail, /60 scenes byte for byte/);
  assert.throws(() => execFileSync(check, ['--libraries', '/nowhere/'], { stdio: 'pipe' }), { status: 77 });
});

test('probe says which GPU there is, or why there is none', () => {
  assert.equal(machine({}).gpu.reason === '', machine({}).gpu.devices.length > 0);
  const env = { LD_LIBRARY_PATH: standIn };
  assert.equal(machine(env).gpu.devices[0].name, 'Stand-in');
  assert.equal(machine(env).gpu.devices[0].decodes, true);
  assert.match(machine({ ...env, TESSERA_FAKE_CUDA: 'devices=0' }).gpu.reason, /finds no device/);
  assert.match(machine({ ...env, TESSERA_FAKE_CUDA: 'cuInit=3' }).gpu.reason, /does not start/);
  assert.match(machine({ LD_LIBRARY_PATH: `${standIn}_old` }).gpu.reason, /too old.*cuStreamWaitEvent/);
  const full = machine({ ...env, TESSERA_FAKE_CUDA: 'cuDevicePrimaryCtxRetain=2' }).gpu.devices[0];
  assert.equal(full.composes, false);
  assert.match(full.reason, /cuDevicePrimaryCtxRetain failed/);
  const image = machine({ ...env, TESSERA_FAKE_CUDA: 'cuModuleLoadData=209' }).gpu.devices[0];
  assert.match(image.reason, /no kernel image|no GPU kernels/);
});

test('a meeting composes on the GPU, and its picture goes on when the GPU is lost', { timeout: 120000 }, async (t) => {
  if (!machine({ LD_LIBRARY_PATH: standIn }).gpu.devices[0].composes) return t.skip('this build has no GPU kernels');
  const server = await startServer({
    env: { LD_LIBRARY_PATH: standIn, TESSERA_FAKE_CUDA: 'cuLaunchKernel@45=700', ...smallCanvas },
  });
  try {
    const meeting = (await call(server, 'POST', '/v1/meetings', { body: { name: 'On a GPU' } })).body;
    if (meeting.state === 'scheduled') await call(server, 'POST', `/v1/meetings/${meeting.id}:start`);
    await call(server, 'POST', `/v1/meetings/${meeting.id}/sources`, { body: { kind: 'test', name: 'Flash', pattern: 'flash', audio: 'beep' } });
    const output = (await call(server, 'POST', `/v1/meetings/${meeting.id}/outputs`, { body: { kind: 'recording' } })).body;
    await eventually(async () => (await metric(server, 'tessera_gpu_canvases_total')) >= 20, 20000);
    assert.equal(await metric(server, 'tessera_gpu_lost'), 0);
    await eventually(async () => (await metric(server, 'tessera_gpu_lost')) === 1, 30000);
    const drawn = await metric(server, 'tessera_gpu_canvases_total');
    const running = async () => (await call(server, 'GET', `/v1/meetings/${meeting.id}/outputs`)).body.items[0].duration_ms;
    const lostAt = await running();
    await eventually(async () => (await running()) > lostAt + 5000, 30000);
    assert.equal(await metric(server, 'tessera_gpu_canvases_total'), drawn);
    assert.match(server.log(), /device\.lost/);

    await call(server, 'DELETE', `/v1/meetings/${meeting.id}/outputs/${output.id}`);
    await eventually(async () => (await call(server, 'GET', `/v1/recordings/${output.recording}`)).body.state === 'ready');
    const file = recordingFile(server.dataDir, output.recording);
    assert.equal(decodeErrors(file), '');
    const duration = Number(probeFile(file).video.duration);
    const flashes = flashTimes(file);
    assert.ok(flashes.length >= duration - 3, `${flashes.length} flashes in ${duration} s`);
    assert.ok(flashes.at(-1) > duration - 2, `the last flash is at ${flashes.at(-1)} s of ${duration} s`);
  } finally {
    await server.stop();
  }
});

test('peers whose video is decoded on the GPU stay, are asked for a keyframe and are seen again when it is lost', { timeout: 150000 }, async () => {
  const server = await startServer({
    open: true,
    env: { LD_LIBRARY_PATH: standIn, TESSERA_FAKE_CUVID: 'cuvidMapVideoFrame@500=700', ...smallCanvas },
  });
  try {
    const meeting = (await call(server, 'POST', '/v1/meetings', { body: { name: 'Peers on a GPU' }, key: null })).body;
    const whip = (name) => `${server.url}/whip/${meeting.id}?participant=${name}`;
    const sources = async () => (await call(server, 'GET', `/v1/meetings/${meeting.id}/sources`, { key: null })).body.items;
    const received = async () => (await sources()).map((source) => source.frames_received);
    const asked = async () => (await sources()).map((source) => source.keyframe_requests);
    const common = { size: '320x180', kbps: 300, pattern: 'ball', seconds: 30 };
    const clients = [
      startClient({ whip: whip('ann'), codec: 'h264', tone: 523, ...common }),
      startClient({ whip: whip('bob'), codec: 'vp8', tone: 880, ...common }),
    ];
    await eventually(async () => (await metric(server, 'tessera_gpu_decoders')) === 2, 20000);
    const askedBefore = await asked();
    await eventually(async () => (await metric(server, 'tessera_gpu_lost')) === 1, 30000);
    const decoded = await metric(server, 'tessera_gpu_decoded_total');
    assert.ok(decoded > 300, `${decoded} pictures were decoded on the GPU`);
    const atLoss = await received();
    await eventually(async () => (await received()).every((count, i) => count > atLoss[i] + 30), 20000);
    assert.equal(await metric(server, 'tessera_gpu_decoded_total'), decoded);
    (await asked()).forEach((count, i) => assert.ok(count > askedBefore[i], `keyframes asked for: ${askedBefore[i]}, then ${count}`));
    assert.deepEqual((await sources()).map((source) => source.state), ['live', 'live']);
    for (const client of await Promise.all(clients.map((each) => each.done))) {
      assert.equal(client.connected, true, JSON.stringify(client));
      assert.ok(client.frames > 100, `${client.frames} pictures`);
      assert.ok(client.motion > 0.05, `motion of ${client.motion}`);
    }
    assert.equal(server.log().match(/device\.lost/g).length, 1);
  } finally {
    await server.stop();
  }
});
