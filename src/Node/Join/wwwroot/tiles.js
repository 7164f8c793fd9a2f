// One tile: a picture, or who it would be of; a name, a state, and a way to keep it large.
import { el, setAttribute, setText } from '/console/dom.js';
import { icon } from './icons.js';
import { text } from './strings.js';

const colours = 8;

/** The first letter of a name on a colour of its own. */
export function avatar(name) {
  const sum = [...name].reduce((all, c) => (all * 31 + c.codePointAt(0)) % 9973, 7);
  return el(`span.avatar.colour${sum % colours}`, { 'aria-hidden': 'true' }, [...name][0]?.toLocaleUpperCase() ?? '?');
}

/** tile: { key, member, isScreen, track, isOwn }. pin(key). */
export function createTile(tile, pin) {
  const video = el('video', { autoplay: true, playsinline: true, tabindex: '-1' });
  video.muted = true;
  const sign = icon('microphoneOff');
  const pinIcon = el('button.pin', { type: 'button', click: () => pin(tile.key) }, icon('pin'));
  const root = el('li.tile', null,
    video, tile.isScreen ? null : avatar(tile.member.name), el('p.locked', null, icon('lock'), el('span', null, text('tileLocked'))),
    el('p.label', null, sign, el('span.name'), el('span.unseen.state')), pinIcon);
  root.parts = { video, sign, pin: pinIcon, name: root.querySelector('.name'), state: root.querySelector('.state'), label: root.querySelector('.label') };
  for (const event of ['loadeddata', 'resize', 'emptied'])
    video.addEventListener(event, () => root.classList.toggle('seen', video.readyState >= 2));
  return root;
}

/** state: in words. */
export function updateTile(root, tile, { isPinned, isLarge, state }) {
  const { member, isScreen, isOwn, track } = tile;
  const { video, sign, pin, name, label } = root.parts;
  if ((video.srcObject?.getVideoTracks()[0] ?? null) !== track) {
    root.classList.remove('seen');
    video.srcObject = track && new MediaStream([track]);
  }
  const called = isScreen ? text(isOwn ? 'yourScreen' : 'screenOf', { name: member.name }) : isOwn ? text('nameYou', { name: member.name }) : member.name;
  setText(name, called);
  setText(root.parts.state, state.length ? `: ${state.join(', ')}` : '');
  setAttribute(video, 'aria-label', called);
  const isSilent = !isScreen && (member.muted || !member.microphone);
  sign.style.display = isSilent ? '' : 'none';
  const words = text(isPinned ? 'unpin' : 'pin', { name: called });
  setAttribute(pin, 'aria-label', words);
  setAttribute(pin, 'title', words);
  setAttribute(pin, 'aria-pressed', String(isPinned));
  root.classList.toggle('blank', !track);
  root.classList.toggle('screen', isScreen);
  root.classList.toggle('mirrored', isOwn && !isScreen);
  root.classList.toggle('speaking', !isScreen && !isSilent && member.speakingUntil > Date.now());
  root.classList.toggle('closed', member.isLocked);
  root.classList.toggle('large', isLarge);
  label.dataset.quality = member.isSelf || isScreen ? '' : member.quality ?? '';
}
