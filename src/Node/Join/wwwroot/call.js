// One call, from Join to its end: it joins, listens to what happens in the room, and when its node goes, goes on at another.
import { Encryption } from './encryption.js';
import { Media, NotAgreed } from './media.js';
import { Closed, Refused, Signalling } from './signalling.js';
import { text } from './strings.js';

const services = ['audio', 'video', 'screen'];
/** Pictures and voices wanted at most, those who spoke last first: as many as there may be lines. */
const mostWanted = 32;
const keepAliveEvery = 15_000;
const lookEvery = 200, judgeEvery = 2000;
/** A picture without a new frame for so long is none any more. */
const stillAfter = 4000;
/** Louder than this is speech, quieter for so long is none. */
const speechLevel = 0.02, speechHolds = 600;
/** A node that died may hold one's name until the others are sure of it. */
const goOnFor = 90_000;
const firstPause = 300, longestPause = 4000;
/** A node that is too busy to answer an offer says so by this status. */
const tryAgain = 503, mostTries = 3;

/** 421s after which another node, or the same one later, takes one back. */
const goesOn = new Set(['', 'shutting down', 'server is moving', 'server full', 'internal error', 'try again']);
const endings = {
  quit: 'endLeft', 'name taken': 'endTaken', 'token expired': 'endExpired', idle: 'endIdle', 'password changed, sign in again': 'endPassword', 'account removed': 'endRemoved',
};

/** By this name every node serves the default domain. */
const defaultHost = 'localhost';

const pause = time => new Promise(resolve => setTimeout(resolve, time));
const nameOf = address => address.slice(0, address.lastIndexOf('@'));

export class Call {
  /**
   * What the page shows. members: by name, oneself among them. chat: { at, kind: 'said' | 'note', who, text }. role: 'owner', 'moderator' or 'member'. room: by parameter, as
   * GETP room tells. waiting: names of who wants to be let in, for who moderates.
   */
  state = {
    phase: 'joining', self: '', role: 'member', room: new Map(), waiting: new Set(), members: new Map(), chat: [], speaker: null, microphone: false, camera: false, screen: null, mediaProblem: null, isEncrypted: false,
  };
  /** One's own tracks: null for what there is none of. */
  tracks = { microphone: null, camera: null };
  /** 'ended' with { key, why }; 'notice' with a sentence; 'waiting' with how to stop that; 'changed'. */
  #tell;
  #wish;
  #signalling = null;
  #media = null;
  #encryption = null;
  /** mid -> { service, name } */
  #seats = new Map();
  #others = [];
  /** What stands behind an @: of the link, or as the first node said. The same at every node. */
  #host = null;
  #movingTo = null;
  #isOver = false;
  /** While one waits to be let in: { left: services, resolve, reject }. */
  #lobby = null;
  #putOut = false;
  #timers = [];
  #before = new Map();

  /** wish: { room, host, name, token, password, invitation, key, tracks, microphone, camera }. tell(what, detail). */
  constructor(wish, tell) {
    this.#wish = wish;
    this.#host = wish.host;
    this.#tell = tell;
    this.tracks = { ...wish.tracks };
    Object.assign(this.state, { microphone: wish.microphone && !!wish.tracks.microphone, camera: wish.camera && !!wish.tracks.camera, isEncrypted: !!wish.key });
  }

