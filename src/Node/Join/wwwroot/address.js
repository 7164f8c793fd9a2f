// What the link says: the room, the name, an invitation, and the key that is for browsers only.
import { decodeKey } from './encryption.js';

const decoded = part => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const tokenKey = 'join-token';

/**
 * /join/standup?name=joe&token=...#key=... -> { room, host, name, token, key }; key: null for none, 'damaged' for one that is none. /join/standup@acme.example
 * names the domain too; where it does not, host is null, and the node says which it is.
 */
export function readAddress() {
  const parameters = new URLSearchParams(location.search);
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  const [room, host] = decoded(location.pathname.split('/')[2] ?? '').split('@', 2);
  return {
    room,
    host: host || null,
    name: parameters.get('name') ?? '',
    token: takeToken(parameters),
    key: key === null ? null : decodeKey(key) ?? 'damaged',
  };
}

/** An invitation is whoever has it: kept for this tab, and out of the address, which people copy. */
function takeToken(parameters) {
  const token = parameters.get('token');
  if (token !== null) {
    sessionStorage.setItem(tokenKey, JSON.stringify([location.pathname, token]));
    parameters.delete('token');
    const rest = parameters.toString();
    history.replaceState(null, '', location.pathname + (rest && `?${rest}`) + location.hash);
  }
  const [path, kept] = JSON.parse(sessionStorage.getItem(tokenKey) ?? '[]');
  return path === location.pathname ? kept : null;
}

/** What others join by: without one's own name, with the key. */
export const linkOf = (room, host, key) =>
  `${location.origin}/join/${encodeURIComponent(room)}${host === null ? '' : `@${host}`}${key ? `#key=${key}` : ''}`;

/** Puts a key into the address, or takes it out. */
export function setKey(key) {
  history.replaceState(null, '', location.pathname + location.search + (key ? `#key=${key}` : ''));
}
