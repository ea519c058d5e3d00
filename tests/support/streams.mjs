// A meeting to stream, and what a receiver sees of the stream.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './processes.mjs';
import { probe } from './recording.mjs';
import { call, eventually } from './server.mjs';

/** A call that must succeed. @returns the body */
export async function ask(server, method, path, body) {
  const reply = await call(server, method, path, { body });
  assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** A live meeting with one source that moves and sounds. */
export async function startMeeting(server, { canvas = { width: 640, height: 360, fps: 30 } } = {}) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Stream', canvas });
  if (meeting.state === 'scheduled') await ask(server, 'POST', `/v1/meetings/${meeting.id}:start`);
  await ask(server, 'POST', `/v1/meetings/${meeting.id}/sources`, { kind: 'test', name: 'Stream', audio: 'tone' });
  const base = `/v1/meetings/${meeting.id}/outputs`;
  return {
    id: meeting.id,
    add: (spec) => ask(server, 'POST', base, spec),
    output: (id) => ask(server, 'GET', `${base}/${id}`),
    remove: (id) => ask(server, 'DELETE', `${base}/${id}`),
    end: () => ask(server, 'POST', `/v1/meetings/${meeting.id}:end`),
    /** Polls an output until it is in this state. */
    async until(id, state, limitMs = 15000) {
      let last;
      return eventually(async () => {
        last = await ask(server, 'GET', `${base}/${id}`);
        return last.state === state && last;
      }, limitMs).catch(() => assert.fail(`the output did not become ${state}: ${JSON.stringify(last)}`));
    },
  };
}

/** When each picture of a file is shown, in seconds. */
async function pictureTimes(file) {
  const text = await runProgram('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file]);
  return text.split('\n').map(Number.parseFloat).filter(Number.isFinite).sort((a, b) => a - b);
}

/** What ffprobe says of a file that was received. */
export const inspect = async (file) => ({ ...probe(file), times: await pictureTimes(file) });

/**
 * Receives some seconds of a stream with ffmpeg, as it is, and has ffprobe count what came.
 *
 * @param input  ffmpeg's arguments up to the URL
 */
export async function receive(input, { seconds = 3, limitMs = 30000 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-receive-'));
  const file = join(folder, 'received.mkv');
  try {
    await runProgram('ffmpeg', ['-v', 'error', ...input, '-t', seconds, '-c', 'copy', '-y', file], limitMs);
    return await inspect(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until a receiver has written so much. */
export const fileGrows = (file, bytes, limitMs = 20000) =>
  eventually(() => stat(file).then(({ size }) => size >= bytes, () => false), limitMs);

/** The stream has the meeting's picture and sound, and both advance at their rate. */
export function assertStream({ video, audio, times }, { seconds = 3, width = 640, height = 360 } = {}) {
  assert.deepEqual([video?.codec_name, video?.width, video?.height], ['h264', width, height]);
  assert.deepEqual([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '48000', 2]);
  // Who joins within a group of pictures, of two seconds, sees the first at its end.
  const span = times.at(-1) - times[0];
  assert.ok(span > seconds - 2.6 && times.length > span * 15, `${times.length} pictures in ${span} of ${seconds} s`);
  const sounds = Number(audio.nb_read_frames);
  assert.ok(sounds > seconds * (48000 / 1024) * 0.5, `${sounds} blocks of sound in ${seconds} s`);
}

/** Besides, no picture is missing for long. */
export function assertSteady(stream, options) {
  assertStream(stream, options);
  const gaps = stream.times.slice(1).map((time, i) => time - stream.times[i]);
  assert.ok(Math.max(...gaps) < 0.5, `a gap of ${Math.max(...gaps).toFixed(2)} s`);
}
