// After the call: how it ended, and the way back.
import { el } from '/console/dom.js';
import { text } from './strings.js';

const details = { endPutOut: 'endPutOutDetail', endExpired: 'endExpiredDetail' };
/** What would only be refused again is not offered. */
const isOver = new Set(['endPutOut', 'endExpired', 'endRemoved', 'endPassword']);

/** ending: { key, why }. again() goes back to before the call. */
export function ending({ key, why }, name, again) {
  const button = el('button.primary', { type: 'button', click: again }, text('joinAgain'));
  const root = el('main.prejoin', null, el('div.card.ending', null,
    el('h1', { tabindex: '-1' }, text(key, { why, name })),
    details[key] ? el('p.hint', null, text(details[key])) : null,
    isOver.has(key) ? null : button));
  return { root, focus: how => root.querySelector('h1').focus(how), dispose() {} };
}
