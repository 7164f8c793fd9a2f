// Accounts, and who else is here: a page at a time; and what is done to an account.
import { el, setAttribute, setText, table } from './dom.js';
import { call, place, segment } from './api.js';
import { confirm, toast } from './dialog.js';
import { count } from './format.js';
import { pages } from './pages.js';

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

async function makeAccount() {
  let made;
  const done = await confirm({
    title: 'Make an account', text: 'Or set the password of one that is there.', action: 'Make account',
    fields: [{ name: 'name', label: 'Name', type: 'text', required: true, maxlength: 64, spellcheck: false }, password],
    work: async values => { made = await call('PUT', `users/${segment(values.name)}`, { password: values.password }); },
  });
  if (done)
    toast(`${made.name} has an account.`);
}

export function accountsView() {
  const list = pages({
    path: 'users', query: () => ({}),
    shown: table({
      caption: 'Accounts and users who are here', keyOf: u => u.name, empty: 'No account, and nobody here.',
      columns: [
        {
          label: 'Name', header: true, build: cell => cell.append(el('a')),
          fill: (cell, u) => {
            setAttribute(cell.firstChild, 'href', `#/users/${segment(u.name)}`);
            setText(cell.firstChild, u.name);
          },
        },
        { label: 'Account', text: u => u.account ? 'yes' : 'no' },
        { label: 'State', text: u => u.online ? u.status : 'not signed in' },
        { label: 'Sessions', number: true, text: u => count(u.sessions) },
        {
          label: 'Actions', hideLabel: true,
          build: (cell, item) => cell.append(
            el('button', { type: 'button', click: () => setPassword(item().name).then(list.now) }, 'Set password…'),
            el('button', { type: 'button', click: () => removeAccount(item().name).then(list.now) }, 'Remove…')),
          fill: (cell, u) => {
            setAttribute(cell.firstChild, 'aria-label', `Set the password of ${u.name}`);
            setAttribute(cell.lastChild, 'aria-label', `Remove the account of ${u.name}`);
            cell.firstChild.hidden = cell.lastChild.hidden = !u.account;
          },
        },
      ],
    }),
  });
  return {
    title: 'Accounts',
    root: el('section', null,
      el('div.heading', null, el('h1', null, 'Accounts'),
        el('div.actions', null, el('button', { type: 'button', click: () => makeAccount().then(list.now) }, 'Make account…'))),
      el('p.hint', null, 'Everyone who has an account or is signed in, by name.'), list.root),
    update() {},
    dispose: list.stop,
  };
}
