// One WebRTC connection to the server, signalled by WHIP (RFC 9725): it may send, receive, or both.

import type { Api } from './api';

export type SessionState = 'connecting' | 'connected' | 'interrupted' | 'closed';

export interface SessionOptions {
  meeting: string;
  participant: string;
  /** Tracks to send; an empty list only receives. */
  tracks: MediaStreamTrack[];
  /** Wants the composite and the mix back. */
  receive: boolean;
  /** What is sent is a shared screen, beside the camera. */
  slides?: boolean;
  /** Only this video codec is offered, for tests and for looking into trouble. */
  codec?: string | null;
  onState: (state: SessionState) => void;
}

export class Session {
  readonly incoming = new MediaStream();
  private readonly pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  private resource: string | null = null;

  private constructor(
    private readonly api: Api,
    private readonly options: SessionOptions,
  ) {
    this.pc.ontrack = (event) => {
      this.incoming.addTrack(event.track);
      // Speech wants the shortest buffer that holds; the server has already smoothed the network's jitter.
      if ('jitterBufferTarget' in event.receiver) event.receiver.jitterBufferTarget = 40;
    };
    this.pc.onconnectionstatechange = () => {
      const state = this.pc.connectionState;
      if (state === 'connected') options.onState('connected');
      if (state === 'disconnected') options.onState('interrupted');
      if (state === 'failed' || state === 'closed') options.onState('closed');
    };
  }

  static async open(api: Api, options: SessionOptions): Promise<Session> {
    const session = new Session(api, options);
    try {
      await session.connect();
    } catch (error) {
      session.pc.close();
      throw error;
    }
    return session;
  }

  /** Replaces what is sent without negotiating anew; null pauses. */
  async replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    const sender = this.pc.getTransceivers().find((each) => each.receiver.track.kind === kind)?.sender;
    if (!sender) return;
    await sender.replaceTrack(track);
    // Firefox goes on sending the last picture, once a second, until the encoding is inactive.
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.active = track !== null;
    await sender.setParameters(parameters);
  }

  async close(): Promise<void> {
    const resource = this.resource;
    this.resource = null;
    this.pc.close();
    if (resource) await this.api.request('DELETE', resource).catch(() => undefined);
  }

  /** Tells the server while the page goes away. */
  closeOnUnload(): void {
    if (this.resource) void this.api.request('DELETE', this.resource).catch(() => undefined);
    this.pc.close();
  }

  private async connect(): Promise<void> {
    this.addTransceivers();
    const offer = await this.pc.createOffer();
    await this.pc.setLocalDescription(offer);
    await this.gathered();
    const query = new URLSearchParams({ participant: this.options.participant });
    if (this.options.slides) query.set('content', 'slides');
    const response = await this.api.request(
      'POST',
      `/whip/${this.options.meeting}?${query}`,
      this.pc.localDescription?.sdp ?? '',
      'application/sdp',
    );
    this.resource = response.headers.get('Location');
    await this.pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  }

  private addTransceivers(): void {
    for (const kind of ['audio', 'video'] as const) {
      const track = this.options.tracks.find((each) => each.kind === kind);
      if (!this.options.receive && !track) continue;
      const direction = this.options.receive ? (this.options.tracks.length > 0 ? 'sendrecv' : 'recvonly') : 'sendonly';
      const transceiver = this.pc.addTransceiver(track ?? kind, { direction });
      if (kind === 'video') this.preferCodec(transceiver);
    }
  }

  private preferCodec(transceiver: RTCRtpTransceiver): void {
    const wanted = this.options.codec?.toLowerCase();
    if (!wanted) return;
    const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
    const kept = codecs.filter((codec) => codec.mimeType.toLowerCase() === `video/${wanted}`);
    if (kept.length > 0) transceiver.setCodecPreferences(kept);
  }

  /** All host candidates are known within a moment; nobody waits longer for a slow interface. */
  private gathered(): Promise<void> {
    if (this.pc.iceGatheringState === 'complete') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      this.pc.addEventListener('icegatheringstatechange', () => {
        if (this.pc.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
