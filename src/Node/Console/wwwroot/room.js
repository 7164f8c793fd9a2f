// One room and who is in it.
import { el, setLines, setText, setAttribute, table } from './dom.js';
import { call, domainOf, localOf, place, segment } from './api.js';
import { confirm, toast } from './dialog.js';
import { bits, count, decimal, percent, rate, some, span } from './format.js';
import { poll } from './poll.js';
import { spread } from './rooms.js';
import { may, ownDomain } from './scope.js';
import { tile } from './overview.js';

/** Members shown at first, and with every "more": a room may hold thousands. */
const step = 100;

export async function putOut(room, member) {
  const done = await confirm({
    title: `Put ${member} out of ${room}?`,
    text: `All sessions of ${member} leave the room at once. Nothing keeps them from coming back.`,
    action: 'Put out', danger: true,
    work: () => call('DELETE', `${place('rooms', room)}/members/${segment(localOf(member))}`),
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
    work: () => call('PUT', `${place('rooms', room)}/members/${segment(localOf(member))}/mute`, { muted }),
  });
  if (done)
    toast(muted ? `${member} is muted in ${room}.` : `${member} is heard again in ${room}.`);
  return done;
}

/** How far back loss is looked at, in ms: what is lost now is of interest, and not what was an hour ago. */
const lossWindow = 10_000;

/** Tells each source the part of its packets that was lost of late, from what is counted since it began. */
function lossMeter() {
  let seen = new Map();
  return members => {
    const now = performance.now(), next = new Map();
    for (const m of members) {
      for (const s of m.sources ?? []) {
        const key = `${m.session} ${s.service} ${s.ssrc}`;
        const readings = [...seen.get(key) ?? [], { at: now, came: s.packets, lost: s.lost }];
        while (readings.length > 2 && readings[1].at < now - lossWindow)
          readings.shift();
        next.set(key, readings);
        const came = s.packets - readings[0].came, lost = Math.max(0, s.lost - readings[0].lost);
        s.loss = came + lost > 0 ? lost / (came + lost) : null;
      }
    }
    seen = next;
  };
}

/** A line for each stream of a member. */
const streams = text => (cell, m) => setLines(cell, (m.sources ?? []).map(text));

