// What operators did, the latest first.
import { el, setText, table } from './dom.js';
import { day } from './format.js';
import { filters, pages } from './pages.js';

export function auditView() {
  const narrow = filters(['room', 'user'], () => list.first());
  const list = pages({
    path: 'audit', query: narrow.query,
    shown: table({
      caption: 'Acts of operators', keyOf: e => e.id, empty: 'Nothing was done.',
      columns: [
        { label: 'When', text: e => day(Date.parse(e.at)) },
        { label: 'Operator', header: true, text: e => e.operator },
        { label: 'From', text: e => e.from },
        { label: 'Act', text: e => e.act },
        { label: 'To', text: e => [e.room, e.user, e.onNode].filter(Boolean).join(', ') || '–' },
        { label: 'With', wide: true, text: e => e.details },
        {
          label: 'Result', build: cell => cell.append(el('span')),
          fill: (cell, e) => {
            cell.firstChild.className = `mark ${{ done: 'good', unknown: 'bad', failed: 'bad' }[e.result] ?? 'warn'}`;
            setText(cell.firstChild, e.result);
          },
        },
        { label: 'Node', text: e => e.node },
      ],
    }),
  });
  return {
    title: 'Audit',
    root: el('section', null, el('h1', null, 'Audit'),
      el('p.hint', null, 'What operators did, by the API or a console, on any node. The latest first.'), narrow.root, list.root),
    update() {},
    dispose: list.stop,
  };
}
