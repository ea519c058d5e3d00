// How alike two films are.
import { execFileSync, spawnSync } from 'node:child_process';

/**
 * Mean structural similarity of `seconds` of two files, picture by picture at `fps`.
 * @param a, b  {file, from}: from which second on; a picture begins there
 */
export function similarity(a, b, seconds, fps = 30) {
  const half = 0.5 / fps;  // what a rounded timestamp may be off
  const part = ({ from }, index, name) =>
    `[${index}:v]trim=start=${(from - half).toFixed(6)}:duration=${seconds},setpts=PTS-STARTPTS,fps=${fps}:round=near[${name}]`;
  const filter = `${part(a, 0, 'a')};${part(b, 1, 'b')};[a][b]ssim`;
  const { stderr, status } = spawnSync('ffmpeg', ['-hide_banner', '-i', a.file, '-i', b.file, '-filter_complex', filter, '-f', 'null', '-'],
    { encoding: 'utf8', timeout: 120000, maxBuffer: 64 << 20 });
  const all = /SSIM .*All:([\d.]+)/.exec(stderr);
  if (status !== 0 || !all) throw new Error(`ffmpeg cannot compare: ${stderr.slice(-2000)}`);
  return Number(all[1]);
}

const kWidth = 64;
const kHeight = 36;

/** Every picture of a file, at `fps`, small and grey. */
function thumbnails(file, fps) {
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vf', `fps=${fps}:round=near,scale=${kWidth}:${kHeight}`, '-pix_fmt', 'gray',
    '-f', 'rawvideo', '-'], { maxBuffer: 512 << 20, timeout: 120000 });
  return Array.from({ length: raw.length / (kWidth * kHeight) }, (_, i) => raw.subarray(i * kWidth * kHeight, (i + 1) * kWidth * kHeight));
}

/**
 * How many seconds later b shows what a shows, of two films of the same that begin within three seconds of each other.
 * @param from  second of a from which on both show the same
 */
export function shiftBetween(a, b, from, fps = 30) {
  const [left, right] = [thumbnails(a, fps), thumbnails(b, fps)];
  const difference = (one, other) => one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0);
  let best = { shift: 0, sum: Infinity };
  for (let shift = -3 * fps; shift <= 3 * fps; shift += 1) {
    let sum = 0;
    for (let i = Math.round(from * fps); i < (from + 1.5) * fps; i += 1) {
      sum += left[i] && right[i + shift] ? difference(left[i], right[i + shift]) : 255 * kWidth * kHeight;
    }
    if (sum < best.sum) best = { shift, sum };
  }
  return best.shift / fps;
}
