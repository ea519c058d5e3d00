// What ffprobe and ffmpeg say of a recording.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, startServer } from './server.mjs';

const run = (program, args, encoding = 'utf8') =>
  execFileSync(program, args, { encoding, maxBuffer: 256 << 20, timeout: 120000, stdio: ['ignore', 'pipe', 'pipe'] });

/** The media file of a recording in a server's data folder. */
export function recordingFile(dataDir, recording) {
  const folder = join(dataDir, 'recordings', recording);
  const name = readdirSync(folder).find((each) => each.endsWith('.mp4') || each.endsWith('.mkv'));
  if (!name) throw new Error(`no media file in ${folder}`);
  return join(folder, name);
}

/** Both streams as ffprobe sees them, with every frame counted. */
export function probe(file) {
  const answer = JSON.parse(run('ffprobe', ['-v', 'error', '-count_frames', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', file]));
  const of = (kind) => answer.streams.find((stream) => stream.codec_type === kind);
  return { video: of('video'), audio: of('audio'), format: answer.format, chapters: answer.chapters };
}

/** What ffmpeg complains of while it decodes everything; empty when it is content. */
export function decodeErrors(...files) {
  const maps = files.length > 1 ? files.flatMap((_, i) => ['-map', i]) : [];
  return run('ffmpeg', ['-v', 'error', '-xerror', ...files.flatMap((file) => ['-i', file]), ...maps.map(String), '-f', 'null', '-']).trim();
}

/**
 * Integrated loudness in LUFS and true peak in dBTP, as ffmpeg measures them. Opus is decoded by libopus: the decoder of
 * FFmpeg 5.1 itself makes peaks of +40 dB of some of its frames.
 */
export function loudnessOf(file) {
  const decoder = file.endsWith('.mkv') ? ['-c:a', 'libopus'] : [];
  const { stderr } = spawnSync('ffmpeg', ['-hide_banner', '-nostats', ...decoder, '-i', file, '-vn', '-af', 'ebur128=peak=true:framelog=verbose',
    '-f', 'null', '-'], { encoding: 'utf8', timeout: 120000 });
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const number = (pattern) => Number(pattern.exec(summary)?.[1]);
  return { integrated: number(/I:\s+(-?[\d.]+) LUFS/), truePeak: number(/Peak:\s+(-?[\d.]+) dBFS/) };
}

/** Mean amplitude of each tone in each channel of a file's sound: [left, right], each by the order of `hertz`. */
export function toneAmplitudes(file, hertz) {
  const raw = run('ffmpeg', ['-v', 'error', '-i', file, '-vn', '-ac', '2', '-ar', '48000', '-f', 'f32le', '-'], 'buffer');
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
  const length = 9600;
  const windows = Math.floor(samples.length / 2 / length);
  return [0, 1].map((channel) => hertz.map((each) => {
    let sum = 0;
    for (let window = 0; window < windows; window += 1) {
      let [real, imaginary] = [0, 0];
      for (let i = 0; i < length; i += 1) {
        const sample = samples[2 * (window * length + i) + channel] * (1 - Math.cos((2 * Math.PI * i) / length));  // Hann
        real += sample * Math.cos((2 * Math.PI * each * i) / 48000);
        imaginary += sample * Math.sin((2 * Math.PI * each * i) / 48000);
      }
      sum += (2 * Math.hypot(real, imaginary)) / length;
    }
    return sum / windows;
  }));
}

/** Times in seconds at which the picture turns white. */
export function flashTimes(file) {
  const filter = 'crop=iw/4:ih/4,signalstats,metadata=print:file=-:key=lavfi.signalstats.YAVG';
  const text = run('ffmpeg', ['-v', 'error', '-i', file, '-an', '-vf', filter, '-f', 'null', '-']);
  const times = [];
  let bright = true;
  let at = 0;
  for (const line of text.split('\n')) {
    const time = /pts_time:([\d.]+)/.exec(line);
    if (time) at = Number(time[1]);
    const luma = /YAVG=([\d.]+)/.exec(line);
    if (!luma) continue;
    const now = Number(luma[1]) > 150;
    if (now && !bright) times.push(at);
    bright = now;
  }
  return times;
}

/**
 * Times in seconds at which the middle of each tile of a picture turns white or dark again, by the order of `tiles`
 * ({x, y, width, height} in pixels; without any, of the whole picture).
 */
export function flashEdges(file, tiles) {
  const { width, height } = probe(file).video;
  // Of pictures, not of packets: those before the first keyframe's own are not decoded.
  const text = run('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', file]);
  const times = text.split('\n').map(Number.parseFloat).filter(Number.isFinite);
  const raw = run('ffmpeg', ['-v', 'error', '-i', file, '-an', '-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'], 'buffer');
  return (tiles ?? [{ x: 0, y: 0, width, height }]).map((tile) => {
    const middle = Math.round(tile.y + tile.height / 2) * width + Math.round(tile.x + tile.width / 2);
    const isBright = times.map((_, i) => raw[i * width * height + middle] > 150);
    return times.filter((_, i) => i > 0 && isBright[i] !== isBright[i - 1]);
  });
}

/** Times in seconds at which sound begins after silence. */
export function beepTimes(file) {
  // The container's timeline is kept: sound that begins late is preceded by silence.
  const raw = run('ffmpeg', ['-v', 'error', '-i', file, '-vn', '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', '48000',
    '-f', 'f32le', '-'], 'buffer');
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length >> 2);
  const times = [];
  let quietFor = 0;
  for (let i = 0; i < samples.length; i += 1) {
    if (Math.abs(samples[i]) > 0.05) {
      if (quietFor > 48000 * 0.2) times.push(i / 48000);
      quietFor = 0;
    } else {
      quietFor += 1;
    }
  }
  return times;
}

/**
 * Milliseconds from each flash to the beep that is nearest; those whose beep may lie outside the file are left out.
 * Positive: the beep comes later.
 */
export function nearestOffsets(flashes, beeps, seconds) {
  return flashes.filter((flash) => flash > 0.5 && flash < seconds - 0.5)
    .map((flash) => beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))[0] * 1000);
}

/** A live meeting with one source that flashes and beeps at every full second. @returns its path */
export async function flashingMeeting(server) {
  const meeting = await ask(server, 'POST', '/v1/meetings', { name: 'Sync' });
  const path = `/v1/meetings/${meeting.id}`;
  if (meeting.state === 'scheduled') await ask(server, 'POST', `${path}:start`);
  await ask(server, 'POST', `${path}/sources`, { kind: 'test', name: 'Flash', pattern: 'flash', audio: 'beep' });
  return path;
}

/** Runs `body(server, path of a flashing meeting)` with a server of these environment variables. */
export async function withFlashingMeeting(env, body, options = {}) {
  const server = await startServer({ open: true, env, ...options });
  try {
    await body(server, await flashingMeeting(server));
  } finally {
    await server.stop();
  }
}
