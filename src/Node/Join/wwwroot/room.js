// The call as it is seen: pictures, a panel for chat and people, and the buttons.
import { el, keyed, setAttribute, setText } from '/console/dom.js';
import { chatView } from './chat.js';
import { linkOf } from './address.js';
import * as devices from './devices.js';
import { icon, setIcon } from './icons.js';
import { listenForKeys, openDialog, showKeys } from './keys.js';
import { peopleView } from './people.js';
import { Refused } from './signalling.js';
import { deviceSelects } from './selects.js';
import { stageView } from './stage.js';
import { text } from './strings.js';

/** A button with a sign and a word. */
function button(name, key, click) {
  const drawn = icon(name), word = el('span.word');
  const root = el('button.control', { type: 'button', 'aria-keyshortcuts': key, click }, drawn, word);
  return {
    root,
    /** label: what it says; aria: what it is called where that is longer. */
    show(sign, label, { aria = label, isOn = null, isOff = false, disabled = false } = {}) {
      setIcon(drawn, sign);
      setText(word, label);
      setAttribute(root, 'aria-label', aria);
      setAttribute(root, 'title', key ? `${aria} (${key.toUpperCase()})` : aria);
      setAttribute(root, 'aria-pressed', isOn === null ? null : String(isOn));
      root.classList.toggle('off', isOff);
      root.disabled = disabled;
    },
  };
}

