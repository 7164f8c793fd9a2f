// Tokens for others: who else may use the API and this console, where, and for what.
import { el, setAttribute, table } from './dom.js';
import { call, segment } from './api.js';
import { confirm, reveal, toast } from './dialog.js';
import { day } from './format.js';
import { pages } from './pages.js';
import { may, ownDomain } from './scope.js';

/** What is chosen from: each has the ones before, too. Nodes are no domain's. */
const rights = [
  ['read', 'See what there is'],
  ['read moderate', 'And mute, put out, announce'],
  ['read moderate manage', 'And make and remove rooms, accounts, tokens'],
];

async function make() {
  let made;
  const own = ownDomain();
  const done = await confirm({
    title: 'Make a token', text: own === null ? 'For this API and console: of one domain, or of the whole service.' : `For this API and console, of ${own}.`, action: 'Make token',
    fields: [
      { name: 'name', label: 'What it is for, or whose', type: 'text', required: true, maxlength: 64 },
      ...own === null ? [{ name: 'domain', label: 'Only for this domain', type: 'text', maxlength: 180, spellcheck: false }] : [],
      { name: 'rights', label: 'It may', options: own === null && may('operate') ? [...rights, ['read moderate manage operate', 'And drain nodes']] : rights.filter(([words]) => words.split(' ').every(may)) },
    ],
    work: async values => { made = await call('POST', 'admin-tokens', { name: values.name, domain: values.domain || null, rights: values.rights.split(' ') }); },
  });
  if (done)
    reveal({ title: `Token for ${made.token.name}`, text: 'It is told this once: only its digest is kept.', value: made.secret });
}

export function tokensView() {
  const list = pages({
    path: 'admin-tokens', query: () => ({}), interval: 5000,
    shown: table({
      caption: 'Tokens for others', keyOf: t => t.id, empty: 'None was made.',
      columns: [
        { label: 'Name', header: true, text: t => t.name },
        { label: 'Domain', text: t => t.domain ?? 'all' },
        { label: 'May', text: t => t.rights.join(', ') },
        { label: 'Made', text: t => day(Date.parse(t.made)) },
        {
          label: 'Actions', hideLabel: true, build: (cell, item) => cell.append(el('button', { type: 'button', click: () => withdraw(item()) }, 'Withdraw…')),
          fill: (cell, t) => setAttribute(cell.firstChild, 'aria-label', `Withdraw ${t.name}`),
        },
      ],
    }),
  });

  async function withdraw(token) {
    const done = await confirm({
      title: `Withdraw the token of ${token.name}?`, text: 'It is good for a second more at most.', action: 'Withdraw', danger: true,
      work: () => call('DELETE', `admin-tokens/${segment(token.id)}`),
    });
    if (done) {
      toast(`The token of ${token.name} is withdrawn.`);
      list.now();
    }
  }

  return {
    title: 'Tokens',
    root: el('section', null,
      el('div.heading', null, el('h1', null, 'Tokens'), el('div.actions', null, el('button', { type: 'button', click: () => make().then(list.now) }, 'Make token…'))),
      el('p.hint', null, 'Who else may use the API and the console. The audit log names them.'), list.root),
    update() {},
    dispose: list.stop,
  };
}
