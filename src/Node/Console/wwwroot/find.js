// Find a user or a room: a box with suggestions, worked by keys alone (the ARIA combobox pattern).
import { el, keyed, setAttribute } from './dom.js';
import { call, segment } from './api.js';
import { some } from './format.js';

const most = 6;

export function findBox(parent, go) {
  let found = [], active = -1, turn = 0, timer;
  const input = el('input', {
    id: 'find-input', type: 'search', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'find-list', 'aria-autocomplete': 'list',
    'aria-label': 'Find a user or room', placeholder: 'Find a user or room  /', spellcheck: false, autocomplete: 'off',
    input: () => { clearTimeout(timer); timer = setTimeout(search, 150); }, keydown: key, blur: () => setTimeout(hide, 150),
    focus: () => { if (input.value) search(); },
  });
  const list = el('ul', { id: 'find-list', role: 'listbox', 'aria-label': 'Found', hidden: true });
  const said = el('p.unseen', { role: 'status' });
  parent.append(input, list, said);

  async function search() {
    // As the node writes names.
    const text = input.value.trim().normalize('NFKC').toLowerCase();
    const mine = ++turn;
    if (!text) {
      hide();
      return;
    }
    const nothing = () => ({ items: [] });
    const [rooms, kept, exactRoom, users, exactUser] = await Promise.all([
      call('GET', `figures/rooms?${new URLSearchParams({ find: text, order: 'members', limit: most })}`).catch(nothing),
      call('GET', `rooms?${new URLSearchParams({ after: text, limit: most })}`).catch(nothing),
      call('GET', `rooms/${segment(text)}`).catch(() => null),
      call('GET', `users?${new URLSearchParams({ after: text, limit: most })}`).catch(nothing),
      call('GET', `users/${segment(text)}`).catch(() => null),
    ]);
    if (mine !== turn)
      return;
    const options = new Map();
    const room = (name, about) => { if (!options.has(`room ${name}`)) options.set(`room ${name}`, { kind: 'room', name, about, to: `#/rooms/${segment(name)}` }); };
    const user = u => options.set(`user ${u.name}`, { kind: 'user', name: u.name, about: u.online ? u.status : 'not signed in', to: `#/users/${segment(u.name)}` });
    if (exactRoom)
      room(exactRoom.name, some(exactRoom.members.length, 'member'));
    if (exactUser)
      user(exactUser);
    for (const r of rooms.items)
      room(r.name, some(r.members, 'member'));
    for (const r of kept.items.filter(r => r.name.startsWith(text)))
      room(r.name, some(r.members, 'member'));
    for (const u of users.items.filter(u => u.name.startsWith(text)))
      user(u);
    found = [...options.values()].slice(0, 2 * most);
    active = -1;
    show();
    said.textContent = found.length ? `${found.length} found` : 'Nothing found';
  }

  function show() {
    list.hidden = false;
    setAttribute(input, 'aria-expanded', 'true');
    const items = found.length ? found : [{ kind: 'none', name: 'Nothing by that name.', about: '' }];
    keyed(list, items, o => `${o.kind} ${o.name}`,
      o => {
        const item = el('li', o.kind === 'none' ? { role: 'presentation' } : { role: 'option', pointerdown: event => { event.preventDefault(); choose(item.option); } },
          el('span.kind'), el('span.name'), el('small'));
        return item;
      },
      (item, o) => {
        item.option = o;
        item.children[0].textContent = o.kind === 'none' ? '' : o.kind;
        item.children[1].textContent = o.name;
        item.children[2].textContent = o.about;
      });
    mark();
  }

  function mark() {
    [...list.children].forEach((item, i) => {
      item.id = `found-${i}`;
      setAttribute(item, 'aria-selected', found.length ? String(i === active) : null);
    });
    setAttribute(input, 'aria-activedescendant', active >= 0 ? `found-${active}` : null);
    list.children[active]?.scrollIntoView({ block: 'nearest' });
  }

  function hide() {
    list.hidden = true;
    active = -1;
    setAttribute(input, 'aria-expanded', 'false');
    setAttribute(input, 'aria-activedescendant', null);
  }

  function choose(option) {
    turn++;
    input.value = '';
    hide();
    go(option.to);
  }

  async function key(event) {
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && found.length && !list.hidden) {
      event.preventDefault();
      active = (active + (event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1) + found.length) % found.length;
      mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      clearTimeout(timer);
      if (list.hidden || active < 0)
        await search();
      if (found.length && !list.hidden)
        choose(found[Math.max(0, active)]);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      turn++;
      if (list.hidden || !input.value)
        input.blur();
      input.value = '';
      hide();
    }
  }

  return { focus: () => { input.focus(); input.select(); } };
}
