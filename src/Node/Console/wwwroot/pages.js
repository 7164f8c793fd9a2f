// A list of the API's that is read a page at a time, by the cursor each page ends with.
import { el, setText } from './dom.js';
import { call } from './api.js';
import { poll } from './poll.js';

/** { shown: a table, path, query(): parameters beside after and limit, size, interval } */
export function pages({ shown, path, query, size = 50, interval = 2000 }) {
  // The cursors of the pages before this one; the first has none.
  let past = [], after = null, next = null;
  const error = el('p.banner', { role: 'alert', hidden: true });
  const back = el('button', { type: 'button', click: () => go(past.pop() ?? null, past) }, 'Previous');
  const on = el('button', { type: 'button', click: () => go(next, [...past, after]) }, 'Next');
  const pager = el('nav.pager', { 'aria-label': 'Pages', hidden: true }, back, on);
  const poller = poll(interval, load);

  function go(to, before) {
    [after, past] = [to, before];
    poller.now();
  }

  async function load(current) {
    try {
      const page = await call('GET', `${path}?${new URLSearchParams({ ...query(), limit: size, ...(after === null ? {} : { after }) })}`);
      if (!current())
        return;
      error.hidden = true;
      next = page.next;
      shown.update(page.items);
      back.disabled = past.length === 0;
      on.disabled = next === null;
      pager.hidden = back.disabled && on.disabled;
    } catch (failure) {
      if (current()) {
        error.hidden = false;
        setText(error, `Not up to date: ${failure.message}.`);
      }
    }
  }

  return {
    root: el('div.pages', null, error, shown.root, pager),
    /** As it is now. */
    now: poller.now,
    /** From the first page. */
    first: () => go(null, []),
    stop: poller.stop,
  };
}

/** Fields that narrow a list to a room or a user. { root, query() } */
export function filters(names, changed) {
  const inputs = names.map(name => el('input', {
    type: 'search', id: `filter-${name}`, name, placeholder: `Name of a ${name}`, spellcheck: false, autocomplete: 'off', change: changed,
  }));
  return {
    root: el('div.tools', null, ...inputs.flatMap(input => [el('label', { for: input.id }, `Only of ${input.name}`), input])),
    query: () => Object.fromEntries(inputs.filter(input => input.value.trim()).map(input => [input.name, input.value.trim()])),
  };
}
