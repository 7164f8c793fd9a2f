// Cameras, microphones and loudspeakers: opening, choosing, and how loud one is.

const pictureWanted = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const soundWanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const remembered = 'join-devices';
const chosen = { microphone: '', camera: '', speakers: '', ...JSON.parse(localStorage.getItem(remembered) ?? '{}') };

export const choice = kind => chosen[kind];

export function choose(kind, id) {
  chosen[kind] = id;
  localStorage.setItem(remembered, JSON.stringify(chosen));
}

export const canCapture = () => navigator.mediaDevices?.getUserMedia !== undefined;
export const canShare = () => navigator.mediaDevices?.getDisplayMedia !== undefined;
export const canChooseSpeakers = () => 'setSinkId' in HTMLMediaElement.prototype;

const constraints = {
  microphone: () => ({ audio: { ...soundWanted, ...(chosen.microphone && { deviceId: { ideal: chosen.microphone } }) } }),
  camera: () => ({ video: { ...pictureWanted, ...(chosen.camera && { deviceId: { ideal: chosen.camera } }) } }),
};

/** A track of 'microphone' or 'camera'. Throws what the browser throws. */
export async function open(kind) {
  const [track] = (await navigator.mediaDevices.getUserMedia(constraints[kind]())).getTracks();
  track.contentHint = kind === 'camera' ? 'motion' : 'speech';
  return track;
}

/** Both in one question to the person; where that fails, each for itself. { microphone, camera, failure }: null for what there is none of. */
export async function openBoth() {
  if (!canCapture())
    return { microphone: null, camera: null, failure: 'devicesInsecure' };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ ...constraints.microphone(), ...constraints.camera() });
    return { microphone: stream.getAudioTracks()[0], camera: stream.getVideoTracks()[0], failure: null };
  } catch (denied) {
    if (denied.name === 'NotAllowedError')
      return { microphone: null, camera: null, failure: 'devicesDenied' };
  }
  const [microphone, camera] = await Promise.allSettled([open('microphone'), open('camera')]);
  const failed = [microphone, camera].find(r => r.status === 'rejected');
  return { microphone: microphone.value ?? null, camera: camera.value ?? null, failure: failed ? failureOf(failed.reason) : null };
}

/** The name of the sentence that says why a device cannot be had. */
export function failureOf(error) {
  return { NotAllowedError: 'devicesDenied', NotReadableError: 'devicesBusy', AbortError: 'devicesBusy' }[error.name] ?? 'devicesMissing';
}

/** { microphone: [{ id, label }], camera: [...], speakers: [...] }: labels are empty until the person has allowed one. */
export async function list() {
  const found = { microphone: [], camera: [], speakers: [] };
  const kinds = { audioinput: 'microphone', videoinput: 'camera', audiooutput: 'speakers' };
  for (const device of await navigator.mediaDevices?.enumerateDevices() ?? []) {
    if (device.deviceId)
      found[kinds[device.kind]].push({ id: device.deviceId, label: device.label });
  }
  return found;
}

export const whenChanged = changed => navigator.mediaDevices?.addEventListener('devicechange', changed);

/** A screen, a window or a tab; null where the person thinks better of it. */
export async function openScreen() {
  try {
    const [track] = (await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })).getVideoTracks();
    track.contentHint = 'detail';
    return track;
  } catch (refused) {
    if (refused.name === 'NotAllowedError' || refused.name === 'AbortError')
      return null;
    throw refused;
  }
}

/** How loud a microphone is. */
export class LevelMeter {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();
  #samples = new Float32Array(1024);
  #source = null;

  constructor() {
    this.#analyser.fftSize = this.#samples.length;
  }

  listen(track) {
    this.#source?.disconnect();
    this.#source = track && this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source?.connect(this.#analyser);
    // Browsers let no sound system start before the page may use a microphone, or somebody has touched it.
    this.#context.resume();
  }

  /** 0 for silence to 1, by ear: what is 60 dB below the loudest is nothing. */
  read() {
    if (!this.#source)
      return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, s) => sum + s * s, 0) / this.#samples.length;
    return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-12) / 6));
  }
}