  get #address() {
    return `${this.#wish.room}@${this.#host}`;
  }

  // --- joining

  /** Throws Refused, or Closed where no node answers. */
  async join() {
    this.#readOthers();
    if (this.#wish.key)
      this.#encryption = await Encryption.create(this.#wish.key, (line, isOpen) => this.#opened(line, isOpen));
    await this.#enter(location.origin);
    this.state.phase = 'in';
    this.#timers = [
      setInterval(() => this.#keepAlive(), keepAliveEvery), setInterval(() => this.#listen(), lookEvery), setInterval(() => this.#judge(), judgeEvery),
    ];
    if (this.state.isEncrypted && this.state.members.size > 1)
      this.#signalling.say('chat', text('encryptedChat'));
    this.#changed();
  }

  /** Those the page may speak to are those its node named when it sent the page. */
  async #readOthers() {
    try {
      this.#others = await (await fetch('/join/-/nodes', { cache: 'no-store' })).json();
    } catch {
      this.#others = [];
    }
  }

  async #enter(origin) {
    const media = new Media(this.#sent, this.#encryption, () => this.#mediaLost(media));
    media.prepare();
    let signalling = null;
    try {
      signalling = await Signalling.open(origin, said => this.#hear(said));
      await this.#signIn(signalling);
      await this.#showPass(signalling);
      const { state } = this;
      // Told anew before the first 303 where they still hold.
      state.waiting.clear();
      Object.assign(state.members.get(state.self) ?? {}, { muted: false });
      const steps = [
        signalling.expect(310, 'SETP session events on'), signalling.expect(310, 'SETP chat sender on'),
        signalling.expect(310, `SETP audio select speaker:${mostWanted}`), signalling.expect(310, `SETP video select speaker:${mostWanted}`),
        signalling.expect(310, 'GETP session name'),
        ...services.map(service => this.#connect(signalling, service)),
        signalling.list(this.#address),
        signalling.ask('GETP session token'),
      ];
      // All of them are on their way at once; the first that is refused says why.
      for (const step of steps)
        step.catch(() => {});
      const answers = await Promise.all(steps);
      let [members, token] = answers.slice(-2);
      const left = services.filter((_, i) => !answers[5 + i]);
      if (left.length) {
        await this.#waitInLobby(signalling, left);
        members = await signalling.list(this.#address);
      }
      this.#signalling = signalling;
      state.self = answers[4].split(' ')[1];
      this.#meet(members);
      this.#learnRole();
      signalling.closed.then(reason => this.#signallingEnded(signalling, reason));
      // Whoever is in is shown at once; pictures come when they come.
      this.#startMedia(media, origin, token);
    } catch (failure) {
      media.close();
      signalling?.quit();
      throw failure;
    }
  }

  /** What the room may want to be shown. */
  async #showPass(signalling) {
    const { password, invitation } = this.#wish;
    if (password)
      await signalling.expect(310, `SETP session password ${password}`);
    if (invitation)
      await signalling.expect(310, `SETP session invitation ${invitation}`);
  }

  /** False where one has to be let in first. */
  async #connect(signalling, service) {
    const { code, text: said } = await signalling.ask(`CONN ${service} ${this.#address}`);
    if (code !== 303 && code !== 115)
      throw new Refused(code, said);
    return code === 303;
  }

  /** Until all of these services are let in. Throws Refused, or Closed; also where the person does not want to wait. */
  async #waitInLobby(signalling, left) {
    const alive = setInterval(() => signalling.ask('NOOP').catch(() => {}), keepAliveEvery);
    signalling.closed.then(reason => this.#lobby?.reject(new Closed(reason)));
    try {
      await new Promise((resolve, reject) => {
        this.#lobby = { left: new Set(left), resolve, reject };
        this.#tell('waiting', () => reject(new Refused(503, 'stopped waiting')));
      });
    } finally {
      clearInterval(alive);
      this.#lobby = null;
    }
  }

  #fromLobby(code, said) {
    const lobby = this.#lobby;
    if (code === 503)
      lobby?.reject(new Refused(code, said));
    else if (lobby?.left.delete(said.split(' ')[0]) && lobby.left.size === 0)
      lobby.resolve();
  }

  /** What one may do here, and, for who moderates, how the room is. A server that knows nothing of it says 510. */
  async #learnRole() {
    const read = async parameter => {
      const { code, text: said } = await this.#signalling.ask(`GETP room ${parameter}`);
      return code === 310 ? said.slice(said.indexOf(' ') + 1) : null;
    };
    try {
      this.state.role = await read('role') ?? 'member';
      if (this.isModerator) {
        for (const parameter of ['lobby', 'locked', 'history', 'password', 'moderators'])
          this.state.room.set(parameter, await read(parameter) ?? 'off');
      } else
        this.state.waiting.clear();
      this.#changed();
    } catch {
      // The connection is gone: whoever goes on asks again.
    }
  }

  get isModerator() {
    return this.state.role !== 'member';
  }

  async #signIn(signalling) {
    const { token, name } = this.#wish;
    // A name of the default domain is said bare: a node of the release before knows no other.
    const isBare = this.#host === null || this.#host === defaultHost;
    const signedIn = token ? signalling.expect(204, `AUTH BEARER ${token}`)
      : name ? signalling.expect(204, `AUTH ANONYMOUS ${isBare ? name : `${name}@${this.#host}`}`) : null;
    const domain = this.#host === null ? signalling.ask('GETP session domain') : null;
    domain?.catch(() => {});
    await signedIn;
    if (!domain)
      return;
    const { code, text: said } = await domain;
    this.#host = code === 310 ? said.split(' ')[1] : defaultHost;
  }

  /** Who is there already. What is known of them from before a move is kept. */
  #meet(members) {
    const before = this.state.members;
    this.state.members = new Map();
    this.#seats.clear();
    for (const { name } of [{ name: this.state.self }, ...members])
      this.#member(name, before.get(name));
    this.#sayState();
  }

  #member(name, before) {
    const { members } = this.state;
    let member = members.get(name);
    if (!member) {
      member = {
        name, muted: false, microphone: true, camera: true, isSharing: true, speakingUntil: 0, spokeAt: 0, quality: null, movedAt: 0, isStill: false, isLocked: false, isTold: false, ...before,
        isSelf: name === this.state.self, audio: null, video: null, screen: null,
      };
      // Who leaves and is back at once, as when a node dies, may sit where they sat before: that is no news, and is not told.
      for (const [mid, seat] of this.#seats) {
        if (seat.name === name)
          member[seat.service] = mid;
      }
      members.set(name, member);
    }
    return member;
  }

  async #startMedia(media, origin, token) {
    this.state.mediaProblem = null;
    if (token.code !== 310) {
      media.close();
      this.state.mediaProblem = text('noBrowsers');
      return;
    }
    this.#media = media;
    try {
      await this.#agree(media, origin, token.text.split(' ').at(-1));
      if (this.state.screen)
        await media.share(this.state.screen);
    } catch (failure) {
      // One that was closed meanwhile fails too, and matters to nobody.
      if (media !== this.#media)
        return;
      this.state.mediaProblem = failure instanceof NotAgreed ? failure.message : text('refusedServer');
    }
    this.#changed();
  }

  async #agree(media, origin, token) {
    for (let tries = 1; ; tries++) {
      try {
        await media.start(origin, token);
        return;
      } catch (failure) {
        if (failure.status !== tryAgain || tries === mostTries)
          throw failure;
        await pause(longestPause);
      }
    }
  }

  get #sent() {
    const { microphone, camera } = this.state;
    return { microphone: microphone ? this.tracks.microphone : null, camera: camera ? this.tracks.camera : null };
  }

  // --- what the server says

  #hear({ code, text: said }) {
    const [first, ...rest] = said.split(' ');
    rest[0] ??= '';
    switch (code) {
      case 110:
        this.#joined(nameOf(rest[0]));
        break;
      case 111:
        this.#left(nameOf(rest[0]));
        break;
      case 113:
        this.#speaks(nameOf(rest[0]));
        break;
      case 114:
        this.#move(rest[0]);
        break;
      case 115:
      case 116:
        this.#muted(nameOf(rest[0]), code === 115);
        break;
      case 117:
        this.#isPutOut(nameOf(rest[0]));
        break;
      case 118:
        this.#seated(rest);
        break;
      case 123:
        this.state.waiting.add(nameOf(rest[0]));
        this.#tell('notice', text('waitsForYou', { name: nameOf(rest[0]) }));
        break;
      case 124:
        this.state.waiting.delete(nameOf(rest[0]));
        break;
      case 125:
        this.#roomIs(rest[0], said.slice(first.length + rest[0].length + 2));
        break;
      case 303:
      case 503:
        this.#fromLobby(code, said);
        break;
      case 119:
        this.#change(media => media.grow());
        break;
      case 203:
        this.#said(first, rest[0], said.slice(first.length + rest[0].length + 2));
        break;
    }
    this.#changed();
  }

  #roomIs(parameter, value) {
    const before = this.state.room.get(parameter);
    this.state.room.set(parameter, value);
    if (parameter === 'motd' && value !== 'none' && value !== before)
      this.#note(text('motd', { words: value }));
    if (parameter === 'moderators' || parameter === 'owner')
      this.#learnRole();
  }

  #joined(name) {
    this.#member(name);
    this.#note(text('joined', { name }));
    this.#sayState();
  }

  #left(name) {
    if (name === this.state.self) {
      this.#end(this.#putOut ? 'endPutOut' : 'endClosed');
      return;
    }
    if (this.state.members.delete(name))
      this.#note(text('left', { name }));
    if (this.state.speaker === name)
      this.state.speaker = null;
  }

  #speaks(name) {
    const member = this.state.members.get(name);
    if (!member)
      return;
    member.spokeAt = Date.now();
    this.state.speaker = name;
  }

  #muted(name, muted) {
    const member = this.#member(name);
    if (member.muted === muted)
      return;
    member.muted = muted;
    if (member.isSelf)
      this.#tell('notice', text(muted ? 'mutedYou' : 'unmutedYou'));
    else
      this.#note(text(muted ? 'mutedOther' : 'unmutedOther', { name }));
  }

  #isPutOut(name) {
    if (name === this.state.self)
      this.#putOut = true;
    else
      this.#note(text('putOutOther', { name }));
  }

  /** slot <mid> <service> <name>@<host>, or slot <mid> free */
  #seated([mid, service, who]) {
    const before = this.#seats.get(mid);
    const had = before && this.state.members.get(before.name);
    if (had?.[before.service] === mid)
      had[before.service] = null;
    this.#seats.delete(mid);
    if (service === 'free' || !who)
      return;
    const name = nameOf(who);
    const member = this.#member(name);
    this.#seats.set(mid, { service, name });
    member[service] = mid;
    member.isLocked = false;
    if (service === 'screen') {
      member.isSharing = true;
      this.#note(text('shares', { name }));
    }
  }

  #said(service, who, words) {
    const name = nameOf(who);
    if (service === 'chat') {
      this.#add({ kind: 'said', who: name, text: words });
    } else if (service === 'status') {
      const [, kind, value] = /^(microphone|camera|screen) (on|off)$/.exec(words) ?? [];
      if (kind && this.state.members.has(name))
        this.state.members.get(name)[kind === 'screen' ? 'isSharing' : kind] = value === 'on';
    }
  }

  #note(words) {
    this.#add({ kind: 'note', text: words });
    this.#tell('note', words);
  }

  #add(entry) {
    this.state.chat.push({ at: new Date(), ...entry });
  }

  #changed() {
    if (!this.#isOver)
      this.#tell('changed');
  }

  // --- what the person does

  say(words) {
    this.#signalling?.say('chat', words);
    this.#add({ kind: 'said', who: this.state.self, isOwn: true, text: words });
    this.#changed();
  }

  /** SETP room. What is so then; throws Refused, or Closed. */
  async setRoom(parameter, value) {
    const said = await this.#signalling.expect(310, `SETP room ${parameter} ${value}`);
    return said.slice(said.indexOf(' ') + 1);
  }

  async setMicrophone(on) {
    this.state.microphone = on && !!this.tracks.microphone;
    this.#sayState('microphone');
    this.#changed();
    await this.#media?.setMicrophone(this.#sent.microphone);
  }

  async setCamera(on) {
    this.state.camera = on && !!this.tracks.camera;
    this.#sayState('camera');
    this.#changed();
    await this.#media?.setCamera(this.#sent.camera);
  }

  /** kind: 'microphone' or 'camera'. The track it had is the caller's to stop. */
  async replace(kind, track) {
    this.tracks[kind] = track;
    await (kind === 'camera' ? this.setCamera(this.state.camera) : this.setMicrophone(this.state.microphone));
  }

  async share(track) {
    this.state.screen = track;
    this.#signalling?.say('status', 'screen on');
    track.addEventListener('ended', () => this.unshare(track));
    this.#changed();
    await this.#change(media => media.share(track));
  }

  async unshare(track = this.state.screen) {
    if (!track || this.state.screen !== track)
      return;
    this.state.screen = null;
    // Its line stays with whoever has it for a while: a stream that is silent may come back.
    this.#signalling?.say('status', 'screen off');
    track.stop();
    this.#changed();
    await this.#change(media => media.unshare());
  }

  /** Lines come or go. A node that does not agree to that has lost the session, or is gone. */
  async #change(work) {
    const media = this.#media;
    await (media && work(media).catch(() => this.#mediaLost(media)));
  }

  /** What others cannot see of it: that one is silent on purpose. Said in words, which other clients show as they are. */
  #sayState(...kinds) {
    for (const kind of kinds.length ? kinds : ['microphone', 'camera'].filter(k => !this.state[k]))
      this.#signalling?.say('status', `${kind} ${this.state[kind] ? 'on' : 'off'}`);
    const self = this.state.members.get(this.state.self);
    if (self)
      Object.assign(self, { microphone: this.state.microphone, camera: this.state.camera });
  }

  leave() {
    this.#end('endLeft');
  }

  /** The page is going. */
  vanish() {
    this.#media?.close(true);
    this.#signalling?.quit();
  }

  // --- what is looked at

  track(mid) {
    return this.#media?.track(mid) ?? null;
  }

  /** { mid, name } of everybody who is heard. */
  voices() {
    return [...this.#seats].filter(([, seat]) => seat.service === 'audio').map(([mid, { name }]) => ({ mid, name }));
  }

  #keepAlive() {
    this.#signalling?.ask('NOOP').catch(() => {});
  }

  #listen() {
    const now = Date.now();
    let changed = false;
    for (const { mid, name } of this.voices()) {
      const member = this.state.members.get(name);
      if (!member || !this.#media)
        continue;
      const was = member.speakingUntil > now - lookEvery;
      if (this.#media.level(mid) > speechLevel)
        member.speakingUntil = now + speechHolds;
      changed ||= was !== member.speakingUntil > now;
    }
    if (changed)
      this.#changed();
  }

  /** One's own microphone is measured by the page. */
  hearSelf(level) {
    const self = this.state.members.get(this.state.self);
    if (!self || !this.state.microphone || level < 0.5)
      return;
    const was = self.speakingUntil > Date.now();
    self.speakingUntil = Date.now() + speechHolds;
    if (!was)
      this.#changed();
  }

  /** How well others come here: by what was lost and how long pictures stood still of late; and whether pictures come at all. */
  async #judge() {
    const figures = await this.#media?.received() ?? new Map();
    let changed = false;
    for (const member of this.state.members.values()) {
      const lines = [member.audio, member.video].filter(mid => figures.has(mid));
      const grades = lines.map(mid => grade(this.#before.get(mid), figures.get(mid)));
      const quality = grades.length ? ['good', 'poor', 'bad'][Math.max(...grades)] : null;
      const isStill = this.#isStill(member, figures);
      changed ||= quality !== member.quality || isStill !== member.isStill;
      Object.assign(member, { quality, isStill });
    }
    this.#before = figures;
    if (changed)
      this.#changed();
  }

  /** Other clients than this page say nothing when they stop sending their picture. */
  #isStill(member, figures) {
    const now = Date.now();
    const frames = figures.get(member.video)?.frames;
    if (frames === undefined || frames !== this.#before.get(member.video)?.frames)
      member.movedAt = now;
    return now - member.movedAt >= stillAfter;
  }

  #opened(line, isOpen) {
    const seat = this.#seats.get(this.#media?.midOf(line));
    const member = seat && this.state.members.get(seat.name);
    if (!member || member.isLocked === !isOpen)
      return;
    member.isLocked = !isOpen;
    if (member.isLocked && !member.isTold) {
      member.isTold = true;
      if (this.#speaksForRoom(member))
        this.#signalling.say('chat', text('encryptedChat'));
    }
    this.#changed();
  }

  /** Of those who have the key, one tells those who do not: the first by name. */
  #speaksForRoom(locked) {
    const first = [...this.state.members.values()].filter(m => m.isSelf || (m !== locked && !m.isLocked && (m.audio || m.video))).map(m => m.name).sort()[0];
    return first === this.state.self;
  }

  // --- the end, and going on

  #signallingEnded(signalling, reason) {
    if (this.#isOver || signalling !== this.#signalling)
      return;
    if (goesOn.has(reason))
      this.#goOn('reconnecting');
    else
      this.#end(endings[reason] ?? 'endOther', reason);
  }

  #mediaLost(media) {
    if (this.#isOver || media !== this.#media)
      return;
    if (media.wasConnected) {
      this.#goOn('reconnecting');
    } else {
      // Where there was no way at all, another try finds none either. Chat goes on.
      this.state.mediaProblem = text('noPath');
      this.#changed();
    }
  }

  #move(to) {
    this.#movingTo = to;
    this.#goOn('moving');
  }

  /** Leaves the node it is at, and tries all there are until one takes it in. */
  async #goOn(why) {
    if (this.state.phase !== 'in')
      return;
    this.state.phase = why;
    this.#changed();
    const until = Date.now() + goOnFor;
    let wait = firstPause;
    for (let i = 0; !this.#isOver; i++) {
      const origins = this.#origins();
      try {
        await this.#goTo(origins[i % origins.length]);
        break;
      } catch (failure) {
        const isFinal = failure instanceof Refused && !isPassing(failure);
        if (isFinal || Date.now() > until) {
          if (!this.#isOver)
            this.#end(isFinal ? 'endOther' : 'endLost', failure.message);
          return;
        }
        await pause(wait);
        wait = Math.min(wait * 1.6, longestPause);
      }
    }
    if (this.#isOver)
      return;
    this.state.phase = 'in';
    this.#movingTo = null;
    this.#tell('notice', text('back'));
    this.#readOthers();
    this.#changed();
  }

  /** Where it was sent comes first; the address one came by may be that of a balancer, which knows who is left. */
  #origins() {
    const sentTo = this.#others.filter(o => this.#movingTo !== null && new URL(o).hostname === this.#movingTo);
    const rest = this.#others.filter(o => !sentTo.includes(o));
    return this.#movingTo === null ? [location.origin, ...rest] : [...sentTo, ...rest, location.origin];
  }

  async #goTo(origin) {
    // A name is one session's: it is given back before it is taken again, but not before there is somebody to go to.
    const probe = await Signalling.open(origin, () => {});
    probe.quit();
    this.#drop();
    await this.#enter(origin);
  }

  #drop() {
    const [signalling, media] = [this.#signalling, this.#media];
    this.#signalling = this.#media = null;
    media?.close();
    signalling?.quit();
  }

  #end(key, why = '') {
    if (this.#isOver)
      return;
    this.#isOver = true;
    this.#timers.forEach(clearInterval);
    this.#drop();
    this.#encryption?.close();
    this.state.screen?.stop();
    this.state.phase = 'ended';
    this.#tell('ended', { key, why });
  }
}

/** Why a name or a room cannot be had just now, and may in a moment. */
const isPassing = ({ message }) => ['name in use', 'try again', 'try again later', 'room is full', 'too many connections', 'no port free'].includes(message);

/** 0 good, 1 poor, 2 bad. */
function grade(before, now) {
  if (!before)
    return 0;
  const expected = now.expected - before.expected;
  const loss = expected > 0 ? (now.lost - before.lost) / expected : 0;
  const frozen = now.frozen - before.frozen;
  return loss > 0.1 || frozen > 1 ? 2 : loss > 0.03 || frozen > 0.3 ? 1 : 0;
}
