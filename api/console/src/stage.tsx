import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api, Output, Participant } from './api';
import { openCamera, openMicrophone, openScreen } from './devices';
import { usePoll } from './hooks';
import { CameraIcon, LayoutIcon, LeaveIcon, Mark, MicrophoneIcon, PeopleIcon, RecordIcon, ScreenIcon } from './icons';
import { LayoutPicker } from './layouts';
import type { Entry } from './lobby';
import { People } from './people';
import { Session, type SessionState } from './session';

interface StageProps {
  api: Api;
  entry: Entry;
  session: Session;
  state: SessionState;
  onLeave: () => void;
}

type Panel = 'people' | 'layout' | null;

export function Stage({ api, entry, session, state, onLeave }: StageProps) {
  const meeting = entry.meeting.id;
  const video = useRef<HTMLVideoElement>(null);
  const [panel, setPanel] = useState<Panel>('people');
  const [trouble, setTrouble] = useState('');
  const [participants, refreshPeople] = usePoll(() => api.participants(meeting), 1000, [] as Participant[]);
  const [layout, refreshLayout] = usePoll(async () => (await api.mainView(meeting)).layout.name, 2000, 'grid');
  const [outputs, refreshOutputs] = usePoll(() => api.outputs(meeting), 1000, [] as Output[]);
  const recording = outputs.find((each) => each.kind === 'recording' && each.state !== 'stopped');
  const camera = useTrack(entry.camera, openCamera, (track) => session.replaceTrack('video', track), setTrouble);
  const microphone = useTrack(entry.microphone, openMicrophone, (track) => session.replaceTrack('audio', track), setTrouble);
  const screen = useScreenShare(api, meeting, entry.name, setTrouble);
  const sends = entry.camera !== null || entry.microphone !== null;

  useEffect(() => {
    if (video.current) video.current.srcObject = session.incoming;
  }, [session]);

  const attempt = async (action: () => Promise<unknown>, then: () => void) => {
    setTrouble('');
    try {
      await action();
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
    then();
  };
  const toggle = (which: Panel) => setPanel(panel === which ? null : which);

  return (
    <div class={panel ? 'stage with-panel' : 'stage'}>
      <header class="bar">
        <Mark />
        <h1>{entry.meeting.name || 'Meeting'}</h1>
        {recording && <span class="badge live">REC {clock(recording.duration_ms)}</span>}
        {state !== 'connected' && <span class="badge">{state === 'interrupted' ? 'connection lost, trying again…' : 'connecting…'}</span>}
      </header>
      <section class="picture">
        <video id="composite" ref={video} autoplay playsInline />
        {trouble && <p class="trouble toast" role="alert">{trouble}</p>}
      </section>
      {panel && (
        <aside class="panel" aria-label={panel === 'people' ? 'Participants' : 'Layout'}>
          <h2>{panel === 'people' ? `In this meeting · ${participants.length}` : 'Layout for everyone'}</h2>
          {panel === 'people' ? (
            <People participants={participants} me={entry.name}
              onChange={(id, change) => void attempt(() => api.changeParticipant(meeting, id, change), refreshPeople)} />
          ) : (
            <LayoutPicker current={layout}
              onChoose={(name) => void attempt(() => api.setLayout(meeting, name), refreshLayout)} />
          )}
        </aside>
      )}
      <footer class="controls">
        {sends && (
          <>
            <Control id="microphone" title="Microphone" off={!microphone.on} onClick={microphone.toggle}>
              <MicrophoneIcon off={!microphone.on} />
            </Control>
            <Control id="camera" title="Camera" off={!camera.on} onClick={camera.toggle}>
              <CameraIcon off={!camera.on} />
            </Control>
            <Control id="screen" title={screen.on ? 'Stop sharing' : 'Share a screen'} active={screen.on} onClick={screen.toggle}>
              <ScreenIcon />
            </Control>
            <span class="gap" />
          </>
        )}
        <Control id="layout" title="Layout" active={panel === 'layout'} onClick={() => toggle('layout')}>
          <LayoutIcon />
        </Control>
        <Control id="people" title="Participants" active={panel === 'people'} onClick={() => toggle('people')}>
          <PeopleIcon />
        </Control>
        <Control id="record" title={recording ? 'Stop the recording' : 'Record'} hot={!!recording}
          onClick={() => void attempt(
            () => (recording ? api.stopOutput(meeting, recording.id) : api.startRecording(meeting)), refreshOutputs)}>
          <RecordIcon />
        </Control>
        <span class="gap" />
        <button id="leave" class="leave" onClick={onLeave}>
          <LeaveIcon /> Leave
        </button>
      </footer>
    </div>
  );
}

interface ControlProps {
  id: string;
  title: string;
  off?: boolean;
  active?: boolean;
  hot?: boolean;
  onClick: () => void;
  children: preact.ComponentChildren;
}

function Control(props: ControlProps) {
  const state = props.off ? ' off' : props.hot ? ' hot' : props.active ? ' active' : '';
  return (
    <button id={props.id} class={`round${state}`} title={props.title} aria-label={props.title}
      aria-pressed={!!(props.active || props.hot)} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

/** A track that is sent, and how to switch it off (the device too) and on again. */
function useTrack(initial: MediaStreamTrack | null, open: () => Promise<MediaStreamTrack>,
                  send: (track: MediaStreamTrack | null) => Promise<void>, onTrouble: (text: string) => void) {
  const track = useRef(initial);
  const [on, setOn] = useState(initial !== null);
  const toggle = async () => {
    try {
      track.current?.stop();
      track.current = on ? null : await open();
      await send(track.current);
      setOn(!on);
    } catch (error) {
      onTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => () => track.current?.stop(), []);
  return { on, toggle: () => void toggle() };
}

/** A shared screen: a second connection of the same participant. */
function useScreenShare(api: Api, meeting: string, participant: string, onTrouble: (text: string) => void) {
  const share = useRef<{ session: Session; tracks: MediaStreamTrack[] } | null>(null);
  const [on, setOn] = useState(false);
  const stop = () => {
    share.current?.tracks.forEach((track) => track.stop());
    void share.current?.session.close();
    share.current = null;
    setOn(false);
  };
  const start = async () => {
    try {
      const tracks = await openScreen();
      const session = await Session.open(api, {
        meeting, participant, tracks, receive: false, slides: true,
        onState: (state) => { if (state === 'closed') stop(); },
      });
      share.current = { session, tracks };
      tracks.find((track) => track.kind === 'video')?.addEventListener('ended', stop);
      setOn(true);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) {
        onTrouble(error instanceof Error ? error.message : String(error));
      }
    }
  };
  useEffect(() => stop, []);
  return { on, toggle: () => void (on ? stop() : start()) };
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}
