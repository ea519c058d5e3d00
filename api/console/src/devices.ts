// Camera, microphone and screen of this computer.

export interface Devices {
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
}

const CAMERA: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** Browsers clean speech, which ruins music: `?sound=original` leaves the microphone as it is. */
const clean = new URLSearchParams(location.search).get('sound') !== 'original';
const MICROPHONE: MediaTrackConstraints = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean };

export async function openCamera(deviceId?: string): Promise<MediaStreamTrack> {
  const video = deviceId ? { ...CAMERA, deviceId: { exact: deviceId } } : CAMERA;
  return firstTrack(await navigator.mediaDevices.getUserMedia({ video }));
}

export async function openMicrophone(deviceId?: string): Promise<MediaStreamTrack> {
  const audio = deviceId ? { ...MICROPHONE, deviceId: { exact: deviceId } } : MICROPHONE;
  return firstTrack(await navigator.mediaDevices.getUserMedia({ audio }));
}

export async function openScreen(): Promise<MediaStreamTrack[]> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio: true,
  });
  const [video] = stream.getVideoTracks();
  if (video) video.contentHint = 'detail';
  return stream.getTracks();
}

/** Devices have names only after a permission was given. */
export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return {
    cameras: all.filter((each) => each.kind === 'videoinput' && each.deviceId),
    microphones: all.filter((each) => each.kind === 'audioinput' && each.deviceId),
  };
}

/** Calls back with the microphone's level, 0 to 1, ten times a second; returns how to stop. */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const dbfs = 10 * Math.log10(power + 1e-12);
    onLevel(Math.max(0, Math.min(1, (dbfs + 60) / 60)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getTracks();
  if (!track) throw new Error('the device gave no track');
  return track;
}
