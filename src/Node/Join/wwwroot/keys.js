// Single keys for what the buttons do, a list of them, and a switch for people whose voice or hands press keys by accident (WCAG 2.1.4).
import { el } from '/console/dom.js';
import { text } from './strings.js';

const remembered = 'join-keys';

const all = [
  ['m', 'keysMicrophone'], ['v', 'keysCamera'], ['s', 'keysScreen'], ['c', 'keysChat'], ['p', 'keysPeople'], ['g', 'keysLayout'], ['?', 'keysHelp'], ['Escape', 'keysEscape'],
];
/** Only the letters are single keys; Escape always closes. */
const always = new Set(['Escape']);

const isOn = () => localStorage.getItem(remembered) !== 'off';

/** acts: { m() {}, ... }. Returns how to stop listening. */
export function listenForKeys(acts) {
  const pressed = event => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !acts[key] || document.querySelector('dialog[open]'))
      return;
    if (!always.has(key) && (!isOn() || event.target.closest?.('input, select, textarea')))
      return;
    event.preventDefault();
    acts[key]();
  };
  document.addEventListener('keydown', pressed);
  return () => document.removeEventListener('keydown', pressed);
}

/** A dialog that is made, shown, and gone when it is closed. */
export function openDialog(heading, ...content) {
  const close = el('button', { type: 'button', click: () => dialog.close() }, text('close'));
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-heading', close: () => dialog.remove() }, el('h2', { id: 'dialog-heading' }, heading), ...content, el('div.buttons', null, close));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function showKeys() {
  const box = el('input', { type: 'checkbox', id: 'keys-on', change: () => localStorage.setItem(remembered, box.checked ? 'on' : 'off') });
  box.checked = isOn();
  openDialog(text('keysHeading'),
    el('dl.keys', null, ...all.flatMap(([key, what]) => [el('dt', null, el('kbd', null, key === 'Escape' ? 'Esc' : key.toUpperCase())), el('dd', null, text(what))])),
    el('p.check', null, box, el('label', { for: box.id }, text('keysSwitch'))));
}
