// Signs in, holds the stream open, and shows the view the address names.
import { el, keyed, setAttribute, setText } from './dom.js';
import { call, forgetToken, keepToken, token, whenDenied } from './api.js';
import { accountsView } from './accounts.js';
import { auditView } from './audit.js';
import { callsView } from './calls.js';
import { domainsView, domainView } from './domains.js';
import { eventsView } from './events.js';
import { findBox } from './find.js';
import { nodeView } from './node.js';
import { overview } from './overview.js';
import { domainRoomsView, roomsView } from './rooms.js';
import { roomView } from './room.js';
import { may, ownDomain, setScope } from './scope.js';
import { nodeList, onEvent, setLive, store, subscribe } from './store.js';
import { openStream } from './stream.js';
import { tokensView } from './tokens.js';
import { userView } from './user.js';

const byId = id => document.getElementById(id);
const main = byId('main'), live = byId('live');

/** A hidden tab lets go of its connection after so long: a browser has only six for one node. */
const hiddenFor = 60_000;

let view = null, route = null, closeStream = null, hiding;

// --- the address

const views = [
  [/^#?\/?$/, () => ownDomain() === null ? overview() : domainView(ownDomain())],
  [/^#\/rooms$/, roomsView],
  [/^#\/rooms\/([^/]+)$/, roomView],
  [/^#\/nodes\/([^/]+)$/, nodeView],
  [/^#\/users\/([^/]+)$/, userView],
  [/^#\/users$/, () => accountsView()],
  [/^#\/calls$/, () => callsView()],
  [/^#\/domains$/, domainsView],
  [/^#\/domains\/([^/]+)$/, domainView],
  [/^#\/domains\/([^/]+)\/rooms$/, domainRoomsView],
  [/^#\/domains\/([^/]+)\/users$/, accountsView],
  [/^#\/domains\/([^/]+)\/calls$/, callsView],
  [/^#\/tokens$/, tokensView],
  [/^#\/events$/, eventsView],
  [/^#\/audit$/, auditView],
];

/** An address that none of them is. */
function unknownView() {
  return {
    title: 'No such page',
    root: el('section', null, el('h1', null, 'No such page'),
      el('p', { role: 'alert' }, `There is nothing at ${location.hash}. `, el('a', { href: '#/' }, 'Overview'))),
    update() {},
  };
}

/** #token=... as the node prints it: kept for this tab, and out of the address before anything else can see it. */
function takeToken() {
  const said = /^#token=(.+)$/.exec(location.hash);
  if (!said)
    return false;
  keepToken(decoded(said[1]));
  history.replaceState(null, '', '/');
  return true;
}

/** An address somebody has mangled is shown as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function showView() {
  if (route === location.hash && view)
    return;
  const isFirst = view === null;
  route = location.hash;
  view?.dispose?.();
  const [pattern, make] = views.find(([p]) => p.test(route)) ?? [/^/, unknownView];
  view = make(...(pattern.exec(route) ?? []).slice(1).map(decoded));
  main.replaceChildren(view.root);
  for (const link of document.querySelectorAll('header nav a')) {
    const to = link.getAttribute('href');
    setAttribute(link, 'aria-current', (to === '#/' ? /^#?\/?$/.test(route) : route.startsWith(to)) ? 'page' : null);
  }
  update();
  if (!isFirst) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

function update() {
  const [kind, text] = ownDomain() !== null ? ['off', ownDomain()]
    : { live: ['good', 'Live'], connecting: ['off', 'Connecting'], lost: ['bad', 'No answer, trying again'], paused: ['off', 'Paused'] }[store.live];
  live.className = `live mark ${kind}`;
  setText(live, text);
  offerOthers();
  document.body.classList.toggle('stale', store.live !== 'live' && store.state !== null);
  if (!view || (!store.state && ownDomain() === null))
    return;
  view.update();
  document.title = `${view.title} · Conference`;
}

/** A node is given so long to come back before its page offers another's. */
const lostFor = 2000;
let lostSince = null;

/** This node does not answer: the console of every other one shows the same cluster. */
function offerOthers() {
  const isLost = store.live === 'lost' && store.state !== null;
  if (isLost && lostSince === null) {
    lostSince = performance.now();
    setTimeout(offerOthers, lostFor);
  } else if (!isLost) {
    lostSince = null;
  }
  const others = nodeList().filter(n => n.id !== store.state?.self && n.answers && n.console);
  const banner = byId('elsewhere');
  banner.hidden = !isLost || performance.now() - lostSince < lostFor - 50 || others.length === 0;
  if (banner.hidden)
    return;
  setText(banner.firstElementChild, `${store.state.nodes[store.state.self]?.name ?? 'This node'} does not answer. Go on at another:`);
  keyed(banner.lastElementChild, others, n => n.id, () => el('li', null, el('a')), (item, node) => {
    setAttribute(item.firstChild, 'href', `${node.console}${location.hash}`);
    setText(item.firstChild, node.name);
  });
}

// --- signing in and out

function signOut(why) {
  closeStream?.();
  closeStream = null;
  forgetToken();
  view?.dispose?.();
  view = route = store.state = null;
  store.samples = [];
  main.replaceChildren();
  for (const open of document.querySelectorAll('dialog'))
    open.close();
  byId('console').hidden = true;
  byId('signin').hidden = false;
  setText(byId('signin-error'), why ?? '');
  document.title = 'Sign in · Conference';
  byId('token').value = '';
  byId('token').focus();
}

async function signIn() {
  // One question first: a wrong token is said once and not by every part of the page, since nodes count.
  let caller = null;
  try {
    caller = await call('GET', 'caller');
  } catch (failure) {
    if (failure.status === 401 || failure.status === 429) {
      signOut(`Not signed in: ${failure.message}.`);
      return;
    }
  }
  setScope(caller);
  for (const part of document.querySelectorAll('[data-scope], [data-right]'))
    part.hidden = (part.dataset.scope === 'whole' && ownDomain() !== null) || (part.dataset.right !== undefined && !may(part.dataset.right));
  byId('find').hidden = ownDomain() !== null;
  byId('signin').hidden = true;
  byId('console').hidden = false;
  // What happens in the cluster is told to whoever is for the whole service.
  if (ownDomain() === null)
    connect();
  showView();
}

function connect() {
  closeStream?.();
  closeStream = openStream({ event: onEvent, state: setLive, denied: why => signOut(`Not signed in: ${why}.`) });
}

byId('signin-form').addEventListener('submit', event => {
  event.preventDefault();
  keepToken(byId('token').value.trim());
  signIn();
});
byId('signout').addEventListener('click', () => signOut());
whenDenied(why => { if (view) signOut(`Not signed in: ${why}.`); });

// --- theme

const theme = byId('theme');
const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
const nameTheme = () => {
  setText(theme, isDark() ? 'Light' : 'Dark');
  setAttribute(theme, 'aria-label', isDark() ? 'Light theme' : 'Dark theme');
};
theme.addEventListener('click', () => {
  localStorage.setItem('theme', document.documentElement.dataset.theme = isDark() ? 'light' : 'dark');
  nameTheme();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);
nameTheme();

// --- keys and visibility

const find = findBox(byId('find'), to => { location.hash = to; });
document.addEventListener('keydown', event => {
  const writing = event.target.closest?.('input, textarea, dialog');
  if (event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey && !byId('console').hidden) {
    event.preventDefault();
    find.focus();
  }
});
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      if (closeStream) {
        closeStream();
        setLive('paused');
      }
    }, hiddenFor);
  } else if (closeStream && store.live === 'paused') {
    connect();
  }
});

subscribe(update);
document.querySelector('.skip').addEventListener('click', event => {
  // Its address would be taken for a view's.
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => {
  if (takeToken()) {
    closeStream?.();
    signIn();
  } else if (view) {
    showView();
  }
});

takeToken();
if (token())
  signIn();
else
  signOut();
