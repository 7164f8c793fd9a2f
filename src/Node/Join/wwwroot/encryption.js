// End-to-end encryption of what is sent: frames are sealed before they are cut into packets, with a key that is in the link's fragment, which browsers tell no server.

const keyBytes = 16;
const workerFile = '/join/-/encryption-worker.js';

export const canEncrypt = () => 'RTCRtpScriptTransform' in globalThis && crypto.subtle !== undefined;

/** A key as it stands in a link: base64url of 128 bits. */
export function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(keyBytes));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The text itself if it is a key, else null. */
export const decodeKey = text => /^[\w-]{22}$/.test(text) ? text : null;

const bytesOf = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));

let workerAddress = null;

/** Where addresses of scripts are of a type of their own, this is the one there is. A page may have its policy made once. */
function addressOfWorker() {
  return workerAddress ??= globalThis.trustedTypes?.createPolicy('worker', { createScriptURL: () => workerFile }).createScriptURL('') ?? workerFile;
}

/** Seals what is sent and opens what comes, in a worker. */
export class Encryption {
  /** text: a key, as in a link. opened(line, isOpen) is called about once a second for each line on which something comes. */
  static async create(text, opened) {
    const key = await crypto.subtle.importKey('raw', bytesOf(text), 'AES-GCM', false, ['encrypt', 'decrypt']);
    return new Encryption(key, new Worker(addressOfWorker(), { type: 'module' }), opened);
  }

  constructor(key, worker, opened) {
    this.key = key;
    this.worker = worker;
    worker.addEventListener('message', ({ data }) => opened(data.line, data.isOpen));
  }

  /** Of a transceiver that has just been made: not one frame leaves it open. */
  seal(transceiver, kind) {
    transceiver.sender.transform = new RTCRtpScriptTransform(this.worker, { does: 'seal', kind, key: this.key });
    // Which bytes must stay readable is a matter of the codec.
    if (kind === 'video')
      transceiver.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(c => /VP8|rtx/i.test(c.mimeType)));
  }

  /** line: a number by which opened() tells of it. */
  open(transceiver, kind, line) {
    transceiver.receiver.transform = new RTCRtpScriptTransform(this.worker, { does: 'open', kind, key: this.key, line });
  }

  close() {
    this.worker.terminate();
  }
}
