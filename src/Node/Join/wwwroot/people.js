// Who is there, and how each of them is.
import { el, keyed, setText } from '/console/dom.js';
import { icon } from './icons.js';
import { text } from './strings.js';
import { avatar } from './tiles.js';

/** What there is to say of somebody, in words; pictures say the same in signs. */
export function statesOf(member) {
  const states = [];
  if (member.muted)
    states.push('stateMutedByOperator');
  else if (!member.microphone)
    states.push('stateMuted');
  else if (member.speakingUntil > Date.now())
    states.push('stateSpeaking');
  if (!member.camera)
    states.push('stateCameraOff');
  else if (member.isStill)
    states.push('stateNoPicture');
  if (member.screen && member.isSharing)
    states.push('stateSharing');
  if (member.isLocked)
    states.push('stateLocked');
  if (member.quality && member.quality !== 'good')
    states.push(member.quality === 'bad' ? 'stateBad' : 'statePoor');
  return states.map(s => text(s));
}

export function peopleView(copyLink) {
  const list = el('ul.members', { 'aria-label': text('people') });
  const root = el('div.people', null, list, el('button', { type: 'button', click: copyLink }, icon('link'), text('copyLink')));
  const create = member => {
    const item = el('li', null, avatar(member.name), el('div', null, el('p.name'), el('p.hint')));
    return item;
  };
  return {
    root,
    focus: () => root.querySelector('button').focus(),
    update({ members, screen }) {
      const sorted = [...members.values()].sort((a, b) => b.isSelf - a.isSelf || a.name.localeCompare(b.name));
      keyed(list, sorted, m => m.name, create, (item, member) => {
        const [name, states] = item.lastChild.children;
        setText(name, member.isSelf ? text('nameYou', { name: member.name }) : member.name);
        setText(states, statesOf(member.isSelf ? { ...member, screen } : member).join(', '));
        item.classList.toggle('speaking', member.speakingUntil > Date.now() && !member.muted && member.microphone);
      });
    },
  };
}
