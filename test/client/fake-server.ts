import { errorKinds, problemType } from '../../contract/errors.ts';
import type { ErrorCode, Problem } from '../../contract/errors.ts';
import type { EventPage, StreamEvent } from '../../contract/event.ts';
import { room } from '../../contract/frames.ts';
import type { ClientFrame, RoomItem, ServerFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import { eventSample } from '../support/samples.ts';
import type { FakeClock } from './fake-clock.ts';
import { FakeEpochs } from './fake-epochs.ts';
import { FakeWorkspace } from './fake-workspace.ts';

export const workspaceId = 'ws_01kb0000000000000000000000';
export const streamId = 'str_01kb0000000000000000000000';
export const streamRoom = room.stream(workspaceId, streamId);
export const workspaceRoom = room.workspace(workspaceId);
export const me = 'ann';

/** One generation of a stream's log, with every version that each event ever had. */
export interface Log {
  readonly gen: string;
  head: number;
  readonly versions: StreamEvent[];
}

/** The server's half of one connection: how it reaches the client, and what it is subscribed to. */
export interface ServerSide {
  push(frame: ServerFrame): void;
  close(code: number, reason?: string): void;
  readonly rooms: Set<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

type EventItemType = Extract<RoomItem, { eventId: string }>['type'];

/** The service as a client sees it: one stream, one list of streams, truthful subscriptions. It loses nothing; the network does. */
export class FakeServer {
  readonly clock: FakeClock;
  readonly logs: Log[] = [{ gen: 'g1', head: 0, versions: [] }];
  readonly workspace: FakeWorkspace;
  readonly epochs: FakeEpochs;
  readonly connections = new Set<ServerSide>();
  readonly requests: string[] = [];
  readonly tickets = new Set<string>();
  maxReplay = 200;
  /** A page may end before its limit, as one of very long messages does. */
  maxPage = 200;
  pingSeconds = 240;
  maxAgeSeconds = 7200;
  /** Answers the next requests whose `METHOD path` starts with the key. */
  readonly refusals = new Map<string, { code: ErrorCode; times: number; headers?: Record<string, string> }>();
  /** Rooms that may not be heard. */
  readonly closedRooms = new Set<string>();
  readonly #originals = new Map<string, string>();
  #made = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
    this.workspace = new FakeWorkspace({ clock, workspaceId, userId: me, tell: (name, frame) => this.#tell(name, frame) });
    this.epochs = new FakeEpochs({ clock, streamId, tell: (frame) => this.#tell(streamRoom, { ...frame, room: streamRoom }) });
  }

  get log(): Log {
    return this.logs.at(-1) as Log;
  }

  /** The events as they are now, oldest first. */
  get events(): StreamEvent[] {
    return eventsAt(this.log, this.log.head);
  }

  /** The same, as the reader is shown them: shared events with what they share. */
  get shown(): StreamEvent[] {
    return this.events.map((event) => this.#show(event));
  }

  append(text: string, actorId = 'bob', clientEventId = `other-${this.#made++}`, more: Partial<StreamEvent> = {}): StreamEvent {
    const seq = this.log.head + 1;
    const at = new Date(this.clock.now()).toISOString();
    const own = { id: newId('event', this.clock.now()), streamId, seq, actorId, actorName: actorId, clientEventId, createdAt: at };
    return this.#commit('event', { ...eventSample({ ...own, content: { text, mentions: [] } }), ...more } as unknown as StreamEvent);
  }

  /** Shares something that this server does not have. */
  share(original: string): StreamEvent {
    const event = this.append('', 'bob', undefined, { eventType: 'shared', content: null, sharedRef: { context: null } });
    this.#originals.set(event.id, original);
    return event;
  }

  /** Edits the original of a shared event: the stream that shares it gets an update. */
  editOriginal(event: StreamEvent, original: string): StreamEvent {
    this.#originals.set(event.id, original);
    return this.update(event, {});
  }

  /** A vote, a pin, a reply: something that belongs to an event. */
  update(event: StreamEvent, change: Partial<StreamEvent>): StreamEvent {
    return this.#commit('event:updated', { ...event, ...change, changedSeq: this.log.head + 1 });
  }

  react(event: StreamEvent, userId: string, emoji: string, isOn: boolean): StreamEvent {
    const others = event.reactions.filter((reaction) => reaction.emoji !== emoji);
    const known = event.reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? [];
    if (known.some((id) => id === userId) === isOn) return event;
    const userIds = isOn ? [...known, userId as (typeof known)[0]] : known.filter((id) => id !== userId);
    const reactions = userIds.length === 0 ? others : [...others, { emoji, count: userIds.length, userIds }];
    return this.#commit('reaction', { ...event, changedSeq: this.log.head + 1, reactions });
  }

  /** Ends all subscriptions to the stream with `revoked`: connections have to subscribe again. */
  revoke(): void {
    for (const side of this.connections) {
      if (side.rooms.delete(streamRoom)) side.push({ op: 'revoked', rooms: [streamRoom] });
    }
  }

  /** The registry loses what the open sockets are subscribed to, and nobody tells their clients. */
  loseSubscriptions(): void {
    for (const side of this.connections) side.rooms.clear();
  }

  /** The registry loses the open sockets altogether. */
  loseConnections(): void {
    this.loseSubscriptions();
    this.connections.clear();
  }

  /** Someone else signals something. */
  signal(actor: string, type: 'typing' | 'presence' = 'typing', ttl = 6): void {
    this.#tell(streamRoom, { op: 'eph', room: streamRoom, type, actor: actor as never, ttl });
  }

  #show(event: StreamEvent): StreamEvent {
    const original = this.#originals.get(event.id);
    if (original === undefined || event.sharedRef === null) return event;
    return { ...event, sharedRef: { ...event.sharedRef, preview: previewOf(event, original) } } as StreamEvent;
  }

  edit(event: StreamEvent, text: string): StreamEvent {
    const editedAt = new Date(this.clock.now()).toISOString();
    return this.#commit('event:edited', { ...event, changedSeq: this.log.head + 1, content: { text, mentions: [] }, editedAt });
  }

  delete(event: StreamEvent): StreamEvent {
    const deletedAt = new Date(this.clock.now()).toISOString();
    return this.#commit('event:deleted', {
      ...event,
      changedSeq: this.log.head + 1,
      content: null,
      sharedRef: null,
      reactions: [],
      deletedAt,
    });
  }

  /** The log is built anew: other positions, another generation, the same messages. */
  rebuild(): void {
    const gen = `g${this.logs.length + 1}`;
    const versions = this.events.map((event, index) => ({ ...event, seq: index + 1, changedSeq: index + 1 }));
    this.logs.push({ gen, head: versions.length, versions });
  }

  // ---- HTTP ----

  handle(method: string, url: URL, body: unknown, headers: Record<string, string>): HttpAnswer {
    const name = `${method} ${url.pathname}`;
    this.requests.push(name + url.search);
    const refusal = [...this.refusals].find(([start]) => name.startsWith(start))?.[1];
    if (refusal !== undefined && refusal.times-- > 0) return { ...refuse(refusal.code), headers: refusal.headers };
    if (name === 'POST /v1/realtime/tickets') {
      const ticket = `t${this.#made++}`;
      this.tickets.add(ticket);
      return { status: 200, body: { url: 'wss://sockets.test/realtime', ticket, expiresIn: 30, protocol: 'streambed.v1.json' } };
    }
    if (name === `GET /v1/workspaces/${workspaceId}/streams/${streamId}/epochs`) return { status: 200, body: this.epochs.page(url) };
    const base = `/v1/workspaces/${workspaceId}/streams/${streamId}/events`;
    if (name === `GET ${base}`) return { status: 200, body: this.#list(url) };
    if (name === `POST ${base}`) return this.#post(body as { clientEventId: string });
    if (url.pathname.startsWith(`${base}/`)) {
      const emoji = url.searchParams.get('emoji');
      const path = url.pathname.slice(base.length + 1);
      if (method === 'DELETE' && emoji !== null) return this.#unreact(path.split('/')[0] ?? '', emoji);
      return this.#change(method, path, body, headers['if-match']);
    }
    return this.#handleWorkspace(method, url, body);
  }

  #handleWorkspace(method: string, url: URL, body: unknown): HttpAnswer {
    const { workspace } = this;
    const [what, id, act] = url.pathname.slice(`/v1/workspaces/${workspaceId}/`.length).split('/');
    if (method === 'GET' && what === 'bootstrap') return { status: 200, body: workspace.bootstrap() };
    if (method === 'GET' && what === 'streams' && id === undefined) {
      return { status: 200, body: workspace.page(url.searchParams.get('cursor'), workspace.pageSize) };
    }
    const stream = workspace.streams.get(id ?? '');
    if (what !== 'streams' || stream === undefined || !workspace.sees(stream)) return refuse('not_found');
    if (method === 'GET' && act === undefined) return { status: 200, body: workspace.view(stream) };
    const { seq, eventId } = (body ?? {}) as { seq?: number; eventId?: string };
    const post = stream.posts.find((each) => each.id === eventId);
    const read =
      act === 'read' ? workspace.moveRead(stream, seq ?? Number.MAX_SAFE_INTEGER) : post && workspace.moveRead(stream, post.seq - 1, true);
    return read ? { status: 200, body: read } : refuse('not_a_member');
  }

  #list(url: URL): EventPage {
    const limit = Math.min(this.maxPage, Number(url.searchParams.get('limit') ?? 50));
    const { gen, head } = this.log;
    const changedAfter = url.searchParams.get('changedAfter');
    if (changedAfter !== null) {
      const changed = this.#changes(Number(changedAfter));
      return { items: changed.slice(0, limit).map((event) => this.#show(event)), head, gen, hasMore: changed.length > limit };
    }
    const before = Number(url.searchParams.get('before') ?? Number.MAX_SAFE_INTEGER);
    const older = this.shown.filter((event) => event.seq < before);
    return { items: older.slice(-limit), head, gen, hasMore: older.length > limit };
  }

  #post(posted: {
    text?: string;
    question?: string;
    clientEventId: string;
    eventType?: string;
    payload?: StreamEvent['payload'];
  }): HttpAnswer {
    const { text, question, clientEventId, eventType = 'message', payload = null } = posted;
    const before = this.events.find((event) => event.clientEventId === clientEventId && event.actorId === me);
    if (before) return { status: 200, body: before };
    return { status: 201, body: this.append(text ?? question ?? '', me, clientEventId, { eventType, payload }) };
  }

  #change(method: string, path: string, body: unknown, ifMatch: string | undefined): HttpAnswer {
    const [eventId = '', part = ''] = path.split('/');
    const event = this.events.find(({ id }) => id === eventId);
    if (event === undefined) return refuse('not_found');
    if (method === 'GET') return { status: 200, body: this.#show(event) };
    if (event.deletedAt !== null) return refuse('event_deleted');
    if (ifMatch !== undefined && ifMatch !== `"${event.changedSeq}"`) return refuse('precondition_failed');
    return { status: 200, body: this.#show(this.#changed(`${method} ${part}`, event, body)) };
  }

  #unreact(eventId: string, emoji: string): HttpAnswer {
    const event = this.events.find(({ id }) => id === eventId);
    return event === undefined ? refuse('not_found') : { status: 200, body: this.#show(this.react(event, me, emoji, false)) };
  }

  #changed(what: string, event: StreamEvent, body: unknown): StreamEvent {
    const { text = '', emoji = '', optionIds = [] } = (body ?? {}) as { text?: string; emoji?: string; optionIds?: string[] };
    switch (what) {
      case 'PATCH ':
        return this.edit(event, text);
      case 'DELETE ':
        return this.delete(event);
      case 'POST reactions':
        return this.react(event, me, emoji, true);
      case 'PUT votes':
        return this.update(event, { payload: { voted: optionIds } });
      case 'PUT pin':
        return this.update(event, { pinnedAt: new Date(this.clock.now()).toISOString(), pinnedBy: me as never });
      case 'DELETE pin':
        return this.update(event, { pinnedAt: null, pinnedBy: null });
      default:
        throw new Error(`this server does not know ${what}`);
    }
  }

  // ---- socket ----

  receive(side: ServerSide, frame: ClientFrame): void {
    const needsConnection = frame.op === 'sub' || (frame.op === 'ping' && frame.d.pos.length > 0);
    if (needsConnection && !this.connections.has(side)) return side.push({ op: 'err', id: frame.id, d: problem('insufficient_state') });
    switch (frame.op) {
      case 'hello': {
        const limits = { rooms: 50, frameBytes: 32_768 };
        const { pingSeconds, maxAgeSeconds } = this;
        const wanted = frame.d.resume?.rooms;
        const { replays, answer } = wanted ? this.#subscribe(side, wanted) : { replays: [], answer: undefined };
        side.push({
          op: 'welcome',
          id: frame.id,
          d: { session: 'ses_1', pingSeconds, maxAgeSeconds, limits, ...(answer && { resumed: answer }) },
        });
        for (const replay of replays) side.push(replay);
        return;
      }
      case 'sub': {
        const { replays, answer } = this.#subscribe(side, frame.d.rooms);
        const [refused] = answer.refused;
        if (refused && answer.rooms.length === 0) side.push({ op: 'err', id: frame.id, d: refused.problem });
        else side.push({ op: 'ok', id: frame.id, d: answer });
        for (const replay of replays) side.push(replay);
        return;
      }
      case 'present':
        return side.push({ op: 'ok', id: frame.id, d: {} });
      case 'unsub':
        for (const name of frame.d.rooms) side.rooms.delete(name);
        return side.push({ op: 'ok', id: frame.id, d: {} });
      case 'ping': {
        const heads = frame.d.pos.filter((p) => !this.closedRooms.has(p.room)).map((p) => ({ room: p.room, ...this.#stateOf(p.room) }));
        const unsubscribed = heads.map((head) => head.room).filter((name) => !side.rooms.has(name));
        return side.push({ op: 'pong', id: frame.id, d: { heads, ...(unsubscribed.length > 0 && { unsubscribed }) } });
      }
      case 'signal': {
        const { room: name, type } = frame.d;
        for (const other of this.connections) {
          if (other !== side && other.rooms.has(name)) other.push({ op: 'eph', room: name, type, actor: me as never, ttl: 6 });
        }
        return side.push({ op: 'ok', id: frame.id, d: {} });
      }
      case 'send':
      case 'barrier':
        throw new Error('the client sends over HTTP');
    }
  }

  #stateOf(name: string): { gen: string; head: number } {
    return { ...(this.workspace.places[name] ?? { gen: this.log.gen, head: this.log.head }) };
  }

  #subscribe(side: ServerSide, wanted: readonly { room: string; gen?: string; seq?: number }[]) {
    const replays: ServerFrame[] = [];
    const rooms: { room: string; gen: string; from: number; head: number }[] = [];
    const refused: { room: string; problem: Problem }[] = [];
    for (const want of wanted) {
      const isPersonal = want.room in this.workspace.places;
      if (this.closedRooms.has(want.room) || (isPersonal && !this.workspace.mayHear(want.room))) {
        refused.push({ room: want.room, problem: problem('not_found') });
        continue;
      }
      side.rooms.add(want.room);
      const { gen, head } = this.#stateOf(want.room);
      const state = { room: want.room, gen, from: head, head };
      const reason = this.#resyncReason(want, gen, head);
      if (reason) replays.push({ op: 'resync', rooms: [{ room: want.room, reason, gen, head }] });
      else if (want.seq !== undefined && want.seq < head) {
        state.from = want.seq;
        replays.push(...this.#replay(want.room, want.seq));
      }
      rooms.push(state);
    }
    return { replays, answer: { rooms, refused } };
  }

  #resyncReason(want: { room: string; gen?: string; seq?: number }, gen: string, head: number) {
    if (want.gen !== undefined && want.gen !== gen) return 'unknown_gen' as const;
    if (want.seq !== undefined && want.seq > head) return 'position_ahead' as const;
    if (want.room in this.workspace.places && want.seq !== undefined && want.seq < head) return 'behind' as const;
    return undefined;
  }

  #replay(name: string, from: number): ServerFrame[] {
    const { gen, head } = this.log;
    const changes = this.#changes(from);
    if (changes.length > this.maxReplay) return [{ op: 'behind', rooms: [{ room: name, have: from, head, pull: '/' }] }];
    // Several frames, as one room with long messages would take.
    const frames: ServerFrame[] = [];
    for (let start = 0, at = from; start < changes.length; start += 3) {
      const some = changes.slice(start, start + 3);
      const upTo = start + 3 >= changes.length ? head : (some.at(-1) as StreamEvent).changedSeq;
      frames.push({ op: 'evs', room: name, gen, items: some.map(itemOf), from: at, upTo });
      at = upTo;
    }
    return frames;
  }

  #changes(after: number): StreamEvent[] {
    return this.events.filter((event) => event.changedSeq > after).sort((a, b) => a.changedSeq - b.changedSeq);
  }

  #commit(type: EventItemType, event: StreamEvent): StreamEvent {
    this.log.head = event.changedSeq;
    this.log.versions.push(event);
    const { gen } = this.log;
    this.#tell(streamRoom, { op: 'ev', room: streamRoom, gen, ...itemOf(event), type } as ServerFrame);
    return event;
  }

  #tell(name: string, frame: ServerFrame): void {
    for (const side of this.connections) if (side.rooms.has(name)) side.push(frame);
  }
}

