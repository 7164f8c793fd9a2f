// Elements, and keeping them up to date in place: a page that is built anew every second loses focus, selection and hover.
// Text goes in as text; nothing here, nor anywhere else, makes markup of a string.

/** el('td.num', { title: '...' }, 'text', child, ...). Properties that are functions become listeners of that name. */
export function el(what, properties, ...children) {
  const [tag, ...classes] = what.split('.');
  const node = document.createElement(tag);
  if (classes.length)
    node.className = classes.join(' ');
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (typeof value === 'function')
      node.addEventListener(name, value);
    else if (value === true)
      node.setAttribute(name, '');
    else if (value !== undefined && value !== null && value !== false)
      node.setAttribute(name, value);
  }
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes) {
  const node = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes ?? {}))
    node.setAttribute(name, value);
  return node;
}

/** Writes only what is different: untouched text keeps its selection, and costs no layout. */
export function setText(node, text) {
  if (node.textContent !== text)
    node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false)
    node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value))
    node.setAttribute(name, value);
}

/** Makes the children of parent those of items, in their order; a child lives as long as its key is there. */
export function keyed(parent, items, keyOf, create, update) {
  const had = parent.keyedChildren ??= new Map();
  const have = new Map();
  let at = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const child = had.get(key) ?? create(item);
    had.delete(key);
    have.set(key, child);
    if (child === at)
      at = at.nextSibling;
    else
      parent.insertBefore(child, at);
    update(child, item);
  }
  for (const gone of had.values())
    gone.remove();
  parent.keyedChildren = have;
}

/** For how long rows stay in one order, whatever their figures do: a row that jumps is hit by mistake, and cannot be followed by eye. */
const stillFor = 15_000;

/** Orders that change seldom: arrange(items, by, isHeld) sorts as they come only when by is another, or after a while if nobody holds them. */
export function steady(keyOf) {
  let places = new Map(), sortedAt = -Infinity, sortedBy;
  return (items, by, isHeld) => {
    const now = performance.now();
    if (by !== sortedBy || (!isHeld && now - sortedAt > stillFor)) {
      [sortedAt, sortedBy] = [now, by];
      places = new Map();
    }
    for (const item of items) {
      if (!places.has(keyOf(item)))
        places.set(keyOf(item), places.size);
    }
    return [...items].sort((a, b) => places.get(keyOf(a)) - places.get(keyOf(b)));
  };
}

/** A column of links: { label, to(item): where, text(item), ...other properties of a column }. */
export function linkColumn({ to, text, ...column }) {
  return {
    ...column, build: cell => cell.append(el('a')),
    fill: (cell, item) => {
      setAttribute(cell.firstChild, 'href', to(item));
      setText(cell.firstChild, text(item));
    },
  };
}

/** A line for each text in a cell of a table. */
export function setLines(cell, texts) {
  while (cell.children.length < texts.length)
    cell.append(el('div'));
  while (cell.children.length > texts.length)
    cell.lastChild.remove();
  texts.forEach((text, i) => setText(cell.children[i], text));
}

/**
 * A table whose rows are kept by key. Columns: { label, hint, number, header, sort, fill(cell, item) }.
 * On narrow screens it is shown as cards, so each cell knows its label. isLive: its items come sorted by figures that change all the time.
 */
export function table({ caption, columns, keyOf, empty, onSort, isLive }) {
  const arrange = isLive ? steady(keyOf) : items => items;
  const head = el('tr', { role: 'row' });
  const body = el('tbody', { role: 'rowgroup' });
  for (const column of columns) {
    const cell = el('th', { role: 'columnheader', scope: 'col', title: column.hint });
    if (column.number)
      cell.classList.add('num');
    if (onSort && column.sort)
      cell.append(el('button.sort', { type: 'button', click: () => onSort(column.sort) }, column.label));
    else
      cell.append(column.hideLabel ? el('span.unseen', null, column.label) : column.label);
    column.headCell = cell;
    head.append(cell);
  }
  const none = el('p.none', { hidden: true }, empty ?? 'None.');
  const root = el('div.table', null,
    el('table', { role: 'table' }, el('caption.unseen', null, caption), el('thead', { role: 'rowgroup' }, head), body), none);

  const create = () => {
    const row = el('tr', { role: 'row' });
    row.cells_ = columns.map(column => {
      const cell = el(column.header ? 'th' : 'td', {
        role: column.header ? 'rowheader' : 'cell', scope: column.header ? 'row' : null, 'data-label': column.label,
      });
      if (column.number)
        cell.classList.add('num');
      if (column.wide)
        cell.classList.add('wide');
      column.build?.(cell, () => row.item);
      row.append(cell);
      return cell;
    });
    return row;
  };
  const update = (row, item) => {
    row.item = item;
    columns.forEach((column, i) => {
      if (column.text)
        setText(row.cells_[i], column.text(item));
      column.fill?.(row.cells_[i], item);
    });
  };
  return {
    root,
    /** sorted: by which column; by: whatever else the order comes from. */
    update(items, sorted, by = sorted) {
      keyed(body, arrange(items, by, root.matches(':hover') || root.contains(document.activeElement)), keyOf, create, update);
      none.hidden = items.length > 0;
      for (const column of columns)
        setAttribute(column.headCell, 'aria-sort', sorted && column.sort === sorted ? (sorted === 'name' ? 'ascending' : 'descending') : null);
    },
  };
}
