// What sources are fed with: a picture and a tone that ffmpeg makes, sent wherever a test wants it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { startProgram } from './processes.mjs';
import { adminKey, call, eventually } from './server.mjs';

/** ffmpeg's arguments for a moving picture (H.264) and a tone (AAC), in real time, up to the output. */
export function picture({ size = '320x180', rate = 30, filter, extra = [] } = {}) {
  return [
    '-v', 'error', '-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`,
    '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    ...(filter ? ['-vf', filter] : []),
    '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', rate, '-b:v', '600k',
    '-c:a', 'aac', '-b:a', '96k', '-ac', '2', ...extra,
  ];
}

/** Starts ffmpeg with these arguments. */
export const send = (args) => startProgram('ffmpeg', args);

/** A live meeting with its sources. */
export async function startMeeting(server) {
  const made = await call(server, 'POST', '/v1/meetings', { body: { name: 'Sources', canvas: { width: 320, height: 180, fps: 15 } } });
  const { id } = made.body;
  if (made.body.state === 'scheduled') await call(server, 'POST', `/v1/meetings/${id}:start`);
  const base = `/v1/meetings/${id}/sources`;
  const get = async (source) => (await call(server, 'GET', `${base}/${source}`)).body;
  return {
    id,
    base,
    get,
    tryAdd: (spec, query = '') => call(server, 'POST', base + query, { body: spec }),
    async add(spec) {
      const reply = await call(server, 'POST', base, { body: spec });
      assert.equal(reply.status, 201, JSON.stringify(reply.body));
      return reply.body.id;
    },
    remove: (source) => call(server, 'DELETE', `${base}/${source}`),
    /** Polls a source until `accepts` says so. */
    async until(source, accepts, limitMs = 15000) {
      let last;
      return eventually(async () => {
        last = await get(source);
        return accepts(last) && last;
      }, limitMs).catch(() => assert.fail(`it did not come so far: ${JSON.stringify(last)}`));
    },
    untilState(source, state, limitMs) {
      return this.until(source, (each) => each.state === state, limitMs);
    },
    /** The mean luma of what the meeting shows, 0 to 255. */
    async brightness() {
      const reply = await fetch(`${server.url}/v1/meetings/${id}/views/main:snapshot`, { headers: { authorization: `Bearer ${adminKey}` } });
      assert.equal(reply.status, 200);
      const input = Buffer.from(await reply.arrayBuffer());
      const gray = execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-vf', 'scale=1:1:flags=area,format=gray', '-f', 'rawvideo', 'pipe:1'], { input });
      return gray[0];
    },
    end: () => call(server, 'DELETE', `/v1/meetings/${id}`),
  };
}

/** The source is live, has this size, its pictures advance and its sound is not silent. */
export async function assertSeenAndHeard(meeting, source, { width = 320, height = 180, sound = true } = {}) {
  const live = await meeting.untilState(source, 'live');
  const now = await meeting.until(source, (each) => each.frames_received >= live.frames_received + 15 && (!sound || each.level_dbov > -60));
  assert.deepEqual([now.width, now.height, now.last_error === null || typeof now.last_error === 'string'], [width, height, true]);
  return now;
}
