import type { Participant } from './api';
import { MicrophoneIcon, PinIcon } from './icons';

interface PeopleProps {
  participants: Participant[];
  me: string;
  onChange: (id: string, change: Partial<Participant>) => void;
}

/** Width of the level bar: -60 dBov is empty, 0 is full. */
const levelPercent = (dbov: number) => Math.max(0, Math.min(100, (dbov + 60) / 0.6));

export function People({ participants, me, onChange }: PeopleProps) {
  if (participants.length === 0) return <p class="quiet">Nobody has joined yet.</p>;
  return (
    <ul class="people">
      {participants.map((person) => (
        <li key={person.id} class={person.speaking ? 'person speaking' : 'person'} data-participant={person.name}>
          <div class="who">
            <span class="name">
              {person.name}
              {person.identity === me && <em> you</em>}
            </span>
            <span class="quiet">{describe(person)}</span>
            <span class="level" aria-hidden="true">
              <i style={{ width: `${person.audio_muted ? 0 : levelPercent(person.level_dbov)}%` }} />
            </span>
          </div>
          <button
            class={person.pinned ? 'small on' : 'small'}
            aria-pressed={person.pinned}
            title={person.pinned ? 'Unpin' : 'Pin to the large tile'}
            onClick={() => onChange(person.id, { pinned: !person.pinned })}
          >
            <PinIcon />
          </button>
          <button
            class={person.audio_muted ? 'small warn' : 'small'}
            aria-pressed={person.audio_muted}
            title={person.audio_muted ? 'Unmute for everyone' : 'Mute for everyone'}
            onClick={() => onChange(person.id, { audio_muted: !person.audio_muted })}
          >
            <MicrophoneIcon off={person.audio_muted} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function describe(person: Participant): string {
  if (person.state === 'reconnecting') return 'reconnecting…';
  if (person.state === 'joining') return 'joining…';
  if (person.sources.length === 0) return 'watching';
  return person.speaking ? 'speaking' : person.role;
}
