// Before the call, the call, after the call: which of them is seen.
import { setText } from '/console/dom.js';
import { readAddress } from './address.js';
import { Call } from './call.js';
import { LevelMeter } from './devices.js';
import { ending } from './ending.js';
import { prejoin } from './prejoin.js';
import { refusal } from './refusals.js';
import { roomView } from './room.js';
import { text } from './strings.js';

const page = document.getElementById('page'), toastBox = document.getElementById('toast'), news = document.getElementById('news');
const toastFor = 6000;
const address = readAddress();
const meter = new LevelMeter();
let view = null, call = null, wakeLock = null, fading, usesKeys = false;

for (const [event, isKey] of [['keydown', true], ['pointerdown', false]])
  addEventListener(event, () => { usesKeys = isKey; }, { capture: true });

function show(next) {
  view?.dispose();
  view = next;
  page.replaceChildren(view.root);
  // Where one is, is shown to who goes by keys.
  view.focus({ focusVisible: usesKeys });
}

function toast(sentence) {
  clearTimeout(fading);
  setText(toastBox, sentence);
  fading = setTimeout(() => setText(toastBox, ''), toastFor);
}

function before() {
  document.title = address.room ? text('titleOfRoom', { room: address.room }) : text('app');
  show(prejoin(address, meter, join));
}

/** Returns what to tell the person where it does not work, and nothing where it does. */
async function join(wish) {
  if (!('RTCPeerConnection' in globalThis))
    return { sentence: text('noWebRtc') };
  const joining = new Call(wish, (what, detail) => hear(joining, wish, what, detail));
  try {
    await joining.join();
  } catch (failure) {
    return refusal(failure, wish.room);
  }
  call = joining;
  show(roomView(call, wish, meter, toast));
  view.update();
  stayAwake();
  return null;
}

function hear(from, wish, what, detail) {
  if (what === 'ended')
    after(from, detail);
  else if (what === 'waiting')
    view.wait?.(detail);
  else if (what === 'notice')
    toast(detail);
  else if (what === 'note')
    setText(news, detail);
  else if (from === call)
    view.update();
}

function after(ended, how) {
  for (const track of Object.values(ended.tracks))
    track?.stop();
  meter.listen(null);
  setText(toastBox, '');
  call = null;
  wakeLock?.release();
  show(ending(how, ended.state.self, before));
}

/** A call is looked at and not touched: the screen is to stay on. */
async function stayAwake() {
  wakeLock = await navigator.wakeLock?.request('screen').catch(() => null);
}

document.addEventListener('visibilitychange', () => {
  if (call && !document.hidden)
    stayAwake();
});
addEventListener('pagehide', () => call?.vanish());
before();
