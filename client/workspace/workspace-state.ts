import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { Pointer, RoomItem } from '../../contract/frames.ts';
import type { Person, ReadState, Stream, StreamType } from '../../contract/stream.ts';
import type { User, Workspace } from '../../contract/workspace.ts';
import { keep, markedRead, withPointer, withRead, withReadMoved, withSettings, withStream, withTruth } from './kept-stream.ts';
import type { KeptStream } from './kept-stream.ts';

/** Streams by their type, each list with the newest activity first. */
export type StreamsByType = Readonly<Record<StreamType, readonly Stream[]>>;

/** Totals of a badge or a title over the member's streams, without those whose notify level is `none`. */
export interface Totals {
  readonly unread: number;
  readonly mentions: number;
}

/** The part of a snapshot that shows the workspace. Each field is the same object until it changed. */
export interface WorkspaceView {
  readonly workspace?: Workspace;
  readonly me?: User;
  /** The newest activity first. */
  readonly streams: readonly Stream[];
  readonly byType: StreamsByType;
  /** Names by id, of everyone met so far. */
  readonly people: ReadonlyMap<string, string>;
  /** Counted up to 100. */
  readonly unreadNotifications: number;
  readonly totals: Totals;
}

export const emptyView: WorkspaceView = {
  streams: [],
  byType: { channel: [], thread: [], dm: [], incident: [], assistant: [] },
  people: new Map(),
  unreadNotifications: 0,
  totals: { unread: 0, mentions: 0 },
};

type StreamItem = Extract<RoomItem, { type: 'stream:created' | 'stream:updated' | 'stream:archived' }>;

/** The workspace as a client knows it: folds what is read and what the rooms tell. No I/O. */
export class WorkspaceState {
  /** Streams that have to be read: their counts are in doubt, or they are not known at all. */
  readonly wanted = new Set<string>();
  /** All streams that are not archived were read: the member is in no other stream. */
  isWhole = false;
  #streams = new Map<string, KeptStream>();
  /** Wanted whatever comes meanwhile. */
  readonly #distrusted = new Set<string>();
  #people = new Map<string, string>();
  #view: WorkspaceView = emptyView;
  /** Tick of the last frame about each stream. An answer that was requested before it may be older than the frame. */
  readonly #told = new Map<string, number>();
  #tick = 0;
  #streamsChanged = false;
  #peopleChanged = false;

  find(streamId: string): Stream | undefined {
    return this.#streams.get(streamId)?.stream;
  }

  /** The moment, for answers to what is asked now. Grows with everything that is told. */
  get tick(): number {
    return this.#tick;
  }

