// Pushes an FLV file over RTMP in real time, tag by tag as it is: also what the ffmpeg and OBS here cannot push yet.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const HANDSHAKE_BYTES = 1536;
const CHUNK_BYTES = 4096;
const COMMAND = 20;
const SET_CHUNK_SIZE = 1;

const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([2, bytes.length >> 8, bytes.length & 255]), bytes]);
};
const number = (value) => {
  const bytes = Buffer.alloc(9);
  bytes.writeDoubleBE(value, 1);
  return bytes;
};
const none = Buffer.from([5]);
const object = (rows) => Buffer.concat([
  Buffer.from([3]),
  ...Object.entries(rows).flatMap(([key, value]) => [text(key).subarray(1), text(value)]),
  Buffer.from([0, 0, 9]),
]);

/** A message, in chunks of at most `chunkBytes`. */
function message(type, body, { chunkStream = 3, stream = 0, timestamp = 0, chunkBytes = 128 } = {}) {
  const header = Buffer.alloc(12);
  header[0] = chunkStream;
  header.writeUIntBE(timestamp, 1, 3);
  header.writeUIntBE(body.length, 4, 3);
  header[7] = type;
  header.writeUInt32LE(stream, 8);
  const pieces = [header];
  for (let i = 0; i < body.length; i += chunkBytes) {
    if (i > 0) pieces.push(Buffer.from([0xc0 | chunkStream]));
    pieces.push(body.subarray(i, i + chunkBytes));
  }
  return Buffer.concat(pieces);
}

/** @returns [{type, timestamp, body}] */
export function readFlv(file) {
  const bytes = readFileSync(file);
  const tags = [];
  for (let i = 13; i + 11 <= bytes.length;) {
    const size = bytes.readUIntBE(i + 1, 3);
    tags.push({ type: bytes[i], timestamp: bytes.readUIntBE(i + 4, 3), body: bytes.subarray(i + 11, i + 11 + size) });
    i += 11 + size + 4;
  }
  return tags;
}

/**
 * Pushes the picture and the sound of these tags, again and again.
 *
 * @param key  published without waiting for answers: what is sent before the server has agreed waits in the socket
 * @returns {answers(), closed, stop()}: what the server said, as text; a promise of its end
 */
export function pushFlv(port, application, key, tags) {
  const socket = connect(port, '127.0.0.1');
  let said = Buffer.alloc(0);
  let timer;
  socket.on('data', (bytes) => { said = Buffer.concat([said, bytes]); });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve)).then(() => clearTimeout(timer));
  const chunkSize = Buffer.alloc(4);
  chunkSize.writeUInt32BE(CHUNK_BYTES);
  socket.write(Buffer.concat([
    Buffer.from([3]), Buffer.alloc(2 * HANDSHAKE_BYTES),
    message(COMMAND, Buffer.concat([text('connect'), number(1), object({ app: application })])),
    message(COMMAND, Buffer.concat([text('createStream'), number(2), none])),
    message(COMMAND, Buffer.concat([text('publish'), number(3), none, text(key), text('live')]), { stream: 1 }),
    message(SET_CHUNK_SIZE, chunkSize, { chunkStream: 2 }),
  ]));
  const media = tags.filter(({ type }) => type === 8 || type === 9);
  const round = media.at(-1).timestamp + 33;
  const begin = performance.now();
  let sent = 0;
  const sendDue = () => {
    for (;;) {
      const tag = media[sent % media.length];
      const timestamp = tag.timestamp + Math.floor(sent / media.length) * round;
      if (timestamp > performance.now() - begin) break;
      sent += 1;
      socket.write(message(tag.type, tag.body, { chunkStream: tag.type === 9 ? 6 : 4, stream: 1, timestamp, chunkBytes: CHUNK_BYTES }));
    }
    timer = setTimeout(sendDue, 10);
  };
  sendDue();
  return {
    answers: () => said.toString('latin1'),
    closed,
    stop() {
      socket.destroy();
      return closed;
    },
  };
}
