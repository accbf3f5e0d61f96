import { setTimeout as pause } from 'node:timers/promises';
import { subprotocol } from '../../contract/names.ts';

/** One attack: what it tries, and what a person reads who wonders what happened. */
export interface Attack {
  /** Number of the promise that is attacked; attacks are told in this order. */
  readonly promise: string;
  readonly tries: string;
  /** The right outcome, word for word as `run` describes it. */
  readonly should: string;
  run(arena: Arena): Promise<string>;
}

interface Answer {
  readonly status: number;
  readonly body: Answered;
  readonly headers: Headers;
  readonly milliseconds: number;
}
/** JSON of an answer. Attacks look at what they know of. */
// oxlint-disable-next-line no-explicit-any -- an attack describes whatever was answered, also what breaks the contract
export type Answered = any;

/** A user with a token, or the holder of an API key. */
export interface Person {
  readonly id: string;
  readonly token: string;
  readonly workspaceId: string;
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Two workspaces of a running app, and their people. Each attack brings its own streams and people. */
export class Arena {
  readonly baseUrl: string;
  readonly own: Workspace;
  readonly neighbour: Workspace;
  readonly #ears: Ear[] = [];
  #number = 0;

  private constructor(baseUrl: string, own: Made, neighbour: Made) {
    this.baseUrl = baseUrl;
    this.own = new Workspace(this, own);
    this.neighbour = new Workspace(this, neighbour);
  }

  static async open(baseUrl: string, make: (name: string) => Promise<Made>): Promise<Arena> {
    return new Arena(baseUrl, await make('Attacked'), await make('Next door'));
  }

  /** A name that no other attack uses. */
  unique(word: string): string {
    return `${word}${++this.#number}`;
  }

  async call(who: Pick<Person, 'token'>, method: string, path: string, body?: unknown, { headers }: CallOptions = {}): Promise<Answer> {
    const from = performance.now();
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${who.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answered: Answered = isJson && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, body: answered, headers: response.headers, milliseconds: performance.now() - from };
  }

  /** Opens a socket; resolves with undefined when it is refused. */
  async listen(who: Person): Promise<Ear | undefined> {
    const { status, body } = await this.call(who, 'POST', '/v1/realtime/tickets', {});
    if (status >= 400) return undefined;
    const ear = await Ear.open(`${body.url}?ticket=${body.ticket}`);
    if (ear) this.#ears.push(ear);
    return ear;
  }

  close(): void {
    for (const ear of this.#ears) ear.close();
  }
}

export interface Made {
  readonly workspaceId: string;
  readonly apiKey: string;
}

/** A workspace as its API key and its people use it. */
export class Workspace {
  readonly id: string;
  readonly key: Person;
  readonly #arena: Arena;

  constructor(arena: Arena, { workspaceId, apiKey }: Made) {
    this.#arena = arena;
    this.id = workspaceId;
    this.key = { id: 'key', token: apiKey, workspaceId };
  }

  get path(): string {
    return `/v1/workspaces/${this.id}`;
  }

  mint(userId: string, more: object = {}): Promise<Answer> {
    return this.#arena.call(this.key, 'POST', '/v1/tokens', { userId, ...more });
  }

  async person(word: string, role: 'owner' | 'admin' | 'member' | 'guest' = 'member'): Promise<Person> {
    const id = this.#arena.unique(word);
    const { body } = await this.mint(id, { role });
    return { id, token: body.token, workspaceId: this.id };
  }

  async stream(who: Person, more: { name?: string; visibility?: 'public' | 'private' } = {}): Promise<Answered> {
    const { name = this.#arena.unique('room '), visibility = 'public' } = more;
    return (await this.#arena.call(who, 'POST', `${this.path}/streams`, { streamType: 'channel', name, visibility })).body;
  }

  to(who: Person, streamId: string): StreamCalls {
    return new StreamCalls(this.#arena, who, `${this.path}/streams/${streamId}`);
  }
}

/** Calls of one person on one stream. */
export class StreamCalls {
  readonly #arena: Arena;
  readonly #who: Person;
  readonly path: string;

  constructor(arena: Arena, who: Person, path: string) {
    this.#arena = arena;
    this.#who = who;
    this.path = path;
  }

  call(method: string, path = '', body?: unknown, options?: CallOptions): Promise<Answer> {
    return this.#arena.call(this.#who, method, `${this.path}${path}`, body, options);
  }
  async post(text: string): Promise<Answered> {
    return (await this.call('POST', '/events', { text })).body;
  }
  async thread(eventId: string): Promise<Answered> {
    return (await this.call('POST', '/thread', { eventId })).body;
  }
  invite(...userIds: string[]): Promise<Answer> {
    return this.call('POST', '/members', { userIds });
  }
  /** Status of a read, and the number of messages that it shows. */
  async sees(): Promise<string> {
    const { status } = await this.call('GET');
    const events = await this.call('GET', '/events');
    const count = ((events.body.items ?? []) as Answered[]).filter((event) => event.eventType === 'message').length;
    return `${status}, ${count} messages`;
  }
}

/** A socket that keeps what it hears. */
export class Ear {
  readonly frames: Answered[] = [];
  closedWith: number | undefined;
  readonly #socket: WebSocket;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.frames.push(JSON.parse(String(data))));
    socket.addEventListener('close', ({ code }) => (this.closedWith = code));
  }

  static open(url: string): Promise<Ear | undefined> {
    const socket = new WebSocket(url, [subprotocol]);
    return new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(new Ear(socket)), { once: true });
      socket.addEventListener('error', () => resolve(undefined), { once: true });
    });
  }

  /** Sends a frame; resolves with its answer. */
  async ask(op: string, d: object): Promise<Answered> {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ op, id, d }));
    return this.waitFor(`an answer to ${op}`, (frame) => frame.id === id && ['ok', 'err', 'welcome', 'pong'].includes(frame.op));
  }

  sendRaw(text: string): void {
    this.#socket.send(text);
  }

  subscribe(...rooms: string[]): Promise<Answered> {
    return this.ask('sub', { rooms: rooms.map((room) => ({ room })) });
  }

  async waitFor(what: string, wanted: (frame: Answered) => boolean, withinMs = 20_000): Promise<Answered> {
    const until = performance.now() + withinMs;
    for (;;) {
      const found = this.frames.find(wanted);
      if (found) return found;
      if (performance.now() > until || this.closedWith !== undefined) throw new Error(`${what} did not come`);
      await pause(10);
    }
  }

  /** Waits until nothing came for two seconds, at most half a minute. */
  async silence(): Promise<void> {
    for (let before = -1, tries = 0; this.frames.length !== before && tries < 15; tries++) {
      before = this.frames.length;
      await pause(2_000);
    }
  }

  hears(text: string): boolean {
    return this.frames.some((frame) => JSON.stringify(frame).includes(text));
  }

  close(): void {
    this.#socket.close();
  }
}

export const roomOf = (stream: { workspaceId: string; id: string }): string => `ws:${stream.workspaceId}:stream:${stream.id}`;
export const ownRoom = ({ workspaceId, id }: Person): string => `ws:${workspaceId}:user:${id}`;
