// What is known of the cluster: the state the server pushes, and ten minutes of samples for charts.

export const range = 10 * 60 * 1000;

export const store = {
  /** As GET events tells it; null until the first. */
  state: null,
  /** { at, nodes: { id: { series: value } } }, the oldest first. */
  samples: [],
  /** connecting, live, lost, paused */
  live: 'connecting',
};

const listeners = new Set();
let scheduled = false;

/** Calls back after every change, at most once a frame of the screen. Returns how to stop it. */
export function subscribe(changed) {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function notify() {
  if (scheduled)
    return;
  scheduled = true;
  // A page that is not looked at is given no frames.
  const soon = document.hidden ? work => setTimeout(work, 1000) : requestAnimationFrame;
  soon(() => {
    scheduled = false;
    for (const changed of [...listeners])
      changed();
  });
}

export function setLive(live) {
  store.live = live;
  notify();
}

/** RFC 7396, in place. */
export function applyPatch(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null)
      delete target[name];
    else if (typeof value === 'object' && !Array.isArray(value))
      target[name] = applyPatch(typeof target[name] === 'object' && target[name] !== null && !Array.isArray(target[name]) ? target[name] : {}, value);
    else
      target[name] = value;
  }
  return target;
}

export function onEvent(name, data) {
  if (name === 'history')
    onHistory(data);
  else if (name === 'state')
    store.state = data;
  else if (name === 'change' && store.state)
    applyPatch(store.state, data);
  else
    return;
  if (name !== 'history')
    sample();
  store.live = 'live';
  notify();
}

/** Reasons for which a datagram goes no further because somebody wants it so, or because it is empty: no sign that anything is wrong. */
export const intended = new Set(['muted', 'empty']);

export const sum = values => Object.values(values ?? {}).reduce((all, one) => all + one, 0);

function sample() {
  const { at, nodes } = store.state;
  const now = {};
  for (const [id, node] of Object.entries(nodes)) {
    if (node.answers && node.condition)
      now[id] = {
        bitsIn: node.bitsIn, bitsOut: node.bitsOut, drops: node.dropped, expected: node.expected, lost: node.lost, joins: node.joins,
        refused: node.refused, p50: node.p50, p99: node.p99, members: node.members, sessions: node.sessions,
      };
  }
  store.samples.push({ at, nodes: now });
  const first = store.samples.findIndex(s => s.at >= at - range);
  store.samples.splice(0, first);
}

/** Fills in what this page has not seen itself. */
function onHistory({ step, end, nodes }) {
  const rows = Object.entries(nodes);
  const steps = rows.length ? Object.values(rows[0][1])[0].length : 0;
  const own = store.samples;
  const past = [];
  for (let i = 0; i < steps; i++) {
    const at = end - (steps - i - 0.5) * step;
    if (own.some(s => Math.abs(s.at - at) < step))
      continue;
    const values = {};
    for (const [id, series] of rows) {
      if (series.members[i] !== null)
        values[id] = Object.fromEntries(Object.entries(series).map(([name, all]) => [name, all[i]]));
    }
    if (Object.keys(values).length)
      past.push({ at, nodes: values });
  }
  store.samples = [...past, ...own].sort((a, b) => a.at - b.at);
}

/** All nodes' together: sums, but for delays, where the worst node counts. */
export function totals(nodes) {
  const all = { nodes: nodes.length, ready: 0, sessions: 0, members: 0, rooms: 0, portsInUse: 0, portsFree: 0, bitsIn: 0, bitsOut: 0, datagramsIn: 0,
    datagramsOut: 0, drops: 0, intended: 0, expected: 0, lost: 0, p50: null, p99: null, worst: null };
  for (const node of nodes) {
    if (node.condition === 'ready' && node.answers)
      all.ready++;
    for (const name of ['sessions', 'members', 'rooms', 'portsInUse', 'portsFree', 'bitsIn', 'bitsOut', 'datagramsIn', 'datagramsOut', 'expected', 'lost'])
      all[name] += node[name] ?? 0;
    all.drops += node.dropped ?? 0;
    all.intended += intendedOf(node);
    if (node.p99 != null && (all.p99 === null || node.p99 > all.p99))
      [all.p99, all.p50, all.worst] = [node.p99, node.p50, node.name];
  }
  return all;
}

export const intendedOf = node => sum(Object.fromEntries(Object.entries(node.drops ?? {}).filter(([reason]) => intended.has(reason))));

export const lossOf = figures => figures.expected > 0 ? figures.lost / figures.expected : null;

/** With their ids, in the order of their names. */
export function nodeList() {
  return Object.entries(store.state?.nodes ?? {}).map(([id, node]) => ({ id, ...node }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1);
}

/** A node by its id; otherwise what is left of the id. */
export const nodeName = id => store.state?.nodes[id]?.name ?? id;
