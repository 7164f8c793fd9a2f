// All rooms with members, a page at a time, in whatever order.
import { el, linkColumn, setText, table } from './dom.js';
import { call, inDomain, inFull, segment } from './api.js';
import { bits, count, percent, rate, some } from './format.js';
import { nodeName } from './store.js';
import { pages } from './pages.js';
import { poll } from './poll.js';
import { ownDomain } from './scope.js';

const size = 50;

/** node-1 3, node-2 2 */
export const spread = nodes => {
  const parts = Object.entries(nodes).map(([id, members]) => [nodeName(id), members])
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name, members]) => `${name} ${count(members)}`);
  return parts.length > 3 ? `${parts.slice(0, 3).join(', ')}, ${parts.length - 3} more` : parts.join(', ');
};

export const roomColumns = [
  linkColumn({ label: 'Room', header: true, sort: 'name', to: room => `#/rooms/${segment(room.name)}`, text: room => room.name }),
  { label: 'Members', number: true, sort: 'members', text: room => count(room.members) },
  { label: 'In', number: true, sort: 'in', text: room => bits(room.bitsIn) },
  { label: 'Out', number: true, sort: 'out', text: room => bits(room.bitsOut) },
  { label: 'Loss', number: true, sort: 'loss', hint: 'Media packets that members sent and that never came', text: room => percent(room.loss) },
  { label: 'Drops', number: true, sort: 'drops', text: room => rate(room.drops) },
  { label: 'Spread', wide: true, hint: 'Members by node', text: room => spread(room.nodes) },
];

/** Rooms of one domain: what flows in them is told to whoever is for the whole service. */
export function domainRoomsView(domain) {
  const list = pages({
    path: `${inDomain(domain)}rooms`, query: () => ({}),
    shown: table({
      caption: `Rooms of ${domain}`, keyOf: r => r.name, empty: 'No room is kept, and nobody is in any.',
      columns: [
        linkColumn({ label: 'Room', header: true, to: room => `#/rooms/${segment(inFull(room.name, domain))}`, text: room => room.name }),
        ...keptColumns,
        { label: 'Kept', text: room => room.kept ? 'yes' : 'no' },
      ],
    }),
  });
  return {
    title: `Rooms of ${domain}`,
    root: el('section', null, el('h1', null, `Rooms of ${domain}`), el('p.hint', null, 'With members, or kept by an operator.'), list.root),
    update() {},
    dispose: list.stop,
  };
}

const keptColumns = [
  { label: 'Members', number: true, text: room => count(room.members) },
  { label: 'It holds', number: true, text: room => count(room.maxMembers) },
  { label: 'State', text: room => room.locked ? 'locked' : room.members ? 'open' : 'empty' },
];

export function roomsView() {
  if (ownDomain() !== null)
    return domainRoomsView(ownDomain());
  let order = 'members', offset = 0, find = '';
  const filter = el('input', { type: 'search', id: 'filter', placeholder: 'Part of a name', spellcheck: false, autocomplete: 'off', input: search });
  const rooms = table({
    caption: 'Rooms with members', keyOf: r => r.name, columns: roomColumns, empty: 'No such room has members.', isLive: true,
    onSort: sort => { [order, offset] = [sort, 0]; poller.now(); },
  });
  const said = el('p.hint', { role: 'status' }), error = el('p.banner', { role: 'alert', hidden: true });
  const back = el('button', { type: 'button', click: () => turn(-size) }, 'Previous');
  const on = el('button', { type: 'button', click: () => turn(size) }, 'Next');
  const pager = el('nav.pager', { 'aria-label': 'Pages' }, back, on);
  const kept = pages({
    path: 'rooms', query: () => ({ kept: true }), size: 25,
    shown: table({
      caption: 'Kept rooms', keyOf: r => r.name, empty: 'No room is kept.',
      columns: [
        { ...roomColumns[0], sort: undefined },
        ...keptColumns,
      ],
    }),
  });
  const poller = poll(2000, load);

  function search() {
    [find, offset] = [filter.value.trim(), 0];
    poller.now();
  }

  function turn(by) {
    offset = Math.max(0, offset + by);
    poller.now();
    window.scrollTo(0, 0);
  }

  async function load(current) {
    try {
      const page = await call('GET', `figures/rooms?${new URLSearchParams({ order, find, offset, limit: size })}`);
      if (!current())
        return;
      if (offset > 0 && offset >= page.found) {
        offset = Math.max(0, Math.ceil(page.found / size) - 1) * size;
        poller.now();
        return;
      }
      error.hidden = true;
      rooms.update(page.items, order, `${order} ${offset} ${find}`);
      const last = Math.min(offset + size, page.found);
      setText(said, (page.found === 0 ? `${some(page.all, 'room')} with members.`
        : `${count(offset + 1)} to ${count(last)} of ${some(page.found, 'room')}${find ? ` that match, of ${count(page.all)}` : ' with members'}.`)
        + (page.complete ? '' : ' Some nodes have more rooms than they tell of: the emptiest are not listed, but can be found by their names.'));
      back.disabled = offset === 0;
      on.disabled = last >= page.found;
      pager.hidden = page.found <= size;
    } catch (failure) {
      if (current()) {
        error.hidden = false;
        setText(error, `Not up to date: ${failure.message}.`);
      }
    }
  }

  return {
    title: 'Rooms',
    root: el('section', null,
      el('h1', null, 'Rooms'),
      el('div.tools', null, el('label', { for: 'filter' }, 'Show only'), filter), said, error, rooms.root, pager,
      el('h2', null, 'Kept by operators'), el('p.hint', null, 'They stay when they are empty.'), kept.root),
    update() {},
    dispose() {
      poller.stop();
      kept.stop();
    },
  };
}
