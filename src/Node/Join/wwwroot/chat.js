// What was said while one was here, and a line to say something.
import { el, keyed } from '/console/dom.js';
import { icon } from './icons.js';
import { text } from './strings.js';

/** A QCVC line has 1,024 bytes; SEND chat takes a few. */
const longest = 1000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const bytes = new TextEncoder();

/** Addresses become links; all else is text. */
function words(said) {
  return said.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/).map((part, i) =>
    i % 2 ? el('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part) : part);
}

function entry(said) {
  if (said.kind === 'note')
    return el('li.note', null, el('time', null, clock.format(said.at)), ' ', said.text);
  return el('li', { class: said.isOwn ? 'own' : '' },
    el('p.by', null, el('b', null, said.isOwn ? text('nameYou', { name: said.who }) : said.who), ' ', el('time', null, clock.format(said.at))),
    el('p.words', null, ...words(said.text)));
}

/** say(words). */
export function chatView(say) {
  const empty = el('p.hint.empty', null, text('chatEmpty'));
  const log = el('ul.log', { role: 'log', 'aria-label': text('chat'), tabindex: '0' });
  const input = el('input', { id: 'say', autocomplete: 'off', maxlength: longest, 'aria-label': text('chatLabel'), placeholder: text('chatPlaceholder') });
  const error = el('p.error', { role: 'alert' });
  const form = el('form.say', {
    submit(event) {
      event.preventDefault();
      const said = input.value.trim();
      error.textContent = bytes.encode(said).length > longest ? text('chatTooLong') : '';
      if (!said || error.textContent)
        return;
      say(said);
      input.value = '';
    },
  }, input, el('button.primary.square', { type: 'submit', 'aria-label': text('chatSend'), title: text('chatSend') }, icon('send')));
  const root = el('div.chat', null, empty, log, error, form);
  let shown = 0;
  return {
    root,
    focus: () => input.focus(),
    update({ chat }) {
      if (chat.length === shown)
        return;
      shown = chat.length;
      empty.hidden = chat.length > 0;
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
      keyed(log, chat, said => said, entry, () => {});
      if (isAtEnd || chat.at(-1).isOwn)
        log.scrollTop = log.scrollHeight;
    },
  };
}
