// One room and who is in it.
import { el, setText, setAttribute, table } from './dom.js';
import { call, segment } from './api.js';
import { confirm, toast } from './dialog.js';
import { bits, count, percent, rate, some, span } from './format.js';
import { poll } from './poll.js';
import { spread } from './rooms.js';
import { tile } from './overview.js';

/** Members shown at first, and with every "more": a room may hold thousands. */
const step = 100;

export async function putOut(room, member) {
  const done = await confirm({
    title: `Put ${member} out of ${room}?`,
    text: `All sessions of ${member} leave the room at once. Nothing keeps them from coming back.`,
    action: 'Put out', danger: true,
    work: () => call('DELETE', `rooms/${segment(room)}/members/${segment(member)}`),
  });
  if (done)
    toast(`${member} was put out of ${room}.`);
  return done;
}

async function mute(room, member, muted) {
  const done = await confirm({
    title: muted ? `Mute ${member} in ${room}?` : `Let ${member} be heard again in ${room}?`,
    text: muted ? `Nothing ${member} sends reaches the others, in all services, until this is taken back or the room is empty.` : `What ${member} sends reaches the others again.`,
    action: muted ? 'Mute' : 'Unmute',
    work: () => call('PUT', `rooms/${segment(room)}/members/${segment(member)}/mute`, { muted }),
  });
  if (done)
    toast(muted ? `${member} is muted in ${room}.` : `${member} is heard again in ${room}.`);
  return done;
}

export function roomView(name) {
  let room = null, shown = step, find = '';
  const facts = el('p.hint'), error = el('p.banner', { role: 'alert', hidden: true });
  const tiles = { members: tile('Members'), nodes: tile('Nodes'), in: tile('In', 'in'), out: tile('Out', 'out'), loss: tile('Loss', 'loss'), drops: tile('Drops', 'bad') };
  const closing = el('button.danger', { type: 'button', hidden: true, click: close }, 'Close room…');
  const filter = el('input', { type: 'search', id: 'member-filter', placeholder: 'Part of a name', spellcheck: false, autocomplete: 'off',
    input: () => { [find, shown] = [filter.value.trim().toLowerCase(), step]; show(); } });
  const more = el('button', { type: 'button', hidden: true, click: () => { shown += step; show(); } });
  const members = table({
    caption: `Members of ${name}`, keyOf: m => m.session, empty: 'Nobody.',
    columns: [
      {
        label: 'Member', header: true, build: cell => cell.append(el('a'), el('span.mark.warn', { hidden: true }, 'muted')),
        fill: (cell, m) => {
          setAttribute(cell.firstChild, 'href', `#/users/${segment(m.name)}`);
          setText(cell.firstChild, m.name);
          cell.lastChild.hidden = !m.muted;
        },
      },
      { label: 'Services', text: m => m.services.join(', ') || '–' },
      { label: 'Node', text: m => m.node },
      { label: 'Here for', number: true, text: m => span(m.seconds == null ? null : m.seconds * 1000) },
      { label: 'Session', text: m => m.session.slice(-8) },
      {
        label: 'Actions', hideLabel: true,
        build: (cell, item) => cell.append(
          el('button.mute', { type: 'button', click: () => mute(name, item().name, !item().muted).then(poller.now) }),
          el('button.putout', { type: 'button', click: () => putOut(name, item().name).then(poller.now) }, 'Put out…')),
        fill: (cell, m) => {
          const [muting, putting] = cell.children;
          setText(muting, m.muted ? 'Unmute…' : 'Mute…');
          setAttribute(muting, 'aria-label', `${m.muted ? 'Unmute' : 'Mute'} ${m.name}`);
          setAttribute(putting, 'aria-label', `Put out ${m.name}`);
        },
      },
    ],
  });
  const poller = poll(2000, load);

  async function close() {
    const done = await confirm({
      title: `Close ${name}?`,
      text: `${room?.members.length ? `Its ${some(room.members.length, 'member')} are put out` : 'Nobody is in it'}${room?.kept ? ', and its settings are forgotten' : ''}. A room that may be opened on demand opens again with the next who enters.`,
      action: 'Close room', danger: true,
      work: () => call('DELETE', `rooms/${segment(name)}`),
    });
    if (done) {
      toast(`${name} is closed.`);
      poller.now();
    }
  }

  async function load(current) {
    try {
      const [details, flows] = await Promise.all([
        call('GET', `rooms/${segment(name)}`),
        call('GET', `figures/rooms?${new URLSearchParams({ find: name, order: 'name', limit: 100 })}`),
      ]);
      if (!current())
        return;
      room = details;
      error.hidden = true;
      showFlow(flows.items.find(r => r.name === room.name));
      show();
    } catch (failure) {
      if (!current())
        return;
      if (failure.status === 404) {
        room = null;
        show();
      }
      error.hidden = false;
      setText(error, failure.status === 404 ? 'Nobody is in this room, and nobody keeps it.' : `Not up to date: ${failure.message}.`);
    }
  }

  function showFlow(flow) {
    tiles.nodes.set(count(Object.keys(flow?.nodes ?? {}).length), flow ? spread(flow.nodes) : '');
    tiles.in.set(bits(flow?.bitsIn));
    tiles.out.set(bits(flow?.bitsOut));
    tiles.loss.set(percent(flow?.loss), 'before they came');
    tiles.drops.set(rate(flow?.drops), 'datagrams');
  }

  function show() {
    const all = room?.members ?? [];
    const found = all.filter(m => m.name.includes(find));
    closing.hidden = room === null;
    tiles.members.set(count(all.length), room ? `of ${count(room.maxMembers)} it holds` : '');
    setText(facts, room ? `${room.kept ? 'Kept by an operator' : 'Opened on demand'}${room.locked ? '; locked: it lets nobody in' : ''}.` : '');
    members.update(found.slice(0, shown));
    more.hidden = found.length <= shown;
    setText(more, `Show ${count(Math.min(step, found.length - shown))} more of ${count(found.length)}`);
  }

  return {
    title: name,
    root: el('div', null,
      el('p.crumbs', null, el('a', { href: '#/rooms' }, 'Rooms')),
      el('div.heading', null, el('h1', null, name), el('div.actions', null, closing)), facts, error,
      el('dl.tiles', null, ...Object.values(tiles).map(t => t.root)),
      el('section', null, el('h2', null, 'Members'), el('div.tools', null, el('label', { for: 'member-filter' }, 'Show only'), filter), members.root, more)),
    update() {},
    dispose: poller.stop,
  };
}
