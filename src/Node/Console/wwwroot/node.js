// One node.
import { el, setText, table } from './dom.js';
import { charts } from './charts.js';
import { bits, bytes, count, datagrams, day, decimal, delay, percent, rate, roundTrip, some, span } from './format.js';
import { drainButtons, fillCondition, fillDrain } from './nodes.js';
import { intended, intendedOf, lossOf, store } from './store.js';
import { dropsBelow, tile } from './overview.js';

const reasons = {
  stranger: 'from an address no CONN waits for',
  muted: 'sent by a muted member',
  no_route: 'the port is in no room (yet, or any more)',
  receiver_full: 'the client does not take it in time',
  receiver_gone: 'nobody listens at the client',
  empty: 'no content; it only opens the way',
  too_large: 'larger than the path takes',
  send_failed: 'refused by the operating system',
  loop_behind: 'a core has no time left',
};

export function nodeView(id) {
  const heading = el('h1'), where = el('p.hint'), state = el('span'), gone = el('p.banner', { hidden: true });
  const actions = el('div.actions', null, ...drainButtons(() => ({ id, ...store.state.nodes[id] })));
  const tiles = {
    sessions: tile('Sessions'), members: tile('Members'), in: tile('In', 'in'), out: tile('Out', 'out'), delay: tile('Delay p99', 'p99'),
    drops: tile('Drops', 'bad'), loss: tile('Loss', 'loss'), ports: tile('Ports in use'), shards: tile('Shards'), cpu: tile('CPU'), memory: tile('Memory'),
    trunks: tile('Trunks'),
  };
  const graphs = charts(id);
  const drops = table({
    caption: 'Dropped datagrams by reason', keyOf: d => d.reason, empty: 'Nothing is dropped.', isLive: true,
    columns: [
      { label: 'Reason', header: true, text: d => d.reason.replaceAll('_', ' ') },
      { label: 'Now', number: true, text: d => rate(d.rate) },
      { label: 'Means', text: d => `${reasons[d.reason] ?? ''}${intended.has(d.reason) ? '; meant so' : ''}` },
    ],
  });
  const peers = table({
    caption: 'Other nodes, as this one sees them', keyOf: p => p.id, empty: 'It has no peers.',
    columns: [
      { label: 'Node', header: true, text: p => p.name },
      {
        label: 'State', build: cell => cell.append(el('span')),
        fill: (cell, p) => { cell.firstChild.className = `mark ${p.reachable ? 'good' : 'bad'}`; setText(cell.firstChild, p.reachable ? 'reachable' : 'unreachable'); },
      },
      { label: 'Round trip', number: true, hint: 'Of the last question to an actor there, queues included', text: p => roundTrip(p.roundTrip) },
    ],
  });
  const view = {
    title: 'Node',
    root: el('div', null,
      el('p.crumbs', null, el('a', { href: '#/' }, 'Cluster')),
      el('div.heading', null, heading, state, actions), where, gone,
      el('dl.tiles', null, ...Object.values(tiles).map(t => t.root)),
      graphs.root,
      el('div.columns', null,
        el('section', null, el('h2', null, 'Dropped datagrams'), drops.root),
        el('section', null, el('h2', null, 'Other nodes'), peers.root))),
    update() {
      const node = store.state.nodes[id];
      gone.hidden = node !== undefined;
      if (!node) {
        setText(heading, `Node ${id.slice(0, 12)}`);
        setText(gone, 'This node is not in the cluster any more. One that is started again is another node.');
        for (const button of actions.children)
          button.hidden = true;
        return;
      }
      view.title = node.name;
      setText(heading, node.name);
      fillCondition(state, node);
      fillDrain(actions, { id, ...node });
      setText(where, `${node.host ? `Clients reach it at ${node.host}. ` : ''}Release ${node.version ?? '–'}, up ${span(store.state.at - node.started)} since ${day(node.started)}.`);
      tiles.sessions.set(count(node.sessions), node.condition === 'draining' ? `${count(node.sessionsLeft)} to go` : '');
      tiles.members.set(count(node.members), `in ${some(node.roomsHere, 'room')}`);
      tiles.in.set(bits(node.bitsIn), datagrams(node.datagramsIn));
      tiles.out.set(bits(node.bitsOut), datagrams(node.datagramsOut));
      tiles.delay.set(delay(node.p99), `p50 ${delay(node.p50)}`);
      tiles.drops.set(rate(node.dropped), dropsBelow(intendedOf(node)));
      tiles.loss.set(percent(lossOf(node)), 'before they came');
      tiles.ports.set(count(node.portsInUse), `${count(node.portsFree)} numbers free`);
      tiles.shards.set(count(node.shards), `${count(node.queued)} pieces of work waiting`);
      tiles.cpu.set(decimal(node.cpu), `of ${count(node.cores)} cores`);
      tiles.memory.set(bytes(node.memory), `GC ${percent(node.gcPause)} of the time`);
      tiles.trunks.set(bits(node.trunkOut), `${bits(node.trunkIn)} in`);
      graphs.update();
      drops.update(Object.entries(node.drops ?? {}).map(([reason, rate]) => ({ reason, rate })).sort((a, b) => b.rate - a.rate));
      peers.update(Object.entries(node.peers ?? {}).map(([id, peer]) => ({ id, ...peer })));
    },
  };
  return view;
}
