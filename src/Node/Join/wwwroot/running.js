// What whoever moderates a room sets there.
import { el, setText } from '/console/dom.js';
import { icon } from './icons.js';
import { text } from './strings.js';

/** set(parameter, value) sets something of the room; invite() copies a link. */
export function roomControls(set, invite) {
  const box = (parameter, label) => {
    const input = el('input', { type: 'checkbox', id: `room-${parameter}`, change: () => set(parameter, input.checked ? 'on' : 'off') });
    return { parameter, input, root: el('p.check', null, input, el('label', { for: input.id }, text(label))) };
  };
  const line = (parameter, label, type, longest) => {
    const input = el('input', { type, id: `room-${parameter}`, maxlength: longest, autocomplete: 'off' });
    const hint = el('p.hint');
    const form = el('form.say', {
      submit(event) {
        event.preventDefault();
        set(parameter, input.value.trim() || 'none');
        if (type === 'password')
          input.value = '';
      },
    }, input, el('button', { type: 'submit' }, text('roomSet')));
    return { input, hint, root: el('div.field', null, el('label', { for: input.id }, text(label)), form, hint) };
  };
  const boxes = [box('lobby', 'roomLobby'), box('locked', 'roomLocked'), box('history', 'roomHistory')];
  const title = line('title', 'roomTitle', 'text', 200), password = line('password', 'roomPassword', 'password', 256);
  const button = (label, click, sign = null) => el('button', { type: 'button', click }, sign && icon(sign), text(label));
  const root = el('section.running', { hidden: true, 'aria-labelledby': 'running-heading' },
    el('h3', { id: 'running-heading' }, text('roomHeading')), ...boxes.map(b => b.root), title.root, password.root,
    el('div.acts', null, button('muteAll', () => set('mute', 'all')), button('unmuteAll', () => set('unmute', 'all'))), button('inviteLink', invite, 'link'));
  return {
    root,
    /** room: by parameter, as the server tells. */
    update(isModerator, room) {
      root.hidden = !isModerator;
      for (const { parameter, input } of boxes)
        input.checked = room.get(parameter) === 'on';
      const called = room.get('title') ?? 'none';
      if (document.activeElement !== title.input && title.shown !== called)
        title.input.value = called === 'none' ? '' : called;
      title.shown = called;
      setText(password.hint, text('roomPasswordHint', { isSet: text(room.get('password') === 'on' ? 'yes' : 'no') }));
    },
  };
}
