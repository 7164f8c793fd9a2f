// All pictures: as a grid, or one large with the others beside it. Who speaks is always among those that are seen.
import { el, keyed, setText } from '/console/dom.js';
import { statesOf } from './people.js';
import { text } from './strings.js';
import { createTile, updateTile } from './tiles.js';

const gap = 8;
/** No tile is smaller than this, and there are never more than so many. */
const smallest = 170 * 110, mostTiles = 24, fewestTiles = 4;

/** How much of a picture may be cut off to fill its tile: 16:9 at most, and on a phone held upright a good deal less. */
const widest = 16 / 9, narrowest = 4 / 3, narrowestUpright = 3 / 4;

/** The size, in pixels, at which n tiles of one shape cover most of an area. */
export function fit(n, width, height) {
  const least = height > width ? narrowestUpright : narrowest;
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const [w, h] = [(width - (columns - 1) * gap) / columns, (height - (rows - 1) * gap) / rows];
    const tile = { width: Math.floor(Math.min(w, h * widest)), height: Math.floor(Math.min(h, w / least)) };
    if (tile.width * tile.height > best.width * best.height)
      best = tile;
  }
  return best;
}

/** Whoever has spoken since takes the place of the one who was silent longest; nobody else moves. */
export function choose(shown, all, places) {
  if (all.length <= places)
    return all.map(t => t.key);
  const byKey = new Map(all.map(t => [t.key, t]));
  const kept = shown.filter(key => byKey.has(key)).slice(0, places);
  const rank = key => byKey.get(key).rank;
  for (const tile of [...all].sort((a, b) => b.rank - a.rank)) {
    if (kept.includes(tile.key))
      continue;
    if (kept.length < places) {
      kept.push(tile.key);
      continue;
    }
    const quietest = kept.reduce((least, key) => rank(key) <= rank(least) ? key : least);
    if (rank(quietest) >= tile.rank)
      break;
    kept[kept.indexOf(quietest)] = tile.key;
  }
  return kept;
}

/** copyLink() for who is alone. */
export function stageView(copyLink) {
  let isSpotlight = false, pinned = null, large = null, shown = [], last = null;
  const seenScreens = new Set();
  const list = el('ul.tiles');
  const more = el('p.more', { hidden: true });
  const alone = el('div.alone', { hidden: true }, el('p', null, text('alone')), el('button', { type: 'button', click: copyLink }, text('copyLink')));
  const root = el('main.stage', { 'aria-label': text('stage') }, list, more, alone);
  new ResizeObserver(() => last && render(...last)).observe(root);

  function pin(key) {
    pinned = pinned === key ? null : key;
    render(...last);
  }

  function tilesOf({ members, screen, camera }, call) {
    const tiles = [];
    for (const member of members.values()) {
      const own = member.isSelf;
      const track = own ? (camera ? call.tracks.camera : null) : member.camera && member.video && !member.isStill ? call.track(member.video) : null;
      const shared = own ? screen : member.screen && member.isSharing ? call.track(member.screen) : null;
      if (shared)
        tiles.push({ key: `${member.name}/screen`, member, isScreen: true, isOwn: own, track: shared, rank: Infinity });
      tiles.push({ key: member.name, member, isScreen: false, isOwn: own, track, rank: own ? Infinity : Math.max(member.spokeAt, member.speakingUntil) });
    }
    return tiles;
  }

  /** A screen that has just been shared is what everyone is to look at; whoever looks elsewhere after that may. */
  function lookAtScreens(tiles) {
    for (const tile of tiles.filter(t => t.isScreen && !seenScreens.has(t.key))) {
      seenScreens.add(tile.key);
      if (!tile.isOwn)
        pinned = tile.key;
    }
    for (const key of [...seenScreens].filter(k => !tiles.some(t => t.key === k)))
      seenScreens.delete(key);
  }

  function chooseLarge(tiles, speaker) {
    if (!tiles.some(t => t.key === pinned))
      pinned = null;
    if (pinned)
      return pinned;
    if (!isSpotlight || tiles.length < 2)
      return null;
    const others = tiles.filter(t => !t.isOwn);
    return (others.find(t => t.key === speaker) ?? others.find(t => t.key === large) ?? others[0])?.key ?? null;
  }

  function render(state, call) {
    last = [state, call];
    const tiles = tilesOf(state, call);
    lookAtScreens(tiles);
    large = chooseLarge(tiles, state.speaker);
    const { clientWidth: width, clientHeight: height } = root;
    const places = Math.max(fewestTiles, Math.min(mostTiles, Math.floor(width * height / smallest)));
    shown = choose(shown, tiles, places);
    if (large && !shown.includes(large))
      shown[shown.length - 1] = large;
    const visible = shown.map(key => tiles.find(t => t.key === key));
    visible.sort((a, b) => (b.key === large) - (a.key === large));
    keyed(list, visible, t => t.key, t => createTile(t, pin), (node, tile) =>
      updateTile(node, tile, { isPinned: pinned === tile.key, isLarge: large === tile.key, state: tile.isScreen ? [] : statesOf(tile.member) }));
    root.classList.toggle('spotlight', large !== null);
    root.classList.toggle('tall', height > width);
    const tile = fit(visible.length, width - 2 * gap, height - 2 * gap);
    list.style.setProperty('--tile-width', `${tile.width}px`);
    list.style.setProperty('--tile-height', `${tile.height}px`);
    more.hidden = tiles.length === visible.length;
    setText(more, text('others', { count: tiles.length - visible.length }));
    alone.hidden = state.members.size > 1;
  }

  return {
    root,
    update: render,
    get isSpotlight() {
      return isSpotlight || pinned !== null;
    },
    setSpotlight(on) {
      isSpotlight = on;
      if (!on)
        pinned = null;
      render(...last);
    },
    /** Whether there was one. */
    unpin() {
      const had = pinned !== null;
      pinned = null;
      render(...last);
      return had;
    },
  };
}
