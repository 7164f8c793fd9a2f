// The whole cluster at a glance.
import { el, setText, setAttribute, table } from './dom.js';
import { charts } from './charts.js';
import { eventList } from './events.js';
import { bits, count, datagrams, delay, percent, rate, some } from './format.js';
import { condition, nodesTable, peersOf } from './nodes.js';
import { roomColumns } from './rooms.js';
import { lossOf, nodeList, store, totals } from './store.js';

export function tile(label, key) {
  const value = el('dd.value'), more = el('dd.more');
  const root = el('div.tile', null, el('dt', null, key ? el(`i.key.${key}`) : null, label), value, more);
  return {
    root,
    set(text, below, kind) {
      setText(value, text);
      setText(more, below ?? '');
      setAttribute(root, 'data-kind', kind);
    },
  };
}

/** What is wrong, in one sentence; null where nothing is. */
function trouble(nodes) {
  const bad = nodes.filter(n => condition(n).kind === 'bad');
  if (bad.length)
    return { kind: 'bad', text: bad.map(n => `${n.name}: ${condition(n).text}`).join('; ') };
  const cut = nodes.filter(n => peersOf(n).some(p => !p.reachable));
  if (cut.length)
    return { kind: 'bad', text: `${cut.map(n => n.name).join(', ')}: cannot reach other nodes` };
  const warn = nodes.filter(n => condition(n).kind === 'warn');
  return warn.length ? { kind: 'warn', text: warn.map(n => `${n.name}: ${[condition(n).text, condition(n).more].filter(Boolean).join(', ')}`).join('; ') } : null;
}

/** Below a figure of drops: what is not in it. */
export const dropsBelow = intended => intended > 0 ? `and ${rate(intended)} muted or empty` : 'datagrams';

export function overview() {
  const tiles = {
    sessions: tile('Sessions'), members: tile('Members'), in: tile('In', 'in'), out: tile('Out', 'out'),
    delay: tile('Delay p99', 'p99'), drops: tile('Drops', 'bad'), loss: tile('Loss', 'loss'), ports: tile('Ports in use'),
  };
  const state = el('p.mark');
  const nodes = nodesTable();
  const graphs = charts(null);
  const events = eventList(12);
  const busiest = table({ caption: 'Busiest rooms', keyOf: r => r.name, columns: roomColumns, empty: 'Nobody is in any room.', isLive: true });
  return {
    title: 'Overview',
    root: el('div', null,
      el('div.heading', null, el('h1', null, 'Cluster'), state),
      el('dl.tiles', null, ...Object.values(tiles).map(t => t.root)),
      graphs.root,
      el('section', null, el('h2', null, 'Nodes'), nodes.root),
      el('div.columns', null,
        el('section', null, el('h2', null, 'Busiest rooms'), busiest.root, el('p', null, el('a', { href: '#/rooms' }, 'All rooms'))),
        el('section', null, el('h2', null, 'Events'), events.root, el('p', null, el('a', { href: '#/events' }, 'All events'))))),
    update() {
      const all = nodeList(), sum = totals(all);
      const wrong = trouble(all);
      setAttribute(state, 'class', `mark ${wrong?.kind ?? 'good'}`);
      setText(state, wrong?.text ?? (all.length === 1 ? 'One node, ready' : `${count(all.length)} nodes, all ready`));
      tiles.sessions.set(count(sum.sessions), `on ${some(all.length, 'node')}`);
      tiles.members.set(count(sum.members), `in ${some(sum.rooms, 'room')}`);
      tiles.in.set(bits(sum.bitsIn), datagrams(sum.datagramsIn));
      tiles.out.set(bits(sum.bitsOut), datagrams(sum.datagramsOut));
      tiles.delay.set(delay(sum.p99), all.length > 1 && sum.worst !== null ? `worst: ${sum.worst}` : `p50 ${delay(sum.p50)}`);
      tiles.drops.set(rate(sum.drops), dropsBelow(sum.intended));
      tiles.loss.set(percent(lossOf(sum)), 'before they came');
      tiles.ports.set(count(sum.portsInUse), `${count(sum.portsFree)} numbers free`);
      graphs.update();
      nodes.update(all);
      busiest.update(store.state.busiest ?? []);
      events.update();
    },
  };
}
