// How alike two films are.
import { spawnSync } from 'node:child_process';

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
