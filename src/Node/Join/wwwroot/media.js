// One RTCPeerConnection for everything: what this browser sends, and pairs of lines on which it is sent whoever sits there. The page always offers.

/** Pairs of sound and picture that are offered first; when they are too few, as many again. */
const firstPairs = 8, mostPairs = 32;
/** A browser that was connected and is not again for so long will not be. */
const lostAfter = 12_000;

/** Best last. Each takes about so many bit/s at most, of a picture of 1280 x 720. */
const layers = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 20 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const screenEncodings = [{ maxBitrate: 2_500_000, maxFramerate: 15 }];
const speechBitrate = 40_000;

/** The node refused the offer: status and its sentence. */
export class NotAgreed extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Media {
  #connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
  #encryption;
  #microphone;
  #camera;
  #screen = null;
  #pairs = 0;
  #address = null;
  /** One offer at a time, in the order they were wanted. */
  #negotiating = Promise.resolve();
  #stopWatching = () => {};
  /** At least once. */
  wasConnected = false;

  /** tracks: { microphone, camera }, each may be null. encryption: or null. lost(): what was connected is not any more. */
  constructor(tracks, encryption, lost) {
    this.#encryption = encryption;
    this.#microphone = this.#send('audio', tracks.microphone, [{ maxBitrate: speechBitrate }]);
    this.#camera = this.#send('video', tracks.camera, layers);
    this.#addPairs(firstPairs);
    this.#watch(lost);
  }

  get #sending() {
    return { direction: 'sendonly', streams: [] };
  }

  #send(kind, track, sendEncodings) {
    const transceiver = this.#connection.addTransceiver(track ?? kind, { ...this.#sending, sendEncodings });
    this.#encryption?.seal(transceiver, kind);
    return transceiver;
  }

  #addPairs(count) {
    for (let i = 0; i < count; i++) {
      for (const kind of ['audio', 'video']) {
        const transceiver = this.#connection.addTransceiver(kind, { direction: 'recvonly' });
        this.#encryption?.open(transceiver, kind, this.#connection.getTransceivers().length - 1);
      }
    }
    this.#pairs += count;
  }

  #watch(lost) {
    const connection = this.#connection;
    let timer = null;
    connection.addEventListener('connectionstatechange', () => {
      clearTimeout(timer);
      this.wasConnected ||= connection.connectionState === 'connected';
      if (connection.connectionState === 'failed')
        lost();
      else if (connection.connectionState === 'disconnected')
        timer = setTimeout(lost, lostAfter);
    });
    this.#stopWatching = () => clearTimeout(timer);
  }

  /** Makes the first offer, while whom it goes to is still being asked. */
  prepare() {
    this.#negotiating = this.#connection.setLocalDescription().catch(() => {});
  }

  /** The first offer, to the node at origin, for the session of this token. Throws NotAgreed. */
  start(origin, token) {
    this.#address = `${origin}/qcvc/${token}`;
    return this.#negotiate('POST');
  }

  #negotiate(method) {
    const next = this.#negotiating.then(() => this.#exchange(method));
    this.#negotiating = next.catch(() => {});
    return next;
  }

  async #exchange(method) {
    const connection = this.#connection;
    // One that has been prepared, or was refused for the moment, still holds.
    if (method !== 'POST' || connection.signalingState === 'stable')
      await connection.setLocalDescription();
    const response = await fetch(this.#address, {
      method, headers: { 'Content-Type': 'application/sdp' }, body: connection.localDescription.sdp, cache: 'no-store',
    });
    const said = await response.text();
    if (!response.ok)
      throw new NotAgreed(response.status, sentenceOf(said) || response.statusText);
    if (connection.signalingState === 'have-local-offer')
      await connection.setRemoteDescription({ type: 'answer', sdp: said });
  }

  /** Some are not shown for want of lines. */
  async grow() {
    if (this.#pairs >= mostPairs)
      return;
    this.#addPairs(Math.min(this.#pairs, mostPairs - this.#pairs));
    await this.#negotiate('PUT');
  }

  #transceiver(mid) {
    return this.#connection.getTransceivers().find(t => t.mid === mid);
  }

  /** What comes on a line, to be shown or heard. */
  track(mid) {
    return this.#transceiver(mid)?.receiver.track ?? null;
  }

  /** The mid of the line that encryption knows by this number. */
  midOf(line) {
    return this.#connection.getTransceivers()[line]?.mid ?? null;
  }

  /** How loud it is on a line just now, 0 to 1. */
  level(mid) {
    return this.#transceiver(mid)?.receiver.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  setMicrophone(track) {
    return this.#microphone.sender.replaceTrack(track);
  }

  setCamera(track) {
    return this.#camera.sender.replaceTrack(track);
  }

  async share(track) {
    if (this.#screen) {
      await this.#screen.sender.replaceTrack(track);
      this.#screen.direction = 'sendonly';
    } else {
      this.#screen = this.#send('video', track, screenEncodings);
    }
    await this.#negotiate('PUT');
  }

  async unshare() {
    if (!this.#screen)
      return;
    await this.#screen.sender.replaceTrack(null);
    this.#screen.direction = 'inactive';
    await this.#negotiate('PUT');
  }

  /** By mid: { lost, expected, frozen, frames } of what has come so far, in packets, seconds and frames. */
  async received() {
    const figures = new Map();
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type === 'inbound-rtp')
        figures.set(report.mid, {
          lost: report.packetsLost, expected: report.packetsLost + report.packetsReceived, frozen: report.totalFreezesDuration ?? 0, frames: report.framesReceived ?? 0,
        });
    }
    return figures;
  }

  /** keepalive: the page is going, and the node is to hear of it all the same. */
  close(keepalive = false) {
    this.#stopWatching();
    this.#connection.close();
    if (this.#address)
      fetch(this.#address, { method: 'DELETE', keepalive }).catch(() => {});
  }
}

/** Of problem+json. */
function sentenceOf(body) {
  try {
    const problem = JSON.parse(body);
    return problem.detail ?? problem.title;
  } catch {
    return '';
  }
}
