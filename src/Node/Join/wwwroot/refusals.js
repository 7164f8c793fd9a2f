// Why joining did not work, in words, and which field is to be changed for it.
import { Closed, Refused } from './signalling.js';
import { text } from './strings.js';

const known = {
  'name in use': ['refusedInUse', 'name'],
  'illegal name': ['refusedName', 'name'],
  'reserved name': ['refusedReserved', 'name'],
  'authentication required': ['refusedAuth'],
  'invalid token': ['refusedToken'],
  'not allowed': ['refusedNotAllowed'],
  'room is full': ['refusedFull'],
  'room is locked': ['refusedLocked'],
  'put out': ['refusedPutOut'],
  'password required': ['refusedPasswordRequired', 'password'],
  'wrong password': ['refusedWrongPassword', 'password'],
  'start TLS first': ['refusedInsecure'],
  'no such invitation': ['refusedInvitation'],
  'not admitted': ['refusedNotAdmitted'],
  'stopped waiting': ['refusedStopped'],
  'try again': ['refusedLater'],
  'try again later': ['refusedLater'],
  'too many sessions': ['refusedLater'],
  'server full': ['refusedLater'],
  'server is moving': ['refusedLater'],
  'no port free': ['refusedLater'],
  'no browsers here': ['refusedNoBrowsers'],
};

/** { sentence, field }. room: where they wanted to go. */
export function refusal(failure, room) {
  const why = failure instanceof Closed ? failure.reason : failure.message;
  if (failure instanceof Refused && failure.code === 503 && why === 'illegal name')
    return { sentence: text('refusedRoom', { room }), field: 'room' };
  const [key, field = null] = known[why] ?? (failure instanceof Refused || why ? ['refusedOther'] : ['refusedServer']);
  return { sentence: text(key, { why }), field };
}
