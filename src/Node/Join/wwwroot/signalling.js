// QCVC as lines over a WebSocket: commands are answered in their order, one line each but for LIST; whatever else comes was not asked for.
const greetingWithin = 5000;
const answerWithin = 10_000;

/** The server ended it, or it broke: reason is what the server said, or '' where it said nothing. */
export class Closed extends Error {
  constructor(reason) {
    super(reason || 'the connection was lost');
    this.reason = reason;
  }
}

/** The server does not do what was asked: code and text of its reply. */
export class Refused extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/** 115 waiting standup@host is the answer to a CONN; 115 muted joe@host is news. */
const isToldToWait = (code, text) => code === 115 && text.startsWith('waiting ');

export class Signalling {
  #socket;
  #waiting = [];
  #hear;
  #reason = '';

  /** Whoever waits for its end: resolves with the reason of a 421, '' without one. */
  closed;

  /** origin: of a node. hear({ code, text }) gets what was not asked for. Throws Closed where nobody greets. */
  static open(origin, hear) {
    return new Promise((resolve, reject) => {
      const signalling = new Signalling(new WebSocket(`ws${origin.slice(4)}/qcvc`), hear);
      const timer = setTimeout(() => signalling.#socket.close(), greetingWithin);
      signalling.#waiting.push({
        resolve() {
          clearTimeout(timer);
          resolve(signalling);
        },
        reject,
      });
    });
  }

  constructor(socket, hear) {
    this.#socket = socket;
    this.#hear = hear;
    socket.addEventListener('message', ({ data }) => {
      for (const line of String(data).split(/\r?\n/)) {
        if (line)
          this.#receive(Number(line.slice(0, 3)), line.slice(4));
      }
    });
    this.closed = new Promise(resolve => socket.addEventListener('close', () => {
      for (const one of this.#waiting.splice(0))
        one.reject(new Closed(this.#reason));
      resolve(this.#reason);
    }));
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** The reply to one command, whatever it is. Throws Closed; a server that says nothing for ten seconds is taken for gone. */
  ask(line) {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new Closed(this.#reason));
        return;
      }
      const timer = setTimeout(() => this.#socket.close(), answerWithin);
      this.#waiting.push({ line, lines: line.startsWith('LIST ') ? [] : null, resolve, reject, timer });
      this.#socket.send(line);
    });
  }

  /** The same, and throws Refused unless it is answered with this code. */
  async expect(code, line) {
    const reply = await this.ask(line);
    if (reply.code !== code)
      throw new Refused(reply.code, reply.text);
    return reply.text;
  }

  /** [{ name, services }] of those in a room. */
  async list(room) {
    const { code, text, lines } = await this.ask(`LIST ${room}`);
    if (code !== 211)
      throw new Refused(code, text);
    return lines.map(line => {
      const [name, services = ''] = line.split(' ');
      return { name, services: services.split(',') };
    });
  }

  /** Never answered. */
  say(service, said) {
    if (this.isOpen)
      this.#socket.send(`SEND ${service} ${said}`);
  }

  quit() {
    if (this.isOpen)
      this.#socket.send('QUIT');
    this.#socket.close();
  }

  #receive(code, text) {
    if (code === 421) {
      this.#reason = text;
      this.#socket.close();
    } else if (code === 203 || (code < 200 && code !== 100 && !isToldToWait(code, text)) || this.#isFromLobby(code, text)) {
      this.#hear({ code, text });
    } else {
      this.#answer(code, text);
    }
  }

  /** What became of a CONN that was told to wait: it comes unasked, and no command that is out can be meant. */
  #isFromLobby(code, text) {
    const next = this.#waiting[0]?.line ?? '';
    if (code === 303)
      return !next.startsWith(`CONN ${text.split(' ')[0]} `);
    return code === 503 && (text === 'not admitted' || next === '' || next === 'NOOP');
  }

  #answer(code, text) {
    const first = this.#waiting[0];
    if (!first)
      return;
    if (first.lines && code === 211 && text !== 'end') {
      first.lines.push(text);
      return;
    }
    this.#waiting.shift();
    clearTimeout(first.timer);
    first.resolve({ code, text, lines: first.lines });
  }
}
