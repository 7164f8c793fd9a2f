// What the link says: the room, the name, an invitation, and the key that is for browsers only.
import { decodeKey } from './encryption.js';

const decoded = part => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const tokenKey = 'join-token', invitationKey = 'join-invitation';

/**
 * /join/standup?name=joe&token=...&invite=...#key=... -> { room, host, name, token, invitation, key }; key: null for none, 'damaged' for one that is none. /join/standup@acme.example
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
    token: takeSecret(parameters, 'token', tokenKey),
    invitation: takeSecret(parameters, 'invite', invitationKey),
    key: key === null ? null : decodeKey(key) ?? 'damaged',
  };
}

/** What is whoever's who has it: kept for this tab, and out of the address, which people copy. */
function takeSecret(parameters, name, storedAs) {
  const secret = parameters.get(name);
  if (secret !== null) {
    sessionStorage.setItem(storedAs, JSON.stringify([location.pathname, secret]));
    parameters.delete(name);
    const rest = parameters.toString();
    history.replaceState(null, '', location.pathname + (rest && `?${rest}`) + location.hash);
  }
  const [path, kept] = JSON.parse(sessionStorage.getItem(storedAs) ?? '[]');
  return path === location.pathname ? kept : null;
}

/** What others join by: without one's own name, with the key, and with an invitation where there is one to give. */
export const linkOf = (room, host, key, invitation = null) =>
  `${location.origin}/join/${encodeURIComponent(room)}${host === null ? '' : `@${host}`}${invitation ? `?invite=${invitation}` : ''}${key ? `#key=${key}` : ''}`;

/** Puts a key into the address, or takes it out. */
export function setKey(key) {
  history.replaceState(null, '', location.pathname + location.search + (key ? `#key=${key}` : ''));
}