/** Returns the events as of a position of the log: of each event the last version up to there. */
export function eventsAt(log: Log, position: number): StreamEvent[] {
  const last = new Map<string, StreamEvent>();
  for (const version of log.versions) if (version.changedSeq <= position) last.set(version.id, version);
  return [...last.values()].sort((a, b) => a.seq - b.seq);
}

export function itemOf(event: StreamEvent): RoomItem {
  const changed = event.editedAt !== null ? 'event:edited' : 'event:updated';
  const type = event.deletedAt !== null ? 'event:deleted' : event.changedSeq > event.seq ? changed : 'event';
  const { changedSeq: seq, id: eventId, actorId: actor, createdAt: at, clientEventId } = event;
  return { seq, at, actor, type, eventId, data: event, ...(type === 'event' && { clientEventId }) };
}

function previewOf({ id, createdAt, actorId }: StreamEvent, text: string): unknown {
  const place = { eventId: id, streamId, streamName: 'elsewhere', streamType: 'channel', seq: 1 };
  return { state: 'visible', ...place, eventType: 'message', actorId, actorName: actorId, text, createdAt, editedAt: null };
}

export function problem(code: ErrorCode): Problem {
  const { status, title, retry } = errorKinds[code];
  return { type: problemType(code), title, status, code, retry, requestId: 'req_1' };
}

const refuse = (code: ErrorCode): HttpAnswer => ({ status: errorKinds[code].status, body: problem(code) });