export function roomView(name) {
  let room = null, shown = step, find = '';
  const facts = el('p.hint'), error = el('p.banner', { role: 'alert', hidden: true });
  const tiles = { members: tile('Members'), nodes: tile('Nodes'), in: tile('In', 'in'), out: tile('Out', 'out'), loss: tile('Loss', 'loss'), drops: tile('Drops', 'bad') };
  const measureLoss = lossMeter();
  const keeping = el('button', { type: 'button', hidden: true, click: () => change('PUT', {}, 'keep') }, 'Keep room…');
  const locking = el('button', { type: 'button', hidden: true, click: () => change('PATCH', { locked: !room.locked }, room.locked ? 'unlock' : 'lock') });
  const limiting = el('button', { type: 'button', hidden: true, click: limit }, 'Limit…');
  const announcing = el('button', { type: 'button', hidden: true, click: announce }, 'Announce…');
  const closing = el('button.danger', { type: 'button', hidden: true, click: close }, 'Close room…');
  const filter = el('input', { type: 'search', id: 'member-filter', placeholder: 'Part of a name', spellcheck: false, autocomplete: 'off',
    input: () => { [find, shown] = [filter.value.trim().toLowerCase(), step]; show(); } });
  const more = el('button', { type: 'button', hidden: true, click: () => { shown += step; show(); } });
  const members = table({
    caption: `Members of ${name}`, keyOf: m => m.session, empty: 'Nobody.',
    columns: [
      {
        label: 'Member', header: true, build: cell => cell.append(
          el('a'), el('span.mark.warn', { hidden: true }, 'muted'), el('span.mark', { hidden: true, title: 'It says that it records the room' }, 'records')),
        fill: (cell, m) => {
          const [user, muted, records] = cell.children;
          setAttribute(user, 'href', `#/users/${segment(m.name + domainOf(name))}`);
          setText(user, m.name);
          muted.hidden = !m.muted;
          records.hidden = !m.recording;
        },
      },
      { label: 'Services', text: m => m.services.join(', ') || '–' },
      { label: 'Codec', hint: 'Of each stream it sends', fill: streams(s => s.codec) },
      { label: 'Bit rate', number: true, fill: streams(s => bits(s.bitsPerSecond)) },
      { label: 'Frames', number: true, hint: 'A second', fill: streams(s => s.service === 'video' ? decimal(s.framesPerSecond) : '–') },
      { label: 'Loss', number: true, hint: 'Of the last ten seconds', fill: streams(s => percent(s.loss)) },
      { label: 'Jitter', number: true, fill: streams(s => `${decimal(s.jitterMilliseconds)}\u00a0ms`) },
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
          muting.hidden = putting.hidden = !may('moderate');
        },
      },
    ],
  });
  const poller = poll(2000, load);

  const changes = {
    keep: ['Keep', 'It stays when it is empty.', 'is kept'],
    lock: ['Lock', 'Nobody is let in any more. Who is in it stays. An open room is kept from then on.', 'is locked'],
    unlock: ['Unlock', 'It lets people in again.', 'is open again'],
  };

  async function change(method, settings, what) {
    const [action, text, done] = changes[what];
    if (await confirm({ title: `${action} ${name}?`, text, action, work: () => call(method, place('rooms', name), settings) })) {
      toast(`${name} ${done}.`);
      poller.now();
    }
  }

  async function limit() {
    const done = await confirm({
      title: `How many may be in ${name}?`, text: 'Who is in it stays. An open room is kept from then on.', action: 'Set limit',
      fields: [{ name: 'maxMembers', label: 'Members at most', type: 'number', min: 1, max: 1000000, required: true, value: room.maxMembers }],
      work: values => call('PATCH', place('rooms', name), values),
    });
    if (done)
      poller.now();
  }

  async function announce() {
    const done = await confirm({
      title: `Say something to everyone in ${name}`, text: 'It comes as chat of operator.', action: 'Announce',
      fields: [{ name: 'text', label: 'Announcement', type: 'text', required: true, maxlength: 300 }],
      work: values => call('POST', `${place('rooms', name)}/announcements`, values),
    });
    if (done)
      toast(`Announced to ${some(room?.members.length ?? 0, 'member')}.`);
  }

  async function close() {
    const done = await confirm({
      title: `Close ${name}?`,
      text: `${room?.members.length ? `Its ${some(room.members.length, 'member')} are put out` : 'Nobody is in it'}${room?.kept ? ', and its settings are forgotten' : ''}. A room that may be opened on demand opens again with the next who enters.`,
      action: 'Close room', danger: true,
      work: () => call('DELETE', place('rooms', name)),
    });
    if (done) {
      toast(`${name} is closed.`);
      poller.now();
    }
  }

  async function load(current) {
    try {
      const [details, flows] = await Promise.all([
        call('GET', place('rooms', name)),
        // What flows is told to whoever is for the whole service.
        ownDomain() === null ? call('GET', `figures/rooms?${new URLSearchParams({ find: name, order: 'name', limit: 100 })}`) : { items: [] },
      ]);
      if (!current())
        return;
      room = details;
      measureLoss(room.members);
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
    closing.hidden = limiting.hidden = locking.hidden = room === null || !may('manage');
    keeping.hidden = room?.kept === true || !may('manage');
    announcing.hidden = all.length === 0 || !may('moderate');
    setText(locking, room?.locked ? 'Unlock…' : 'Lock…');
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
      el('div.heading', null, el('h1', null, name), el('div.actions', null, keeping, announcing, limiting, locking, closing)), facts, error,
      el('dl.tiles', null, ...Object.values(tiles).filter(t => ownDomain() === null || t === tiles.members).map(t => t.root)),
      el('section', null, el('h2', null, 'Members'), el('div.tools', null, el('label', { for: 'member-filter' }, 'Show only'), filter), members.root, more)),
    update() {},
    dispose: poller.stop,
  };
}
