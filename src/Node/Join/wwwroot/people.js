// Who is there, and how each of them is; for who moderates, what may be done about it.
import { el, keyed, setText } from '/console/dom.js';
import { icon } from './icons.js';
import { roomControls } from './running.js';
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

/** set(parameter, value) sets something of the room; invite() copies a link. */
export function peopleView(copyLink, set, invite) {
  const act = (name, parameter, value) => el('button.small', { type: 'button', 'aria-label': text(`${name}Aria`, { name: value }), click: () => set(parameter, value) }, text(name));
  const waitingHeading = el('h3', null, text('waitingHeading'));
  const waitingList = el('ul.waiting', { 'aria-label': text('waitingHeading') });
  const list = el('ul.members', { 'aria-label': text('people') });
  const running = roomControls(set, invite);
  const root = el('div.people', null, waitingHeading, waitingList, list, el('button', { type: 'button', click: copyLink }, icon('link'), text('copyLink')), running.root);
  const create = member => el('li', null, avatar(member.name), el('div', null, el('p.name'), el('p.hint')), el('div.acts', { hidden: true },
    act('muteOther', 'mute', member.name), act('unmuteOther', 'unmute', member.name), act('putOut', 'put-out', member.name)));
  const createWaiting = name => el('li', null, el('p.name', null, name), el('div.acts', null, act('admit', 'admit', name), act('turnAway', 'refuse', name)));
  return {
    root,
    focus: () => [...root.querySelectorAll('button')].find(b => b.offsetParent).focus(),
    update({ members, screen, waiting, role, room }) {
      const isModerator = role !== 'member';
      waitingHeading.hidden = waitingList.hidden = waiting.size === 0;
      keyed(waitingList, [...waiting], name => name, createWaiting, () => {});
      const sorted = [...members.values()].sort((a, b) => b.isSelf - a.isSelf || a.name.localeCompare(b.name));
      keyed(list, sorted, m => m.name, create, (item, member) => {
        const [, words, acts] = item.children;
        const [name, states] = words.children;
        setText(name, member.isSelf ? text('nameYou', { name: member.name }) : member.name);
        setText(states, statesOf(member.isSelf ? { ...member, screen } : member).join(', '));
        item.classList.toggle('speaking', member.speakingUntil > Date.now() && !member.muted && member.microphone);
        acts.hidden = !isModerator || member.isSelf;
        [acts.children[0].hidden, acts.children[1].hidden] = [member.muted, !member.muted];
      });
      running.update(isModerator, room);
    },
  };
}
