// The part of the REST API that the console uses (docs/openapi.yaml).

export interface Meeting {
  id: string;
  name: string;
  state: 'scheduled' | 'live' | 'ended';
  participant_count: number;
}

export interface Participant {
  id: string;
  identity: string;
  name: string;
  role: string;
  state: 'joining' | 'connected' | 'reconnecting' | 'left';
  audio_muted: boolean;
  video_muted: boolean;
  pinned: boolean;
  spotlight: boolean;
  speaking: boolean;
  level_dbov: number;
  sources: string[];
}

export interface Source {
  id: string;
  name: string;
  kind: string;
  participant: string | null;
  screen: boolean;
  audio_muted: boolean;
  level_dbov: number;
}

export interface View {
  id: string;
  layout: { name: string; params: Record<string, unknown> };
}

export interface Output {
  id: string;
  kind: string;
  recording: string | null;
  state: string;
  bytes: number;
  duration_ms: number;
  last_error: string | null;
}

/** What the server answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** The token of the page's address (`#token=...`), which is never sent in a request line. */
export function tokenFromAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}

export class Api {
  constructor(private readonly token: string | null) {}

  async request(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
    const headers = new Headers();
    if (this.token) headers.set('Authorization', `Bearer ${this.token}`);
    if (type) headers.set('Content-Type', type);
    // A DELETE may be the page's last word: it goes out even while the page is closed.
    const response = await fetch(path, { method, headers, body: body ?? null, keepalive: method === 'DELETE' });
    if (response.ok) return response;
    const text = await response.text();
    let detail = text || response.statusText;
    let code = 'internal';
    try {
      const problem = JSON.parse(text) as { detail?: string; title?: string; code?: string };
      detail = problem.detail ?? problem.title ?? detail;
      code = problem.code ?? code;
    } catch {
      // Not a problem document: the text itself says what went wrong.
    }
    throw new Problem(response.status, code, detail);
  }

  private async json<T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> {
    const response = await this.request(method, path, body === undefined ? undefined : JSON.stringify(body), type);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  private async list<T>(path: string): Promise<T[]> {
    return (await this.json<{ items: T[] }>('GET', `${path}?limit=200`)).items;
  }

  meetings = () => this.list<Meeting>('/v1/meetings');
  meeting = (id: string) => this.json<Meeting>('GET', `/v1/meetings/${id}`);
  createMeeting = (name: string) => this.json<Meeting>('POST', '/v1/meetings', { name });
  participants = (meeting: string) => this.list<Participant>(`/v1/meetings/${meeting}/participants`);
  sources = (meeting: string) => this.list<Source>(`/v1/meetings/${meeting}/sources`);
  mainView = (meeting: string) => this.json<View>('GET', `/v1/meetings/${meeting}/views/main`);
  outputs = (meeting: string) => this.list<Output>(`/v1/meetings/${meeting}/outputs`);
  setLayout = (meeting: string, name: string) =>
    this.patch(`/v1/meetings/${meeting}/views/main`, { layout: { name, params: {} } });
  changeParticipant = (meeting: string, id: string, change: Partial<Participant>) =>
    this.patch(`/v1/meetings/${meeting}/participants/${id}`, change);
  removeParticipant = (meeting: string, id: string) =>
    this.json<void>('DELETE', `/v1/meetings/${meeting}/participants/${id}`);
  startRecording = (meeting: string) =>
    this.json<Output>('POST', `/v1/meetings/${meeting}/outputs`, { kind: 'recording' });
  stopOutput = (meeting: string, id: string) => this.json<void>('DELETE', `/v1/meetings/${meeting}/outputs/${id}`);

  private patch(path: string, change: unknown): Promise<unknown> {
    return this.json('PATCH', path, change, 'application/merge-patch+json');
  }
}
