// What happened: a list that is also a log for people who read it by ear.
import { el, keyed, setText } from './dom.js';
import { clock } from './format.js';
import { store } from './store.js';

const kinds = { info: 'good', warning: 'warn', problem: 'bad' };

/** most: so many of the latest; without it, all there are. */
export function eventList(most) {
  const list = el('ol.events', { 'aria-label': 'Events, the latest first' });
  return {
    root: list,
    update() {
      const events = Object.entries(store.state.events).map(([number, event]) => ({ number: Number(number), ...event }))
        .sort((a, b) => b.number - a.number).slice(0, most ?? Infinity);
      keyed(list, events, e => e.number, () => el('li', null, el('time'), el('span.mark')), (item, event) => {
        setText(item.firstChild, clock(event.at));
        item.lastChild.className = `mark ${kinds[event.level] ?? 'good'}`;
        setText(item.lastChild, event.text);
      });
    },
  };
}

export function eventsView() {
  const list = eventList();
  return {
    title: 'Events',
    root: el('section', null,
      el('h1', null, 'Events'),
      el('p.hint', null, 'What this node saw happen in the cluster: the last hundred, since it started. The latest first.'), list.root),
    update: list.update,
  };
}
