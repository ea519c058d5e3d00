// One meeting of two test sources, 1280x720 at 30 fps, published over RTMP to nginx: with 1 and with 10 outputs of the same
// settings, which share one encode. By turns; CPU time of the server's threads, the median of the rounds counts.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRtmpServer } from '../support/rtmp_server.mjs';
import { startServer } from '../support/server.mjs';
import { ask, startMeeting } from '../support/streams.mjs';
import { threads } from '../support/threads.mjs';

const ROUNDS = 5;
const SETTLE_S = 3;
const MEASURE_S = 8;
const MANY = 10;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** CPU seconds per second of the server's threads: all of them, and by the beginnings of their names. */
async function measure(pid) {
  const before = threads(pid);
  const begin = process.hrtime.bigint();
  await sleep(MEASURE_S * 1000);
  const wall = Number(process.hrtime.bigint() - begin) / 1e9;
  const cost = { total: 0, encode: 0, outputs: 0 };
  for (const [id, { name, seconds }] of threads(pid)) {
    const spent = (seconds - (before.get(id)?.seconds ?? 0)) / wall;
    cost.total += spent;
    if (name.startsWith('video-encode') || name.startsWith('audio-encode')) cost.encode += spent;
    if (name.startsWith('live-output')) cost.outputs += spent;
  }
  return cost;
}

const rtmp = await startRtmpServer();
const server = await startServer({ env: { TESSERA_LOG_LEVEL: 'warning' } });
const rounds = { one: [], many: [] };
let encoders;
try {
  const meeting = await startMeeting(server, { canvas: { width: 1280, height: 720, fps: 30 } });
  let number = 0;
  const add = async () => {
    number += 1;
    const { id } = await meeting.add({ kind: 'rtmp', url: rtmp.url, stream_key: `bench${number}` });
    return id;
  };
  const first = await add();
  await meeting.until(first, 'live');
  for (let round = 0; round < ROUNDS; round += 1) {
    await sleep(SETTLE_S * 1000);
    rounds.one.push(await measure(server.pid));
    const more = [];
    while (more.length < MANY - 1) more.push(await add());
    for (const id of more) await meeting.until(id, 'live');
    await sleep(SETTLE_S * 1000);
    rounds.many.push(await measure(server.pid));
    const stats = await ask(server, 'GET', `/v1/meetings/${meeting.id}/stats`);
    encoders = stats.renditions.filter((each) => each.kind === 'video').length;
    for (const id of more) await meeting.remove(id);
  }
} finally {
  await server.stop();
  await rtmp.stop();
}

const of = (which, part) => median(rounds[which].map((each) => each[part]));
const perOutput = of('many', 'outputs') / MANY;
const result = {
  name: 'outputs-of-one-encode-720p30',
  one_cpu: of('one', 'total'), many_cpu: of('many', 'total'), many: MANY, video_encoders: encoders,
  encode_cpu: of('one', 'encode'), output_thread_cpu: perOutput, output_of_encode: perOutput / of('one', 'encode'),
  added_of_encode: median(rounds.many.map((each, i) => (each.total - rounds.one[i].total) / (MANY - 1))) / of('one', 'encode'),
};
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ cases: [result] }));
} else {
  const milliseconds = (seconds) => (seconds * 1000).toFixed(1).padStart(8);
  console.log(`${cpus()[0].model}, ${cpus().length} cores; 1280x720, 30 fps, H.264 and AAC over RTMP; CPU ms per second\n`);
  console.log(`meeting with 1 output                    ${milliseconds(result.one_cpu)}`);
  console.log(`meeting with ${MANY} outputs                  ${milliseconds(result.many_cpu)}`);
  console.log(`encode, picture and sound                ${milliseconds(result.encode_cpu)}`);
  console.log(`thread of one output                     ${milliseconds(result.output_thread_cpu)}  ${(result.output_of_encode * 100).toFixed(2)} % of the encode`);
  console.log(`a further output, by the difference      ${milliseconds(result.added_of_encode * result.encode_cpu)}  ${(result.added_of_encode * 100).toFixed(2)} % of the encode`);
  console.log(`video encoders                           ${String(encoders).padStart(8)}`);
}
