// Which camera, microphone and loudspeakers: three selects that know what is there.
import { el, keyed, setText } from '/console/dom.js';
import * as devices from './devices.js';
import { text } from './strings.js';

/** chosen(kind) is called when somebody has chosen another. Returns { root, refresh() }. */
export function deviceSelects(chosen) {
  const kinds = ['camera', 'microphone', ...(devices.canChooseSpeakers() ? ['speakers'] : [])];
  const rows = new Map(kinds.map(kind => {
    const select = el('select', {
      id: `${kind}-choice`, change: () => {
        devices.choose(kind, select.value);
        chosen(kind);
      },
    });
    return [kind, { select, row: el('div.field', null, el('label', { for: select.id }, text(kind)), select) }];
  }));
  const root = el('div.devices', null, ...[...rows.values()].map(r => r.row));

  async function refresh() {
    const found = await devices.list();
    for (const [kind, { select, row }] of rows) {
      row.hidden = found[kind].length === 0;
      keyed(select, found[kind], d => d.id, d => el('option', { value: d.id }), (option, device) =>
        setText(option, device.label || text('deviceNumber', { kind: text(kind), number: found[kind].indexOf(device) + 1 })));
      const choice = devices.choice(kind);
      if (found[kind].some(d => d.id === choice))
        select.value = choice;
    }
    root.hidden = [...rows.values()].every(r => r.row.hidden);
  }
  devices.whenChanged(refresh);
  return { root, refresh };
}
