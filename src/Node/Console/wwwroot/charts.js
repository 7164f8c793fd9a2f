// The six charts there are, of one node or of all.
import { el } from './dom.js';
import { chart } from './chart.js';
import { bits, count, delay, percent, rate } from './format.js';
import { store } from './store.js';

const together = (nodes, name) => nodes.reduce((sum, n) => sum + (n[name] ?? 0), 0);
const worst = (nodes, name) => nodes.reduce((most, n) => n[name] != null && (most === null || n[name] > most) ? n[name] : most, null);

const kinds = [
  {
    title: 'Media', format: bits, least: 1000,
    series: [{ name: 'in', color: 'in', of: n => together(n, 'bitsIn') }, { name: 'out', color: 'out', dashed: true, of: n => together(n, 'bitsOut') }],
  },
  {
    title: 'Delay', format: delay, least: 1000, isTypical: true, worst: true,
    series: [{ name: 'p50', color: 'p50', of: n => worst(n, 'p50') }, { name: 'p99', color: 'p99', dashed: true, of: n => worst(n, 'p99') }],
  },
  { title: 'Members', format: count, least: 4, series: [{ name: '', color: 'people', of: n => together(n, 'members') }] },
  { title: 'Dropped datagrams', format: rate, least: 1, series: [{ name: '', color: 'bad', of: n => together(n, 'drops') }] },
  {
    title: 'Lost before they came', format: percent, least: 0.01,
    series: [{ name: '', color: 'loss', of: n => together(n, 'expected') > 0 ? together(n, 'lost') / together(n, 'expected') : null }],
  },
  {
    title: 'CONNs', format: rate, least: 1,
    series: [{ name: 'accepted', color: 'people', of: n => together(n, 'joins') }, { name: 'refused', color: 'bad', dashed: true, of: n => together(n, 'refused') }],
  },
];

/** id: one node's; null: the whole cluster's. */
export function charts(id) {
  const made = kinds.map(kind => ({ kind, chart: chart({ ...kind, title: kind.worst && id === null ? `${kind.title}, worst node` : kind.title }) }));
  return {
    root: el('section.charts', { 'aria-label': 'Last ten minutes' }, ...made.map(m => m.chart.root)),
    update() {
      const now = store.state.at;
      const samples = store.samples.map(s => ({ at: s.at, nodes: id === null ? Object.values(s.nodes) : s.nodes[id] ? [s.nodes[id]] : [] }));
      for (const { kind, chart } of made)
        chart.update(samples.map(s => ({ at: s.at, values: kind.series.map(one => s.nodes.length ? one.of(s.nodes) : null) })), now);
    },
  };
}
