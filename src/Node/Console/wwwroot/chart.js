// A line chart of the last ten minutes: axes with units, values under the pointer or by the arrow keys, one cursor for all charts.
import { el, svg, setText, setAttribute } from './dom.js';
import { clock, minute } from './format.js';
import { range, notify } from './store.js';

const height = 132, left = 66, right = 10, top = 8, bottom = 20;
/** Points farther apart are not joined: nobody knows what was between them. */
const gap = 13000;

let cursor = null;
const setCursor = at => {
  cursor = at;
  notify();
};

/**
 * { title, format, least, isTypical, series: [{ name, color, dashed }] }. least: what the axis reaches at the least. isTypical: the axis is made for what is
 * normal, and what goes beyond it is cut off, marked, and told: one peak would make a flat line of everything else for ten minutes.
 */
export function chart({ title, format, least, isTypical, series }) {
  const values = series.map(() => el('b'));
  const legend = el('span.legend', null, ...series.map((s, i) =>
    el('span', null, el(`i.key.${s.color}${s.dashed ? '.dashed' : ''}`), `${s.name} `, values[i])));
  const plot = svg('svg', { height, 'aria-hidden': 'true' });
  const spoken = el('p.unseen', { role: 'status' });
  const root = el('figure.chart', null,
    el('figcaption', null, el('span.title', null, title), legend),
    el('div.plot', { role: 'img', tabindex: 0, pointermove: point, pointerleave: () => setCursor(null), keydown: key, blur: () => setCursor(null) }, plot),
    spoken);
  const area = root.querySelector('.plot');
  const grid = svg('g', { class: 'grid' }), lines = svg('g'), beyond = svg('g', { class: 'beyond' }), mark = svg('g', { class: 'mark' });
  plot.append(grid, lines, beyond, mark);
  const paths = series.map(s => svg('path', { class: `line ${s.color}${s.dashed ? ' dashed' : ''}` }));
  lines.append(...paths);

  let width = 0, drawn = null;
  new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    plot.setAttribute('width', width);
    if (drawn)
      draw();
  }).observe(area);

  function point(event) {
    const x = event.clientX - area.getBoundingClientRect().left;
    if (drawn && width > 0)
      setCursor(drawn.now - range + Math.min(1, Math.max(0, (x - left) / (width - left - right))) * range);
  }

  function key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }[event.key];
    if (!drawn?.points.length)
      return;
    if (event.key === 'Home' || event.key === 'End' || by) {
      event.preventDefault();
      const points = drawn.points;
      const at = cursor === null ? points.length - 1 : nearest(points, cursor);
      const to = event.key === 'Home' ? 0 : event.key === 'End' ? points.length - 1 : Math.min(points.length - 1, Math.max(0, at + by * 5));
      setCursor(points[to].at);
      setText(spoken, read(points[to], true));
    } else if (event.key === 'Escape' && cursor !== null) {
      event.stopPropagation();
      setCursor(null);
    }
  }

  const read = (at, withTime) =>
    (withTime ? `${clock(at.at)}: ` : '') + series.map((s, i) => `${s.name} ${at.values[i] === null ? 'not known' : format(at.values[i])}`).join(', ');

  /** points: [{ at, values: [one per series, or null] }], the oldest first. */
  function update(points, now) {
    drawn = { points, now };
    draw();
  }

  function draw() {
    const { points, now } = drawn;
    const shown = points.length === 0 ? null : cursor === null ? points.at(-1) : points[nearest(points, cursor)];
    series.forEach((s, i) => setText(values[i], shown ? format(shown.values[i]) : '–'));
    setAttribute(area, 'aria-label', `${title}, last ten minutes; now ${points.length ? read(points.at(-1)) : 'nothing yet'}. Arrow keys read earlier values.`);
    if (width <= left + right)
      return;

    const highest = Math.max(0, ...points.map(highestOf));
    const most = ceiling(Math.max(least, isTypical ? Math.min(highest, 2 * typical(points)) : highest));
    const x = at => left + (at - now + range) / range * (width - left - right);
    const y = value => top + (1 - Math.min(1, value / most)) * (height - top - bottom);
    drawGrid(grid, x, y, most, now, width, format);
    paths.forEach((path, i) => path.setAttribute('d', line(points, i, x, y)));

    drawBeyond(beyond, points.filter(p => highestOf(p) > most), highest, x, width, format);
    mark.replaceChildren();
    if (cursor !== null && shown) {
      const atLeft = x(shown.at) < width / 2;
      const time = svg('text', { x: x(shown.at) + (atLeft ? 5 : -5), y: top + 9, 'text-anchor': atLeft ? 'start' : 'end' });
      time.textContent = clock(shown.at);
      mark.append(svg('line', { x1: x(shown.at), x2: x(shown.at), y1: top, y2: height - bottom }), time);
      series.forEach((s, i) => {
        if (shown.values[i] !== null)
          mark.append(svg('circle', { class: s.color, cx: x(shown.at), cy: y(shown.values[i]), r: 3.5 }));
      });
    }
  }

  return { root, update };
}

function nearest(points, at) {
  let best = 0;
  for (let i = 1; i < points.length; i++) {
    if (Math.abs(points[i].at - at) < Math.abs(points[best].at - at))
      best = i;
  }
  return best;
}

function line(points, i, x, y) {
  let path = '', last = null;
  for (const point of points) {
    const value = point.values[i];
    if (value === null || value === undefined) {
      last = null;
      continue;
    }
    path += `${last === null || point.at - last > gap ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(value).toFixed(1)}`;
    last = point.at;
  }
  return path;
}

/** The next number whose half is round as well. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(step => step * power >= value * 0.9999);
}

const highestOf = point => Math.max(...point.values.map(v => v ?? 0));

/** What nine of ten values do not go beyond. */
function typical(points) {
  const sorted = points.map(highestOf).sort((a, b) => a - b);
  return sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
}

/** A small triangle at the top for each point that is higher, and how high they go. */
function drawBeyond(group, points, highest, x, width, format) {
  const parts = points.map(p => svg('path', { d: `M${(x(p.at) - 3).toFixed(1)} ${top + 5}h6l-3 -5z` }));
  if (points.length) {
    const label = svg('text', { x: width - right, y: top + 14, 'text-anchor': 'end' });
    label.textContent = `up to ${format(highest)}`;
    parts.push(label);
  }
  group.replaceChildren(...parts);
}

function drawGrid(grid, x, y, most, now, width, format) {
  const parts = [];
  for (const value of [0, most / 2, most]) {
    const at = Math.round(y(value)) + 0.5;
    parts.push(svg('line', { x1: left, x2: width - right, y1: at, y2: at }));
    const label = svg('text', { x: left - 6, y: at + 4, 'text-anchor': 'end' });
    label.textContent = value === 0 ? '0' : format(value);
    parts.push(label);
  }
  const every = (width < 420 ? 4 : 2) * 60000;
  for (let at = Math.ceil((now - range) / every) * every; at <= now; at += every) {
    const tick = Math.round(x(at)) + 0.5;
    if (tick < left + 14 || tick > width - right - 10)
      continue;
    parts.push(svg('line', { class: 'tick', x1: tick, x2: tick, y1: height - bottom, y2: height - bottom + 4 }));
    const label = svg('text', { x: tick, y: height - 4, 'text-anchor': 'middle' });
    label.textContent = minute(at);
    parts.push(label);
  }
  grid.replaceChildren(...parts);
}
