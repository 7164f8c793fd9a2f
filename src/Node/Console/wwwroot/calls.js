// Call records: who was in which room, the latest first.
import { el, linkColumn, table } from './dom.js';
import { inDomain, inFull, segment } from './api.js';
import { bytes, day, span } from './format.js';
import { filters, pages } from './pages.js';
import { ownDomain } from './scope.js';

const link = (kind, label, domain) => linkColumn({
  label, header: kind === 'user', to: c => `#/${kind}s/${segment(inFull(c[kind], domain))}`, text: c => c[kind],
});

/** Of the default domain, where none is given. */
export function callsView(domain = ownDomain()) {
  const narrow = filters(['room', 'user'], () => list.first());
  const list = pages({
    path: `${inDomain(domain)}calls`, query: narrow.query,
    shown: table({
      caption: 'Call records', keyOf: c => c.id, empty: 'None on record.',
      columns: [
        link('user', 'User', domain),
        link('room', 'Room', domain),
        { label: 'Came', text: c => day(Date.parse(c.started)) },
        { label: 'Stayed', number: true, text: c => span((c.ended ? Date.parse(c.ended) : Date.now()) - Date.parse(c.started)) },
        { label: 'End', text: c => c.end ?? 'goes on' },
        { label: 'Services', text: c => c.services.join(', ') },
        { label: 'Sent', number: true, text: c => bytes(c.bytesIn) },
        { label: 'Was sent', number: true, text: c => bytes(c.bytesOut) },
        { label: 'Node', text: c => c.node },
      ],
    }),
  });
  return {
    title: 'Calls',
    root: el('section', null, el('h1', null, domain === null ? 'Calls' : `Calls of ${domain}`), el('p.hint', null, 'Each member’s stay in a room, the latest first.'), narrow.root, list.root),
    update() {},
    dispose: list.stop,
  };
}