  view(): WorkspaceView {
    if (this.#streamsChanged) this.#view = { ...this.#view, ...showStreams([...this.#streams.values()].map(({ stream }) => stream)) };
    if (this.#peopleChanged) this.#view = { ...this.#view, people: new Map(this.#people) };
    this.#streamsChanged = false;
    this.#peopleChanged = false;
    return this.#view;
  }

  /** Starts anew from what was read; it was asked for at `since`. */
  replace({ workspace, me, people, unreadNotifications }: Bootstrap, streams: readonly Stream[], since: number): void {
    const before = this.#streams;
    this.#streams = new Map([...before].filter(([id]) => this.#isToldSince(id, since)));
    this.wanted.clear();
    this.#distrusted.clear();
    for (const stream of streams) this.#takeAnswer(before.get(stream.id), stream, since);
    for (const person of [me, ...people]) this.#meet(person);
    this.#view = { ...this.#view, workspace, me, unreadNotifications };
    this.#streamsChanged = true;
    // What was told meanwhile may be what everybody was told, and guests are not everybody.
    if (me.role === 'guest')
      for (const [id] of this.#streams) if (this.#isToldSince(id, since) && this.find(id)?.isMember !== true) this.distrust(id);
  }

  /** Takes a stream that was made, changed or read just now. */
  put(stream: Stream): void {
    this.#tell(stream.id);
    const known = this.#streams.get(stream.id);
    this.#keep(stream.id, known === undefined ? keep(stream) : withStream(known, stream));
  }

  /** Takes streams that were asked for at `since`; what is newer of them already stays. */
  take(streams: readonly Stream[], since: number): void {
    for (const stream of streams) this.#takeAnswer(this.#streams.get(stream.id), stream, since);
  }

  #takeAnswer(known: KeptStream | undefined, stream: Stream, since: number): void {
    if (this.#isToldSince(stream.id, since)) this.distrust(stream.id);
    else this.#keep(stream.id, known === undefined ? keep(stream) : withStream(known, stream));
  }

  /** Marks a stream as in doubt: only a read settles it. */
  distrust(streamId: string): void {
    this.#distrusted.add(streamId);
    this.wanted.add(streamId);
  }

  /** Takes a stream that was read because what we thought of it is in doubt. What was told since may be newer: then it stays in doubt. */
  correct(stream: Stream, since: number): void {
    if (this.#isToldSince(stream.id, since)) return;
    this.#distrusted.delete(stream.id);
    const known = this.#streams.get(stream.id);
    this.#keep(stream.id, known === undefined ? keep(stream) : withTruth(known, stream));
  }

  /** A stream that is there no more, for us. */
  remove(streamId: string): void {
    this.wanted.delete(streamId);
    this.#distrusted.delete(streamId);
    if (!this.#streams.delete(streamId)) return;
    this.#streamsChanged = true;
    // Who saw what branched off it by seeing it sees that no more.
    for (const { stream } of this.#streams.values()) {
      if (stream.parentStreamId === streamId && stream.visibility === 'inherit') this.distrust(stream.id);
    }
  }

  /** Everything up to `seq` was read here. */
  markRead(streamId: string, seq: number): void {
    this.#change(streamId, (kept) => markedRead(kept, seq));
  }

  takeRead(streamId: string, read: ReadState, at?: number): void {
    this.#change(streamId, (kept) => withRead(kept, read, at));
  }

  /** Takes what the server has made of a request to move the pointer, while no other is under way. */
  takeReadMoved(streamId: string, read: ReadState): void {
    this.#change(streamId, (kept) => withReadMoved(kept, read));
  }

  setUnreadNotifications(unreadNotifications: number): void {
    if (unreadNotifications !== this.#view.unreadNotifications) this.#view = { ...this.#view, unreadNotifications };
  }

  point(pointers: readonly Pointer[]): void {
    for (const pointer of pointers) {
      if (this.#streams.has(pointer.streamId)) this.#change(pointer.streamId, (kept) => withPointer(kept, pointer, this.#view.me?.id));
      else this.wanted.add(pointer.streamId);
    }
  }

  /** Applies one change of a room. */
  apply(item: RoomItem): void {
    switch (item.type) {
      case 'stream:created':
      case 'stream:updated':
      case 'stream:archived':
        return this.#takeSettings(item);
      case 'stream:member:added':
        return this.put(item.data);
      case 'stream:member:removed':
        return this.#leave(item.data.streamId);
      case 'readCursor:updated':
        this.takeRead(item.data.streamId, item.data.read);
        return this.setUnreadNotifications(item.data.unreadNotifications);
      case 'notification:new': {
        const { notification, read, unreadNotifications } = item.data;
        this.#meet(notification.actor);
        if (read !== null) this.takeRead(notification.streamId, read, notification.seq);
        return this.setUnreadNotifications(unreadNotifications);
      }
      case 'notification:changed':
        return this.setUnreadNotifications(item.data.unreadNotifications);
      case 'member:updated':
        return this.#takeMember(item.data);
      case 'event':
      case 'event:edited':
      case 'event:deleted':
      case 'event:updated':
      case 'reaction':
        // Of a stream's own room.
        return;
    }
  }

  #takeSettings({ type, data: told, at }: StreamItem): void {
    this.#tell(told.id);
    if (this.#streams.has(told.id)) {
      this.#change(told.id, (kept) => withSettings(kept, told));
      const { visibility, isMember } = this.find(told.id) ?? told;
      if (visibility === 'private' && !isMember) this.remove(told.id);
      return;
    }
    if (type === 'stream:archived') return;
    // These items do not say whether we are in it. In what is new to everybody nobody is who is not told so in their own room.
    const isPromotedNow = told.promotedAt !== null && Date.parse(at) - Date.parse(told.promotedAt) < 5_000;
    const isForAll = told.visibility === 'public' && this.#view.me?.role !== 'guest';
    const isNew = type === 'stream:created' ? isForAll : isPromotedNow && this.isWhole;
    if (isNew) this.#keep(told.id, keep(told));
    else this.wanted.add(told.id);
  }

  #leave(streamId: string): void {
    this.#tell(streamId);
    const known = this.find(streamId);
    if (known === undefined) return;
    const { visibility, streamType } = known;
    const isThread = streamType === 'thread';
    if (visibility === 'private' || isThread || this.#view.me?.role === 'guest') return this.remove(streamId);
    const none = { isMember: false, role: null, unreadCount: 0, mentionCount: 0, readSeq: 0, readRev: 0, lastReadAt: null } as const;
    this.#keep(streamId, keep({ ...known, ...none, notifyLevel: 'default' }));
    // Whether it can still be seen is for its parent to say.
    if (visibility === 'inherit') this.distrust(streamId);
  }

  #takeMember({ removedAt, ...user }: User & { readonly removedAt: string | null }): void {
    this.#meet(user);
    if (user.id === this.#view.me?.id && removedAt === null) this.#view = { ...this.#view, me: user };
  }

  #tell(streamId: string): void {
    this.#told.set(streamId, ++this.#tick);
  }

  #isToldSince(streamId: string, since: number): boolean {
    return (this.#told.get(streamId) ?? 0) > since;
  }

  #meet({ id, name }: Person): void {
    if (this.#people.get(id) === name) return;
    this.#people.set(id, name);
    this.#peopleChanged = true;
  }

  #change(streamId: string, change: (kept: KeptStream) => KeptStream): void {
    const known = this.#streams.get(streamId);
    if (known !== undefined) this.#keep(streamId, change(known));
  }

  #keep(streamId: string, kept: KeptStream): void {
    const known = this.#streams.get(streamId);
    if (known === kept) return;
    this.#streams.set(streamId, kept);
    this.#streamsChanged ||= known?.stream !== kept.stream;
    if (kept.doubtful) this.wanted.add(streamId);
    else if (!this.#distrusted.has(streamId)) this.wanted.delete(streamId);
    for (const person of kept.stream.participants ?? []) this.#meet(person);
  }
}

function showStreams(unsorted: readonly Stream[]): Pick<WorkspaceView, 'streams' | 'byType' | 'totals'> {
  const streams = [...unsorted].sort(byActivity);
  const byType: Record<StreamType, Stream[]> = { channel: [], thread: [], dm: [], incident: [], assistant: [] };
  let [unread, mentions] = [0, 0];
  for (const stream of streams) {
    byType[stream.streamType].push(stream);
    if (!stream.isMember || stream.notifyLevel === 'none' || stream.status === 'archived') continue;
    unread += stream.notifyLevel === 'mentions' ? 0 : stream.unreadCount;
    mentions += stream.mentionCount;
  }
  return { streams, byType, totals: { unread, mentions } };
}

/** As the server lists by activity: the newest event first, where there is none the newest stream. */
function byActivity(a: Stream, b: Stream): number {
  const [left, right] = [a.lastEventAt ?? a.createdAt, b.lastEventAt ?? b.createdAt];
  if (left !== right) return left > right ? -1 : 1;
  return a.id > b.id ? -1 : 1;
}
