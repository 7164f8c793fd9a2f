// Accounts, and who else is here: a page at a time; and what is done to an account.
import { el, linkColumn, setAttribute, table } from './dom.js';
import { call, inDomain, inFull, place, segment } from './api.js';
import { confirm, toast } from './dialog.js';
import { count } from './format.js';
import { pages } from './pages.js';
import { may, ownDomain } from './scope.js';

const password = { name: 'password', label: 'Password', type: 'password', minlength: 8, maxlength: 256, required: true, autocomplete: 'new-password' };

/** Makes an account, or changes its password. */
export async function setPassword(name) {
  const done = await confirm({
    title: `Password of ${name}`, text: 'An account that is not there is made. Sessions of whoever only called themselves so end then.', action: 'Set password',
    fields: [password], work: values => call('PUT', place('users', name), values),
  });
  if (done)
    toast(`The password of ${name} is set.`);
}

export async function removeAccount(name) {
  const done = await confirm({
    title: `Remove the account of ${name}?`, text: 'Its sessions end.', action: 'Remove account', danger: true,
    work: () => call('DELETE', place('users', name)),
  });
  if (done)
    toast(`${name} has no account any more.`);
}

async function makeAccount(domain) {
  let made;
  const done = await confirm({
    title: 'Make an account', text: 'Or set the password of one that is there.', action: 'Make account',
    fields: [{ name: 'name', label: 'Name', type: 'text', required: true, maxlength: 64, spellcheck: false }, password],
    work: async values => { made = await call('PUT', `${inDomain(domain)}users/${segment(values.name)}`, { password: values.password }); },
  });
  if (done)
    toast(`${made.name} has an account.`);
}

/** Of the default domain, where none is given. */
export function accountsView(domain = ownDomain()) {
  const full = u => inFull(u.name, domain);
  const list = pages({
    path: `${inDomain(domain)}users`, query: () => ({}),
    shown: table({
      caption: 'Accounts and users who are here', keyOf: u => u.name, empty: 'No account, and nobody here.',
      columns: [
        linkColumn({ label: 'Name', header: true, to: u => `#/users/${segment(full(u))}`, text: u => u.name }),
        { label: 'Account', text: u => u.account ? 'yes' : 'no' },
        { label: 'State', text: u => u.online ? u.status : 'not signed in' },
        { label: 'Sessions', number: true, text: u => count(u.sessions) },
        {
          label: 'Actions', hideLabel: true,
          build: (cell, item) => cell.append(
            el('button', { type: 'button', click: () => setPassword(full(item())).then(list.now) }, 'Set password…'),
            el('button', { type: 'button', click: () => removeAccount(full(item())).then(list.now) }, 'Remove…')),
          fill: (cell, u) => {
            setAttribute(cell.firstChild, 'aria-label', `Set the password of ${u.name}`);
            setAttribute(cell.lastChild, 'aria-label', `Remove the account of ${u.name}`);
            cell.firstChild.hidden = cell.lastChild.hidden = !u.account || !may('manage');
          },
        },
      ],
    }),
  });
  return {
    title: 'Accounts',
    root: el('section', null,
      el('div.heading', null, el('h1', null, domain === null ? 'Accounts' : `Accounts of ${domain}`),
        el('div.actions', null, el('button', { type: 'button', hidden: !may('manage'), click: () => makeAccount(domain).then(list.now) }, 'Make account…'))),
      el('p.hint', null, 'Everyone who has an account or is signed in, by name.'), list.root),
    update() {},
    dispose: list.stop,
  };
}
