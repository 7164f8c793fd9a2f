// Frames in, frames out: clear bytes | sealed | tag (16) | nonce (12). The first bytes stay as they are, and are vouched for: servers read there what is a keyframe.

const nonceBytes = 12, tagBytes = 16;
const reportEvery = 1000;

/** VP8 (RFC 7741): a keyframe's header has ten bytes, another's three. Opus: its first byte says how it is cut up. */
function clearBytes(kind, bytes) {
  if (kind === 'audio')
    return 1;
  return (bytes[0] & 1) === 0 ? 10 : 3;
}

async function seal({ kind, key }, frame, controller) {
  const bytes = new Uint8Array(frame.data);
  const clear = bytes.subarray(0, Math.min(clearBytes(kind, bytes), bytes.length));
  // Members share the key, so no counter is one member's own. 96 random bits do not meet again within the frames of any call.
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: clear }, key, bytes.subarray(clear.length));
  const out = new Uint8Array(clear.length + sealed.byteLength + nonceBytes);
  out.set(clear);
  out.set(new Uint8Array(sealed), clear.length);
  out.set(nonce, clear.length + sealed.byteLength);
  frame.data = out.buffer;
  controller.enqueue(frame);
}

async function open({ kind, key, line }, frame, controller) {
  const bytes = new Uint8Array(frame.data);
  if (bytes.length === 0)
    return;
  let isOpen = false;
  const clear = bytes.subarray(0, clearBytes(kind, bytes));
  if (bytes.length >= clear.length + tagBytes + nonceBytes) {
    try {
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: bytes.subarray(bytes.length - nonceBytes), additionalData: clear }, key, bytes.subarray(clear.length, bytes.length - nonceBytes));
      const out = new Uint8Array(clear.length + plain.byteLength);
      out.set(clear);
      out.set(new Uint8Array(plain), clear.length);
      frame.data = out.buffer;
      controller.enqueue(frame);
      isOpen = true;
    } catch {
      // Another key, or none: dropped, and told.
    }
  }
  report(line, isOpen);
}

const reported = new Map();

function report(line, isOpen) {
  const last = reported.get(line);
  const now = performance.now();
  if (last && last.isOpen === isOpen && now - last.at < reportEvery)
    return;
  reported.set(line, { isOpen, at: now });
  postMessage({ line, isOpen });
}

addEventListener('rtctransform', ({ transformer }) => {
  const { options } = transformer;
  const work = options.does === 'seal' ? seal : open;
  transformer.readable.pipeThrough(new TransformStream({ transform: (frame, controller) => work(options, frame, controller) })).pipeTo(transformer.writable);
});
