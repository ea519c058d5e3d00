import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api, Meeting } from './api';
import { listDevices, openCamera, openMicrophone, watchLevel, type Devices } from './devices';
import { usePoll, useStored } from './hooks';
import { CameraIcon, Mark, MicrophoneIcon } from './icons';

export interface Entry {
  meeting: Meeting;
  name: string;
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
}

interface LobbyProps {
  api: Api;
  /** From the page's address: the meeting a link leads to. */
  wanted: string | null;
  onJoin: (entry: Entry) => Promise<void>;
}

const NEW = '';

export function Lobby({ api, wanted, onJoin }: LobbyProps) {
  const [name, setName] = useStored('tessera.name', '');
  const [chosen, setChosen] = useState(wanted);
  const [title, setTitle] = useState('');
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  const [meetings] = usePoll(() => api.meetings(), 3000, [] as Meeting[]);
  const preview = usePreview(setTrouble);
  const open = meetings.filter((each) => each.state !== 'ended');
  const selected = chosen ?? open[0]?.id ?? NEW;

  const join = async (watchOnly: boolean) => {
    setBusy(true);
    setTrouble('');
    try {
      const meeting = selected === NEW ? await api.createMeeting(title.trim() || 'Meeting') : await api.meeting(selected);
      const tracks = watchOnly ? { camera: null, microphone: null } : preview.take();
      await onJoin({ meeting, name: name.trim(), ...tracks });
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="lobby">
      <header class="brand">
        <Mark />
        <span>Tessera</span>
      </header>
      <section class="preview" aria-label="Your camera">
        <video ref={preview.video} autoplay muted playsInline class={preview.camera ? '' : 'hidden'} />
        {!preview.camera && <p class="quiet">Your camera is off</p>}
        <div class="preview-bar">
          <button class={preview.microphone ? 'round' : 'round off'} onClick={preview.toggleMicrophone}
            aria-pressed={!!preview.microphone} title="Microphone">
            <MicrophoneIcon off={!preview.microphone} />
          </button>
          <button class={preview.camera ? 'round' : 'round off'} onClick={preview.toggleCamera}
            aria-pressed={!!preview.camera} title="Camera">
            <CameraIcon off={!preview.camera} />
          </button>
          <span class="meter" aria-hidden="true">
            <i style={{ width: `${Math.round(preview.level * 100)}%` }} />
          </span>
        </div>
      </section>
      <form class="card" onSubmit={(event) => { event.preventDefault(); void join(false); }}>
        <h1>Join a meeting</h1>
        <label>
          Your name
          <input id="name" value={name} required maxLength={64} autocomplete="name" placeholder="Ada Lovelace"
            onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          Meeting
          <select id="meeting" value={selected} onChange={(event) => setChosen(event.currentTarget.value)}>
            {open.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name || each.id}{each.participant_count > 0 ? ` · ${each.participant_count} present` : ''}
              </option>
            ))}
            {wanted && !open.some((each) => each.id === wanted) && <option value={wanted}>{wanted}</option>}
            <option value={NEW}>New meeting…</option>
          </select>
        </label>
        {selected === NEW && (
          <label>
            Title
            <input id="title" value={title} maxLength={128} placeholder="Weekly review"
              onInput={(event) => setTitle(event.currentTarget.value)} />
          </label>
        )}
        <Device label="Camera" devices={preview.devices.cameras} onChoose={preview.chooseCamera} />
        <Device label="Microphone" devices={preview.devices.microphones} onChoose={preview.chooseMicrophone} />
        {trouble && <p class="trouble" role="alert">{trouble}</p>}
        <div class="actions">
          <button id="join" class="primary" disabled={busy || !name.trim()}>{busy ? 'Joining…' : 'Join'}</button>
          <button id="watch" type="button" class="plain" disabled={busy || !name.trim()} onClick={() => void join(true)}>
            Only watch
          </button>
        </div>
      </form>
    </main>
  );
}

function Device(props: { label: string; devices: MediaDeviceInfo[]; onChoose: (id: string) => void }) {
  if (props.devices.length < 2) return null;
  return (
    <label>
      {props.label}
      <select onChange={(event) => props.onChoose(event.currentTarget.value)}>
        {props.devices.map((each) => <option key={each.deviceId} value={each.deviceId}>{each.label}</option>)}
      </select>
    </label>
  );
}

/** Camera and microphone before joining. `take` hands the tracks over; what is not taken is stopped on leaving. */
function usePreview(onTrouble: (text: string) => void) {
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<MediaStreamTrack | null>(null);
  const [microphone, setMicrophone] = useState<MediaStreamTrack | null>(null);
  const [devices, setDevices] = useState<Devices>({ cameras: [], microphones: [] });
  const [level, setLevel] = useState(0);
  const held = useRef<{ camera: MediaStreamTrack | null; microphone: MediaStreamTrack | null }>({ camera: null, microphone: null });
  held.current = { camera, microphone };

  const use = async (open: () => Promise<MediaStreamTrack>, old: MediaStreamTrack | null,
                     set: (track: MediaStreamTrack | null) => void, what: string) => {
    try {
      const track = await open();
      old?.stop();
      set(track);
      setDevices(await listDevices());
    } catch (error) {
      onTrouble(`${what}: ${error instanceof Error ? error.message : error}. You can join without it.`);
    }
  };
  const chooseCamera = (id?: string) => void use(() => openCamera(id), camera, setCamera, 'Camera');
  const chooseMicrophone = (id?: string) => void use(() => openMicrophone(id), microphone, setMicrophone, 'Microphone');

  useEffect(() => {
    chooseCamera();
    chooseMicrophone();
    return () => {
      held.current.camera?.stop();
      held.current.microphone?.stop();
    };
  }, []);
  useEffect(() => {
    if (video.current) video.current.srcObject = camera ? new MediaStream([camera]) : null;
  }, [camera]);
  useEffect(() => {
    setLevel(0);
    return microphone ? watchLevel(microphone, setLevel) : undefined;
  }, [microphone]);

  return {
    video, camera, microphone, devices, level, chooseCamera, chooseMicrophone,
    toggleCamera: () => {
      if (!camera) return chooseCamera();
      camera.stop();
      setCamera(null);
    },
    toggleMicrophone: () => {
      if (!microphone) return chooseMicrophone();
      microphone.stop();
      setMicrophone(null);
    },
    take: () => {
      const taken = { camera: held.current.camera?.clone() ?? null, microphone: held.current.microphone?.clone() ?? null };
      return taken;
    },
  };
}
