import { render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Api, tokenFromAddress } from './api';
import { Lobby, type Entry } from './lobby';
import { Session, type SessionState } from './session';
import { Stage } from './stage';

function App() {
  const api = useMemo(() => new Api(tokenFromAddress()), []);
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const [entry, setEntry] = useState<Entry | null>(null);
  const [session, setSession] = useState<Session | null>(null);
  const [state, setState] = useState<SessionState>('connecting');
  const current = useRef<Session | null>(null);
  current.current = session;

  const connect = async (next: Entry) => {
    const tracks = [next.camera, next.microphone].filter((track) => track !== null);
    const opened = await Session.open(api, {
      meeting: next.meeting.id, participant: next.name, tracks, receive: true, codec: query.get('codec'), onState: setState,
    });
    setEntry(next);
    setSession(opened);
  };
  const leave = () => {
    void session?.close();
    setSession(null);
    setEntry(null);
    setState('connecting');
  };

  useEffect(() => {
    const onUnload = () => current.current?.closeOnUnload();
    addEventListener('pagehide', onUnload);
    return () => removeEventListener('pagehide', onUnload);
  }, []);
  useEffect(() => {
    if (state === 'closed' && entry) leave();
  }, [state]);

  if (!entry || !session) return <Lobby api={api} wanted={query.get('meeting')} onJoin={connect} />;
  return <Stage api={api} entry={entry} session={session} state={state} onLeave={leave} />;
}

const root = document.getElementById('app');
if (root) render(<App />, root);
