import { room } from '../../contract/frames.ts';
import type { RoomItem, ServerFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import { levelOf } from '../../contract/policy.ts';
import { StreamRole } from '../../contract/stream.ts';
import type { ReadState, Stream } from '../../contract/stream.ts';
import type { User } from '../../contract/workspace.ts';
import type { FakeClock } from './fake-clock.ts';

interface Post {
  readonly id: string;
  readonly seq: number;
  readonly actorId: string;
  readonly mentionsMe: boolean;
  readonly here: boolean;
  deleted: boolean;
}

/** A stream as the server holds it: what is the same for all, what was posted, and the reader's membership. */
export interface ServerStream {
  shared: Stream;
  readonly posts: Post[];
  head: number;
  countsRev: number;
  lastEventAt: string | null;
  member: { role: StreamRole; readSeq: number; readRev: number; lastReadAt: string | null; notifyLevel: Stream['notifyLevel'] } | undefined;
  /** The read revision that the reader had when they left: it goes on from there, as the row of a member does. */
  readRevLeft: number;
  announced: { head: number; countsRev: number; at: number };
  timer: unknown;
}

export interface Place {
  readonly gen: string;
  head: number;
}

interface NewStream {
  readonly by?: string;
  readonly visibility?: Stream['visibility'];
  readonly more?: Partial<Stream>;
}

/** A pointer is announced at most this often. */
const announceMs = 3_000;
const none = {
  isMember: false,
  role: null,
  level: null,
  unreadCount: 0,
  mentionCount: 0,
  readSeq: 0,
  readRev: 0,
  lastReadAt: null,
} as const;

/** Streams are listed by it, the greatest first. */
const activityKey = (stream: Stream): string => `${stream.lastEventAt ?? stream.createdAt} ${stream.id}`;

/** The part of the service that a workspace's sidebar is made of, for one reader: its rooms, pointers, lists. */
export class FakeWorkspace {
  readonly streams = new Map<string, ServerStream>();
  readonly people = new Map<string, string>();
  readonly workspaceRoom: string;
  readonly userRoom: string;
  readonly places: Readonly<Record<string, Place>>;
  me: User;
  pageSize = 100;
  unreadNotifications = 0;
  readonly #clock: FakeClock;
  readonly #workspaceId: string;
  readonly #tell: (room: string, frame: ServerFrame) => void;

  constructor(options: { clock: FakeClock; workspaceId: string; userId: string; tell: (room: string, frame: ServerFrame) => void }) {
    const { clock, workspaceId, userId, tell } = options;
    this.#clock = clock;
    this.#workspaceId = workspaceId;
    this.#tell = tell;
    this.workspaceRoom = room.workspace(workspaceId);
    this.userRoom = room.user(workspaceId, userId);
    this.places = { [this.workspaceRoom]: { gen: 'w1', head: 0 }, [this.userRoom]: { gen: 'u1', head: 0 } };
    this.me = { id: userId, name: 'Ann', email: null, role: 'member', createdAt: this.#now() } as User;
    this.people.set(userId, 'Ann').set('bob', 'Bob').set('eve', 'Eve');
  }

  get isGuest(): boolean {
    return this.me.role === 'guest';
  }

  /** Tells if the reader may hear a room. */
  mayHear(name: string): boolean {
    return name === this.userRoom || (name === this.workspaceRoom && !this.isGuest);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  // ---- what people do ----

  create(name: string, { by = 'bob', visibility = 'public', more = {} }: NewStream = {}): ServerStream {
    const shared = {
      id: newId('stream', this.#clock.now()),
      workspaceId: this.#workspaceId,
      streamType: 'channel',
      name,
      slug: null,
      description: null,
      parentStreamId: null,
      branchedFromEventId: null,
      visibility,
      status: 'active',
      severity: null,
      participants: null,
      promotedAt: null,
      ...none,
      notifyLevel: 'default',
      lastSeq: 0,
      messageCount: 0,
      countsRev: 0,
      rev: 1,
      gen: 'g1',
      lastEventAt: null,
      createdAt: this.#now(),
      archivedAt: null,
      ...more,
    } as unknown as Stream;
    const announced = { head: 0, countsRev: 0, at: Number.NEGATIVE_INFINITY };
    const stream: ServerStream = {
      shared,
      posts: [],
      head: 0,
      countsRev: 0,
      lastEventAt: null,
      member: undefined,
      readRevLeft: 0,
      announced,
      timer: undefined,
    };
    this.streams.set(shared.id, stream);
    if (by === this.me.id) stream.member = { role: 'member', readSeq: 0, readRev: 1, lastReadAt: null, notifyLevel: 'default' };
    if (shared.streamType !== 'thread') this.#announceStream('stream:created', stream);
    if (by === this.me.id) this.#toMe({ type: 'stream:member:added', data: this.view(stream) });
    return stream;
  }

  post(stream: ServerStream, actorId = 'bob', { mentionsMe = false, here = false } = {}): Post {
    const post = { id: newId('event', this.#clock.now()), seq: ++stream.head, actorId, mentionsMe, here, deleted: false };
    stream.posts.push(post);
    stream.lastEventAt = this.#now();
    if (here) stream.countsRev++;
    if (actorId === this.me.id && stream.member) Object.assign(stream.member, { readSeq: post.seq, readRev: stream.member.readRev + 1 });
    if (mentionsMe && actorId !== this.me.id && this.sees(stream)) this.#notify(stream, post);
    this.#nudge(stream);
    return post;
  }

  /** A reaction, an edit: something that is no message. */
  touch(stream: ServerStream): void {
    stream.head++;
    this.#nudge(stream);
  }

  deletePost(stream: ServerStream, which: number): void {
    const post = stream.posts[which % stream.posts.length];
    if (post === undefined || post.deleted) return;
    post.deleted = true;
    stream.head++;
    stream.countsRev++;
    if (post.mentionsMe && this.unreadNotifications > 0) {
      this.unreadNotifications--;
      this.#toMe({ type: 'notification:changed', data: { removed: [], read: [], unreadNotifications: this.unreadNotifications } });
    }
    this.#nudge(stream);
  }

  update(stream: ServerStream, change: Partial<Stream>): void {
    const wasPublic = this.#isPublic(stream);
    const had = this.#accessRole(stream) !== undefined;
    const before = stream.shared;
    stream.shared = { ...before, ...change, rev: before.rev + 1 };
    stream.head++;
    const farewell = { type: 'stream:updated', data: this.#neutral({ ...before, visibility: stream.shared.visibility }) };
    const narrows = before.visibility !== stream.shared.visibility && !this.#isPublic(stream);
    if (narrows && wasPublic) this.#toAll(farewell);
    if (narrows && had && (!wasPublic || this.isGuest)) this.#toMe(farewell);
    this.#announceStream(
      stream.shared.status === 'archived' && before.status !== 'archived' ? 'stream:archived' : 'stream:updated',
      stream,
    );
    if (change.visibility !== undefined)
      for (const below of this.streams.values())
        if (below.shared.streamType !== 'thread' && below !== stream && this.#accessStreams(below).includes(stream))
          this.#announceStream('stream:updated', below);
    if (change.visibility !== undefined) this.#unfollowHidden();
    this.#nudge(stream);
  }

  /** A thread on something that was said; `by`: who starts it, and follows it. */
  startThread(parent: ServerStream, by: string): ServerStream {
    const more = { streamType: 'thread', parentStreamId: parent.shared.id, name: null } as Partial<Stream>;
    const thread = this.create('', { by, visibility: 'inherit', more });
    if (thread.member) thread.member.role = 'owner';
    if (thread.member) this.#toMe({ type: 'stream:member:added', data: this.view(thread) });
    return thread;
  }

  promote(thread: ServerStream, by: string, visibility: Stream['visibility']): void {
    const { member } = thread;
    if (by === this.me.id)
      thread.member = { readSeq: thread.head, readRev: 1, lastReadAt: null, notifyLevel: 'default', ...member, role: 'owner' };
    this.update(thread, { streamType: 'channel', name: `promoted ${this.streams.size}`, promotedAt: this.#now(), visibility });
    if (by === this.me.id) this.#toMe({ type: 'stream:member:added', data: this.view(thread) });
  }

  /** Somebody gives the reader another role in a stream. */
  setStreamRole(stream: ServerStream, role: StreamRole): void {
    if (!stream.member || stream.shared.streamType === 'thread') return;
    stream.member.role = role;
    stream.head++;
    this.#toMe({ type: 'stream:member:added', data: this.view(stream) });
    this.#nudge(stream);
  }

  archive(stream: ServerStream): void {
    this.update(stream, { status: 'archived', archivedAt: this.#now() });
  }

  join(stream: ServerStream): void {
    if (stream.member) return;
    stream.head++;
    stream.member = { role: 'member', readSeq: stream.head, readRev: stream.readRevLeft + 1, lastReadAt: null, notifyLevel: 'default' };
    this.#toMe({ type: 'stream:member:added', data: this.view(stream) });
    this.#nudge(stream);
  }

  setNotifyLevel(stream: ServerStream, notifyLevel: Stream['notifyLevel']): void {
    if (!stream.member) return;
    stream.member.notifyLevel = notifyLevel;
    this.#toMe({ type: 'stream:member:added', data: this.view(stream) });
  }

  leave(stream: ServerStream): void {
    if (!stream.member) return;
    stream.head++;
    this.#endMembership(stream);
    for (const thread of this.streams.values())
      if (thread.shared.streamType === 'thread' && thread.shared.parentStreamId === stream.shared.id) this.#endMembership(thread);
    this.#toMe({ type: 'stream:member:removed', data: { streamId: stream.shared.id } });
    this.#unfollowHidden();
    this.#nudge(stream);
  }

  /** Ends following of threads that the reader can read no more. */
  #unfollowHidden(): void {
    for (const thread of this.#hiddenFollowed()) {
      this.#endMembership(thread);
      this.#toMe({ type: 'stream:member:removed', data: { streamId: thread.shared.id } });
    }
  }

  #hiddenFollowed(): ServerStream[] {
    return [...this.streams.values()].filter(
      (stream) => stream.shared.streamType === 'thread' && stream.member !== undefined && !this.sees(stream),
    );
  }

  #endMembership(stream: ServerStream): void {
    stream.readRevLeft = stream.member?.readRev ?? stream.readRevLeft;
    stream.member = undefined;
  }

  /** The reader reads, here or on another device. */
  moveRead(stream: ServerStream, seq: number, back = false): ReadState | undefined {
    const { member } = stream;
    if (!member) return undefined;
    const to = Math.min(seq, stream.head);
    if (to > member.readSeq || (back && to !== member.readSeq)) {
      Object.assign(member, { readSeq: to, readRev: member.readRev + 1, lastReadAt: this.#now() });
      const read = this.readOf(stream);
      const { unreadNotifications } = this;
      this.#toMe({ type: 'readCursor:updated', data: { streamId: stream.shared.id, read, unreadNotifications } });
    }
    return this.readOf(stream);
  }

  setRole(role: User['role']): void {
    this.me = { ...this.me, role };
    // No frame says so: the connections of a new guest are closed.
    for (const thread of this.#hiddenFollowed()) this.#endMembership(thread);
    const item = { type: 'member:updated', data: { ...this.me, removedAt: null } };
    this.#toAll(item);
    this.#toMe(item);
  }

  // ---- what there is to see ----

  sees(stream: ServerStream): boolean {
    return this.#accessRole(stream) !== undefined || (this.#isPublic(stream) && !this.isGuest);
  }

  /** The streams whose members see this one. */
  #accessStreams(stream: ServerStream): ServerStream[] {
    const { streamType, visibility, parentStreamId } = stream.shared;
    const parent = visibility === 'inherit' ? this.streams.get(parentStreamId ?? '') : undefined;
    return [...(streamType === 'thread' ? [] : [stream]), ...(parent ? this.#accessStreams(parent) : [])];
  }

  #isPublic(stream: ServerStream): boolean {
    return this.#accessStreams(stream).at(-1)?.shared.visibility === 'public';
  }

  #accessRole(stream: ServerStream): StreamRole | undefined {
    const roles = this.#accessStreams(stream).map(({ member }) => member?.role);
    return StreamRole.options.find((role) => roles.includes(role));
  }

  readOf({ posts, member }: ServerStream): ReadState {
    const { readSeq = 0, readRev = 0, lastReadAt = null } = member ?? {};
    const unread = member ? posts.filter((post) => post.seq > readSeq && !post.deleted) : [];
    const mentions = unread.filter((post) => (post.mentionsMe || post.here) && post.actorId !== this.me.id);
    return { rev: readRev, readSeq, unreadCount: unread.length, mentionCount: mentions.length, lastReadAt };
  }

  view(stream: ServerStream): Stream {
    const { shared, head, posts, countsRev, lastEventAt, member } = stream;
    const { rev: readRev, ...read } = this.readOf(stream);
    const log = { lastSeq: head, messageCount: posts.length, countsRev, lastEventAt };
    const own = member ? { isMember: true, role: member.role, notifyLevel: member.notifyLevel } : none;
    const { role: workspaceRole } = this.me;
    const accessRole = this.#accessRole(stream);
    const level = levelOf({ streamType: shared.streamType, workspaceRole, streamRole: member?.role, accessRole });
    return { ...shared, ...log, ...own, level, ...(member && { ...read, readRev }) };
  }

  /** Lists the streams that a new reader gets, newest activity first. */
  list(): Stream[] {
    const isListed = ({ shared, member }: ServerStream): boolean =>
      shared.status !== 'archived' && (shared.streamType !== 'thread' || member !== undefined);
    const seen = [...this.streams.values()].filter((stream) => this.sees(stream) && isListed(stream));
    return seen.map((stream) => this.view(stream)).sort((a, b) => (activityKey(a) > activityKey(b) ? -1 : 1));
  }

  /** Lists by key as the service does: what is archived or made meanwhile moves no other stream across the cursor. */
  page(cursor: string | null, limit: number): { items: Stream[]; nextCursor: string | null } {
    const further = this.list().filter((stream) => cursor === null || activityKey(stream) < cursor);
    const items = further.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && items.length < further.length ? activityKey(last) : null };
  }

  bootstrap(): unknown {
    const names = [this.workspaceRoom, this.userRoom].filter((name) => this.mayHear(name));
    return {
      rooms: names.map((name) => ({ room: name, ...this.places[name] })),
      workspace: { id: this.#workspaceId, name: 'Acme', createdAt: this.#now() },
      me: this.me,
      streams: this.page(null, this.pageSize),
      people: [...this.people].map(([id, name]) => ({ id, name })),
      unreadNotifications: this.unreadNotifications,
    };
  }

  /** Everything that waits to be announced is. */
  announceAll(): void {
    for (const stream of this.streams.values()) this.#announce(stream);
  }

  // ---- rooms ----

  #notify(stream: ServerStream, post: Post): void {
    this.unreadNotifications++;
    const { id: streamId, name: streamName, streamType } = stream.shared;
    const notification = {
      id: newId('notification', this.#clock.now()),
      kind: 'mention',
      streamId,
      streamName,
      streamType,
      eventId: post.id,
      seq: post.seq,
      actor: { id: post.actorId, name: post.actorId },
      text: 'you',
      createdAt: this.#now(),
      readAt: null,
    };
    const read = stream.member ? this.readOf(stream) : null;
    this.#toMe({ type: 'notification:new', data: { notification, read, unreadNotifications: this.unreadNotifications } });
  }

  #neutral = (stream: Stream): Stream => ({ ...stream, ...none, notifyLevel: 'default' });

  #announceStream(type: string, stream: ServerStream): void {
    const item = { type, data: this.#neutral(this.view(stream)) };
    const isPublic = this.#isPublic(stream);
    if (isPublic) this.#toAll(item);
    if (this.#accessRole(stream) !== undefined && (!isPublic || this.isGuest)) this.#toMe(item);
  }

  #nudge(stream: ServerStream): void {
    const wait = stream.announced.at + announceMs - this.#clock.now();
    if (wait <= 0) this.#announce(stream);
    else stream.timer ??= this.#clock.after(wait, () => this.#announce(stream));
  }

  #announce(stream: ServerStream): void {
    this.#clock.cancel(stream.timer);
    stream.timer = undefined;
    const { announced, head, countsRev, posts, shared, member } = stream;
    const isThread = shared.streamType === 'thread';
    if (announced.head === head && announced.countsRev === countsRev) return;
    const lastActorId = posts.at(-1)?.actorId ?? null;
    const pointer = { streamId: shared.id, head, messageCount: posts.length, countsRev, lastEventAt: stream.lastEventAt, lastActorId };
    const push = (name: string, item: object): void => this.#tell(name, { op: 'ptr', room: name, items: [item] } as ServerFrame);
    const isPublic = !isThread && this.#isPublic(stream);
    const hears = isThread ? member : this.#accessRole(stream);
    if (isPublic) push(this.workspaceRoom, pointer);
    const posted = posts.some((post) => post.seq > announced.head && post.actorId === this.me.id);
    if (posted || (hears && (!isPublic || this.isGuest))) push(this.userRoom, { ...pointer, ...(member && { read: this.readOf(stream) }) });
    stream.announced = { head, countsRev, at: this.#clock.now() };
  }

  #toAll(item: object): void {
    this.#commit(this.workspaceRoom, item);
  }

  #toMe(item: object): void {
    this.#commit(this.userRoom, item);
  }

  #commit(name: string, item: object): void {
    const place = this.places[name]!;
    const placed = { seq: ++place.head, at: this.#now(), actor: null, ...item } as unknown as RoomItem;
    this.#tell(name, { op: 'ev', room: name, gen: place.gen, ...placed });
  }
}
