// Before the call: how one looks and sounds, which devices, what name; and the one button.
import { el, setAttribute, setText } from '/console/dom.js';
import { linkOf, setKey } from './address.js';
import * as devices from './devices.js';
import { canEncrypt, makeKey } from './encryption.js';
import { icon, setIcon } from './icons.js';
import { deviceSelects } from './selects.js';
import { text } from './strings.js';

const remembered = 'join-name';

/** A camera, a microphone: on, off, or not there. */
function toggle(kind, on, off, none, flipped) {
  const drawn = icon(kind);
  const button = el('button.round', { type: 'button', click: flipped }, drawn);
  return {
    button,
    update(isThere, isOn) {
      setIcon(drawn, isOn ? kind : `${kind}Off`);
      const name = isThere ? text(isOn ? on : off) : text(none);
      setAttribute(button, 'aria-label', name);
      setAttribute(button, 'title', name);
      button.classList.toggle('off', !isOn);
      button.disabled = !isThere;
    },
  };
}

/** address: as the link says. meter: a LevelMeter. join(wish) is called by the button, and throws or returns what to tell the person: { field, sentence }. */
export function prejoin(address, meter, join) {
  const tracks = { microphone: null, camera: null };
  const wanted = { microphone: true, camera: true };
  let key = address.key;

  // --- how one looks and sounds
  const video = el('video', { autoplay: true, playsinline: true, 'aria-label': text('preview') });
  video.muted = true;
  const off = el('p.nothing', null, text('askingDevices'));
  const microphone = toggle('microphone', 'muteAria', 'unmuteAria', 'noMicrophone', () => flip('microphone'));
  const camera = toggle('camera', 'cameraOff', 'cameraOn', 'noCamera', () => flip('camera'));
  const level = el('meter', { min: 0, max: 1, 'aria-label': text('level') });
  const problem = el('p.problem', { role: 'status' });
  const selects = deviceSelects(reopen);

  function flip(kind) {
    wanted[kind] = !wanted[kind];
    show();
  }

  async function reopen(kind) {
    if (kind === 'speakers')
      return;
    tracks[kind]?.stop();
    try {
      tracks[kind] = await devices.open(kind);
      setText(problem, '');
    } catch (failure) {
      tracks[kind] = null;
      setText(problem, text(devices.failureOf(failure)));
    }
    show();
  }

  function show() {
    const seen = wanted.camera ? tracks.camera : null;
    if (video.srcObject?.getVideoTracks()[0] !== (seen ?? undefined))
      video.srcObject = seen && new MediaStream([seen]);
    video.hidden = !seen;
    off.hidden = !!seen;
    setText(off, text(tracks.camera ? 'previewOff' : 'previewNone'));
    meter.listen(wanted.microphone ? tracks.microphone : null);
    microphone.update(!!tracks.microphone, !!tracks.microphone && wanted.microphone);
    camera.update(!!tracks.camera, !!seen);
  }

  // --- who and where
  const room = el('input', { id: 'room', required: true, maxlength: 64, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'room-hint' });
  const name = el('input', { id: 'name', maxlength: 64, autocomplete: 'nickname', spellcheck: 'false', 'aria-describedby': 'name-hint sentence' });
  name.value = address.name || localStorage.getItem(remembered) || '';
  const password = el('input', { id: 'password', type: 'password', maxlength: 256, autocomplete: 'off', pattern: '\\S+', 'aria-describedby': 'sentence' });
  const passwordField = el('div.field', { hidden: true }, el('label', { for: 'password' }, text('passwordLabel')), password);
  const sentence = el('p.error', { id: 'sentence', role: 'alert' });
  const lobby = el('p.hint', { role: 'status' });
  const stop = el('button', { type: 'button', hidden: true }, text('stopWaiting'));
  const submit = el('button.primary.join', { type: 'submit' }, text('join'));

  // --- encryption
  const encryption = el('section.encryption', { 'aria-labelledby': 'encryption-heading' });
  const explained = el('p');
  const turn = el('button', {
    type: 'button', click() {
      key = key ? null : makeKey();
      setKey(key);
      showEncryption(key !== null);
    },
  });
  encryption.append(el('h2', { id: 'encryption-heading' }, icon('lock'), text('encryptionHeading')), explained, turn);

  function showEncryption(isNew) {
    const isUnable = key !== null && !canEncrypt();
    setText(explained, key === 'damaged' ? text('encryptionDamaged') : isUnable ? text('encryptionUnable')
      : key ? `${text('encryptionOn')}${isNew ? ` ${text('encryptionShare')}` : ''}` : text('encryptionOff'));
    setText(turn, text(key ? 'encryptionTurnOff' : 'encryptionTurnOn'));
    turn.hidden = !canEncrypt() && !key;
    encryption.classList.toggle('on', key !== null);
    submit.disabled = key === 'damaged' || isUnable;
  }

  async function submitted(event) {
    event.preventDefault();
    const where = address.room || room.value.trim();
    // People write names with spaces; here they have none.
    const who = name.value.trim().replace(/\s+/g, '-');
    if (!address.token)
      localStorage.setItem(remembered, name.value.trim());
    setText(sentence, '');
    submit.disabled = true;
    setText(submit, text('joining'));
    await ready;
    const refused = await join({
      room: where, host: address.host, name: who, token: address.token, password: password.value, invitation: address.invitation, key, link: linkOf(where, address.host, key), tracks: { ...tracks }, microphone: wanted.microphone, camera: wanted.camera,
    });
    if (!refused)
      return;
    setText(lobby, '');
    stop.hidden = true;
    passwordField.hidden &&= refused.field !== 'password';
    submit.disabled = false;
    setText(submit, text('join'));
    setText(sentence, refused.sentence);
    const field = refused.field === 'name' && !address.token ? name : refused.field === 'room' && !address.room ? room : refused.field === 'password' ? password : submit;
    field.focus();
    field.select?.();
  }

  const nameField = address.token
    ? el('p.hint', null, text('nameByToken'))
    : el('div.field', null, el('label', { for: 'name' }, text('nameLabel')), name, el('p.hint', { id: 'name-hint' }, text('nameHint')));
  const root = el('main.prejoin', null,
    el('div.card', null,
      el('h1', null, address.room ? text('joinHeading', { room: address.room }) : text('joinAnyHeading')),
      el('div.look', null,
        el('div.preview', null, video, off, el('div.toggles', null, microphone.button, camera.button)),
        el('div.level', null, icon('microphone'), level), problem),
      el('form.who', { submit: submitted },
        address.room ? null : el('div.field', null, el('label', { for: 'room' }, text('roomLabel')), room, el('p.hint', { id: 'room-hint' }, text('roomHint'))),
        nameField, passwordField, sentence, submit, lobby, stop, encryption),
      selects.root));

  const timer = setInterval(() => { level.value = meter.read(); }, 60);
  show();
  showEncryption(false);

  /** Joining waits for the answer about devices: who clicks at once is asked first, and then joins. */
  const ready = devices.openBoth().then(async opened => {
    Object.assign(tracks, { microphone: opened.microphone, camera: opened.camera });
    setText(problem, opened.failure ? text(opened.failure) : '');
    show();
    await selects.refresh();
  });
  setText(off, text('askingDevices'));

  return {
    root,
    /** Somebody has to let one in. stopWaiting() gives that up. */
    wait(stopWaiting) {
      setText(submit, text('waiting'));
      setText(lobby, text('waitingDetail'));
      stop.onclick = stopWaiting;
      stop.hidden = false;
      stop.focus();
    },
    focus: how => (address.room ? name.value || address.token ? submit : name : room).focus(how),
    dispose: () => clearInterval(timer),
  };
}
