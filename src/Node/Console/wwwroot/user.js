// One user: whether they are here, and where they have been.
import { el, linkColumn, setText, setAttribute, table } from './dom.js';
import { call, domainOf, localOf, place, segment, under } from './api.js';
import { bytes, count, day, some, span } from './format.js';
import { removeAccount, setPassword } from './accounts.js';
import { poll } from './poll.js';
import { putOut } from './room.js';
import { may } from './scope.js';

/** domain: as domainOf has it. */
const roomLink = domain => linkColumn({ label: 'Room', header: true, to: c => `#/rooms/${segment(c.room + domain)}`, text: c => c.room });

export function userView(name) {
  const state = el('p.mark'), error = el('p.banner', { role: 'alert', hidden: true });
  const making = el('button', { type: 'button', hidden: true, click: () => setPassword(name).then(poller.now) });
  const removing = el('button.danger', { type: 'button', hidden: true, click: () => removeAccount(name).then(poller.now) }, 'Remove account…');
  const now = table({
    caption: `Rooms ${name} is in`, keyOf: c => c.id, empty: 'In no room.',
    columns: [
      roomLink(domainOf(name)),
      { label: 'Node', text: c => c.node },
      { label: 'Here for', number: true, text: c => span(c.seconds * 1000) },
      {
        label: 'Actions', hideLabel: true,
        build: (cell, item) => cell.append(el('button.putout', { type: 'button', click: () => putOut(item().room + domainOf(name), name).then(poller.now) }, 'Put out…')),
        fill: (cell, c) => {
          setAttribute(cell.firstChild, 'aria-label', `Put ${name} out of ${c.room}`);
          cell.firstChild.hidden = !may('moderate');
        },
      },
    ],
  });
  const before = table({
    caption: `Rooms ${name} was in`, keyOf: c => c.id, empty: 'None on record.',
    columns: [
      roomLink(domainOf(name)),
      { label: 'Came', text: c => day(Date.parse(c.started)) },
      { label: 'Stayed', number: true, text: c => span(Date.parse(c.ended) - Date.parse(c.started)) },
      { label: 'End', text: c => c.end },
      { label: 'Sent', number: true, text: c => bytes(c.bytesIn) },
      { label: 'Was sent', number: true, text: c => bytes(c.bytesOut) },
      { label: 'Node', text: c => c.node },
    ],
  });
  const poller = poll(3000, load);

  async function load(current) {
    try {
      const [user, calls] = await Promise.all([
        call('GET', place('users', name)).catch(failure => { if (failure.status === 404) return null; throw failure; }),
        call('GET', `${under(name)}calls?${new URLSearchParams({ user: localOf(name), limit: 50 })}`),
      ]);
      if (!current())
        return;
      error.hidden = true;
      const open = calls.items.filter(c => !c.ended);
      state.className = `mark ${user?.online || open.length ? 'good' : 'off'}`;
      setText(state, !user ? (open.length ? 'a guest' : 'not here, and no account')
        : `${user.online ? `${user.status}, ${some(user.sessions, 'session')}` : 'not signed in'}${user.account ? ', has an account' : ''}`);
      making.hidden = !may('manage');
      setText(making, user?.account ? 'Set password…' : 'Make account…');
      removing.hidden = !user?.account || !may('manage');
      now.update(open);
      before.update(calls.items.filter(c => c.ended));
    } catch (failure) {
      if (current()) {
        error.hidden = false;
        setText(error, `Not up to date: ${failure.message}.`);
      }
    }
  }

  return {
    title: name,
    root: el('div', null,
      el('div.heading', null, el('h1', null, name), state, el('div.actions', null, making, removing)), error,
      el('section', null, el('h2', null, 'In these rooms now'), now.root),
      el('section', null, el('h2', null, 'Before'), el('p.hint', null, `The last ${count(50)} calls on record.`), before.root)),
    update() {},
    dispose: poller.stop,
  };
}
