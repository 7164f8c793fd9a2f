// The nodes of the cluster, a row each; and draining.
import { el, setText, setAttribute, table } from './dom.js';
import { call, segment } from './api.js';
import { confirm, toast } from './dialog.js';
import { bits, count, delay, percent, rate, roundTrip, some } from './format.js';
import { may } from './scope.js';
import { intended, lossOf, store } from './store.js';

/** { kind, text, more } of a node: kind is good, warn or bad, which is also a shape; text says it in words, more says more. */
export function condition(node) {
  if (!node.reachable)
    return { kind: 'bad', text: 'unreachable' };
  if (!node.answers)
    return { kind: 'bad', text: node.condition ? 'does not answer' : 'not heard yet' };
  if (node.condition === 'draining')
    return node.sessionsLeft > 0 ? { kind: 'warn', text: 'draining', more: `${some(node.sessionsLeft, 'session')} left` }
      : { kind: 'warn', text: 'drained', more: 'it can be stopped' };
  if (node.status !== 'up')
    return { kind: 'warn', text: node.status };
  return { kind: { ready: 'good', 'cut off': 'bad', 'not ready': 'bad' }[node.condition] ?? 'warn', text: node.condition };
}

export function fillCondition(cell, node) {
  const { kind, text, more } = condition(node);
  if (!cell.firstChild)
    cell.append(el('span'), ' ', el('small'));
  setAttribute(cell.firstChild, 'class', `mark ${kind}`);
  setText(cell.firstChild, text);
  setText(cell.lastChild, more ?? '');
}

export const peersOf = node => Object.values(node.peers ?? {});

/** Round trip to the farthest of the others, in microseconds; null where it is not known. */
const farthest = node => peersOf(node).reduce((most, p) => p.roundTrip != null && (most === null || p.roundTrip > most) ? p.roundTrip : most, null);

/** Two figures of one column, the lesser one in small. */
const pair = (first, second) => (cell, node) => {
  if (!cell.firstChild)
    cell.append(el('span'), el('small'));
  setText(cell.firstChild, first(node));
  setText(cell.lastChild, second(node));
};

const names = nodes => {
  const often = new Map();
  for (const node of nodes)
    often.set(node.name, (often.get(node.name) ?? 0) + 1);
  return node => often.get(node.name) > 1 ? `${node.name} (${node.id.slice(0, 4)})` : node.name;
};

export function nodesTable() {
  let shownName = node => node.name;
  const made = table({
    caption: 'Nodes of the cluster',
    keyOf: node => node.id,
    columns: [
      {
        label: 'Node', header: true,
        build: cell => cell.append(el('a'), el('small')),
        fill: (cell, node) => {
          setAttribute(cell.firstChild, 'href', `#/nodes/${node.id}`);
          setText(cell.firstChild, shownName(node));
          setText(cell.lastChild, node.id === store.state.self ? 'this console' : '');
        },
      },
      { label: 'State', fill: fillCondition },
      { label: 'Shards', number: true, text: node => count(node.shards) },
      { label: 'Sessions', number: true, text: node => count(node.sessions) },
      { label: 'Members', number: true, text: node => count(node.members) },
      { label: 'Rooms', number: true, hint: 'Rooms it owns; below, rooms with members here', fill: pair(n => count(n.rooms), n => `${count(n.roomsHere)} here`) },
      { label: 'Ports', number: true, hint: 'CONNs with a port; below, numbers nobody uses', fill: pair(n => count(n.portsInUse), n => `${count(n.portsFree)} free`) },
      { label: 'In', number: true, fill: pair(n => bits(n.bitsIn), n => rate(n.datagramsIn)) },
      { label: 'Out', number: true, fill: pair(n => bits(n.bitsOut), n => rate(n.datagramsOut)) },
      { label: 'Loss', number: true, hint: 'Media packets that members sent and that never came', text: n => percent(lossOf(n)) },
      { label: 'Drops', number: true, hint: 'Datagrams that went no further, without those that are muted or empty; below, why most of them', fill: pair(n => rate(n.dropped), n => reason(n)) },
      { label: 'Delay p99', number: true, hint: 'From receipt to the last copy sent, of 99 in 100 datagrams; below, of half of them', fill: pair(n => delay(n.p99), n => `p50 ${delay(n.p50)}`) },
      { label: 'Peers', number: true, hint: 'Other nodes it reaches; below, how long the slowest of them takes to answer', fill: pair(n => `${peersOf(n).filter(p => p.reachable).length} of ${peersOf(n).length}`, n => roundTrip(farthest(n))) },
      { label: 'Actions', hideLabel: true, build: (cell, item) => cell.append(...drainButtons(item)), fill: fillDrain },
    ],
  });
  return {
    root: made.root,
    update(nodes) {
      shownName = names(nodes);
      made.update(nodes);
    },
  };
}

const reason = node => Object.entries(node.drops ?? {}).filter(([reason]) => !intended.has(reason)).sort((a, b) => b[1] - a[1])[0]?.[0].replaceAll('_', ' ') ?? '';

/** For any node: the one this console is of hands it on. */
export function drainButtons(item) {
  return [
    el('button.drain', { type: 'button', click: () => drain(item()) }, 'Drain…'),
    el('button.calloff', { type: 'button', click: () => callOff(item()) }, 'Call off…'),
  ];
}

export function fillDrain(cell, node) {
  const [drainButton, callOffButton] = cell.querySelectorAll('button');
  drainButton.hidden = !may('operate') || !node.answers || node.condition !== 'ready';
  callOffButton.hidden = !may('operate') || !node.answers || node.condition !== 'draining';
  setAttribute(drainButton, 'aria-label', `Drain ${node.name}`);
  setAttribute(callOffButton, 'aria-label', `Call off the drain of ${node.name}`);
}

async function drain(node) {
  const done = await confirm({
    title: `Drain ${node.name}?`,
    text: `It takes no new clients, and tells the ${some(node.sessions, 'session')} it has where to go on. When they have gone, or at its deadline, it is empty and can be stopped. This can be called off until then.`,
    action: 'Drain', danger: true,
    work: () => call('POST', `nodes/${segment(node.id)}/drain`),
  });
  if (done)
    toast(`${node.name} is draining.`);
}

async function callOff(node) {
  const done = await confirm({
    title: `Call off the drain of ${node.name}?`,
    text: 'It takes clients again. Those who have gone do not come back by themselves.',
    action: 'Call off',
    work: () => call('DELETE', `nodes/${segment(node.id)}/drain`),
  });
  if (done)
    toast(`The drain of ${node.name} is called off.`);
}
