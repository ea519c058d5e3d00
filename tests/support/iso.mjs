// What an isolated recording holds, packet by packet.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, eventually } from './server.mjs';

/** Every packet of a file's one track: {pts, md5, key}. */
export function packets(file, stream = '0') {
  const answer = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-select_streams', stream, '-show_packets', '-show_data_hash', 'md5',
    '-show_entries', 'packet=pts_time,data_hash,flags', '-of', 'json', file], { encoding: 'utf8', maxBuffer: 64 << 20 }));
  return answer.packets.map(({ pts_time: pts, data_hash: md5, flags }) => ({ pts: Number(pts), md5, key: flags.startsWith('K') }));
}

/** Types of NAL units that hold coded pictures. @source ITU-T H.264 table 7-1, H.265 table 7-1 */
const kPictureUnits = { h264: '1-5', hevc: '0-31' };

/**
 * Digests of a file's coded pictures, packet by packet: without parameter sets and delimiters, which containers keep
 * elsewhere, and with start codes, for which containers have lengths.
 */
export function codedPictures(file, codec) {
  const filters = `${codec}_mp4toannexb,filter_units=pass_types=${kPictureUnits[codec]}`;
  return execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-c', 'copy', '-bsf:v', filters, '-f', 'framemd5', '-'],
    { encoding: 'utf8', maxBuffer: 16 << 20 }).split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(',').pop().trim());
}

/** Ends an isolated recording. @returns it once it is finished */
export async function finished(server, meeting, output) {
  await ask(server, 'DELETE', `${meeting}/outputs/${output.id}`);
  return eventually(async () => {
    const recording = await ask(server, 'GET', `/v1/recordings/${output.recording}`);
    return recording.state !== 'finalizing' && recording;
  }, 30000);
}

/** The folder of a recording, its manifest, and the files of one source: of(source, 'video' | 'audio'). */
export async function open(server, recording) {
  const folder = join(server.dataDir, 'recordings', recording);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json')));
  const of = (source, kind) => manifest.files.filter((file) => file.source === source && file[kind]).map((file) => ({ ...file, path: join(folder, file.name) }));
  return { folder, manifest, of };
}