/** call: a Call that has joined. wish: as it was joined. meter: a LevelMeter. toast(sentence). */
export function roomView(call, wish, meter, toast) {
  let panel = null, read = 0;

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(wish.link);
      toast(text('linkCopied'));
    } catch {
      toast(text('linkNotCopied'));
    }
  }

  async function setRoom(parameter, value) {
    try {
      await call.setRoom(parameter, value);
    } catch (failure) {
      toast(text('roomRefused', { why: failure.message }));
      update();
    }
  }

  async function invite() {
    try {
      const token = await call.setRoom('invite', `${24 * 60} 10`);
      await navigator.clipboard.writeText(linkOf(wish.room, wish.host, wish.key, token));
      toast(text('inviteCopied'));
    } catch (failure) {
      toast(failure instanceof Refused ? text('roomRefused', { why: failure.message }) : text('linkNotCopied'));
    }
  }

  // --- panels
  const views = { chat: chatView(said => call.say(said)), people: peopleView(copyLink, setRoom, invite) };
  const panelHeading = el('h2');
  const aside = el('aside.panel', { hidden: true, 'aria-labelledby': 'panel-heading' },
    el('header', null, panelHeading, el('button.square.plain', { type: 'button', 'aria-label': text('closePanel'), title: text('closePanel'), click: () => show(null) }, icon('close'))),
    ...Object.values(views).map(v => v.root));
  panelHeading.id = 'panel-heading';

  function show(which) {
    const was = panel;
    panel = panel === which ? null : which;
    aside.hidden = panel === null;
    for (const [name, view] of Object.entries(views))
      view.root.hidden = name !== panel;
    update();
    if (panel)
      views[panel].focus();
    else if (was)
      controls[was].root.focus();
  }

  // --- what the buttons do
  const flipMicrophone = () => call.tracks.microphone && !self()?.muted && call.setMicrophone(!call.state.microphone);
  const flipCamera = () => call.tracks.camera && call.setCamera(!call.state.camera);

  async function flipScreen() {
    if (call.state.screen) {
      await call.unshare();
      return;
    }
    try {
      const track = await devices.openScreen();
      if (track)
        await call.share(track);
    } catch {
      toast(text('shareFailed'));
    }
  }

  const flipLayout = () => {
    stage.setSpotlight(!stage.isSpotlight);
    update();
  };

  function settings() {
    const selects = deviceSelects(async kind => {
      if (kind === 'speakers') {
        useSpeakers();
        return;
      }
      const old = call.tracks[kind];
      try {
        await call.replace(kind, await devices.open(kind));
        old?.stop();
        meter.listen(call.tracks.microphone);
      } catch (failure) {
        toast(text(devices.failureOf(failure)));
      }
    });
    openDialog(text('settings'), selects.root);
    selects.refresh();
  }

  const controls = {
    microphone: button('microphone', 'm', flipMicrophone),
    camera: button('camera', 'v', flipCamera),
    share: button('screen', 's', flipScreen),
    chat: button('chat', 'c', () => show('chat')),
    people: button('people', 'p', () => show('people')),
    layout: button('spotlight', 'g', flipLayout),
    leave: button('leave', null, () => call.leave()),
  };
  controls.leave.root.classList.add('leave');
  controls.leave.show('leave', text('leave'));
  const unread = el('span.unread', { hidden: true, 'aria-hidden': 'true' });
  controls.chat.root.append(unread);
  const small = (name, sign, click) => el('button.square.plain', { type: 'button', 'aria-label': text(name), title: text(name), click }, icon(sign));

  // --- the page
  const stage = stageView(copyLink);
  const banner = el('p.banner', { role: 'alert', hidden: true });
  const encrypted = el('p.badge', { hidden: !call.state.isEncrypted }, icon('lock'), el('span', null, text('encryptedBadge')));
  const voices = el('div', { hidden: true });
  const heading = el('h1', null, wish.room);
  const atDoor = el('span.unread', { hidden: true, 'aria-hidden': 'true' });
  controls.people.root.append(atDoor);
  const root = el('div.room', null,
    el('header.top', null, heading, encrypted,
      el('div.corner', null, small('copyLink', 'link', copyLink), small('keys', 'keys', showKeys), small('settings', 'settings', settings))),
    banner,
    el('div.middle', null, stage.root, aside),
    el('div.controls', { role: 'group', 'aria-label': text('controls') },
      el('div.group', null, controls.microphone.root, controls.camera.root, devices.canShare() ? controls.share.root : null),
      el('div.group', null, controls.chat.root, controls.people.root, controls.layout.root),
      el('div.group', null, controls.leave.root)),
    voices);

  function useSpeakers() {
    for (const audio of voices.children)
      audio.setSinkId?.(devices.choice('speakers')).catch(() => {});
  }

  function playVoices() {
    keyed(voices, call.voices(), v => v.mid, () => el('audio', { autoplay: true }), (audio, voice) => {
      const track = call.track(voice.mid);
      if ((audio.srcObject?.getAudioTracks()[0] ?? null) === track)
        return;
      audio.srcObject = track && new MediaStream([track]);
      if (devices.choice('speakers'))
        audio.setSinkId?.(devices.choice('speakers')).catch(() => {});
    });
  }

  const self = () => call.state.members.get(call.state.self);

  function showControls({ microphone, camera, screen, members, chat, waiting }) {
    const { tracks } = call;
    if (self()?.muted)
      controls.microphone.show('microphoneOff', text('unmute'), { aria: text('mutedByOperator'), isOff: true, disabled: true });
    else
      controls.microphone.show(microphone ? 'microphone' : 'microphoneOff', text(!tracks.microphone ? 'noMicrophone' : microphone ? 'mute' : 'unmute'),
        { aria: text(!tracks.microphone ? 'noMicrophone' : microphone ? 'muteAria' : 'unmuteAria'), isOff: !microphone, disabled: !tracks.microphone });
    controls.camera.show(camera ? 'camera' : 'cameraOff', text(!tracks.camera ? 'noCamera' : camera ? 'cameraOff' : 'cameraOn'), { isOff: !camera, disabled: !tracks.camera });
    controls.share.show(screen ? 'screenOff' : 'screen', text(screen ? 'unshare' : 'share'), { isOn: !!screen });
    const words = chat.filter(c => c.kind === 'said' && !c.isOwn).length;
    if (panel === 'chat')
      read = words;
    const isUnread = words > read;
    unread.hidden = !isUnread;
    setText(unread, String(words - read));
    controls.chat.show('chat', text('chat'), { aria: isUnread ? `${text('chat')}, ${text('chatUnread', { count: words - read })}` : text('chat'), isOn: panel === 'chat' });
    atDoor.hidden = waiting.size === 0;
    setText(atDoor, String(waiting.size));
    const people = text('peopleCount', { count: members.size });
    controls.people.show('people', text('people'), { aria: waiting.size ? `${people}, ${text('waitingHeading')}: ${waiting.size}` : people, isOn: panel === 'people' });
    controls.layout.show(stage.isSpotlight ? 'grid' : 'spotlight', text(stage.isSpotlight ? 'layoutGrid' : 'layoutSpeaker'));
    document.title = isUnread ? text('titleUnread', { room: wish.room, count: words - read }) : text('titleOfRoom', { room: wish.room });
  }

  function update() {
    const { state } = call;
    stage.update(state, call);
    playVoices();
    for (const view of Object.values(views))
      view.update(state);
    setText(panelHeading, panel === 'people' ? text('peopleCount', { count: state.members.size }) : text('chat'));
    showControls(state);
    const title = state.room.get('title') ?? 'none';
    setText(heading, title === 'none' ? wish.room : title);
    const trouble = state.phase === 'moving' || state.phase === 'reconnecting' ? text(state.phase) : state.mediaProblem && text('noMedia', { why: state.mediaProblem });
    banner.hidden = !trouble;
    setText(banner, trouble ?? '');
  }

  const escape = () => {
    if (panel)
      show(panel);
    else if (stage.unpin())
      update();
  };
  const stopKeys = listenForKeys({
    m: flipMicrophone, v: flipCamera, s: flipScreen, c: () => show('chat'), p: () => show('people'), g: flipLayout, '?': showKeys, Escape: escape,
  });
  meter.listen(call.tracks.microphone);
  const timer = setInterval(() => call.hearSelf(meter.read()), 200);
  const refreshed = setInterval(update, 1000);

  return {
    root,
    update,
    focus: how => controls.microphone.root.focus(how),
    dispose() {
      stopKeys();
      clearInterval(timer);
      clearInterval(refreshed);
      document.querySelector('dialog[open]')?.close();
    },
  };
}
