import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { Level } from '../../contract/policy.ts';
import type { Pointer, RoomItem } from '../../contract/frames.ts';
import type { ReadState, Stream } from '../../contract/stream.ts';
import type { User } from '../../contract/workspace.ts';
import { FrameTicks } from './frame-ticks.ts';
import { keep, markedRead, withLevel, withPointer, withRead, withReadMoved, withSettings, withStream, withTruth } from './kept-stream.ts';
import type { KeptStream } from './kept-stream.ts';
import { KnownPeople } from './known-people.ts';
import { changesLevelsBelow, levelIn, mayInheritFrom, withoutMembership } from './own-level.ts';
import { emptyView, showStreams } from './workspace-view.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Rooms are not ordered among each other: a frame this much newer than a change in another room may still be older than it. */
const overtakingMs = 5_000;

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
  readonly #people = new KnownPeople();
  #view: WorkspaceView = emptyView;
  readonly #ticks = new FrameTicks();
  /** Streams of dropped answers: a read shows them also where lists leave them out. */
  readonly #offered = new Set<string>();
  /** The server's time of the last change of levels that another room than the reader's own may have told. */
  #levelsChangedMs = Number.NEGATIVE_INFINITY;
  /** Tick of the last full snapshot. An answer that was requested before it is dropped. */
  #replaced = 0;
  #streamsChanged = false;

  find(streamId: string): Stream | undefined {
    return this.#streams.get(streamId)?.stream;
  }

  /** The moment, for answers to what is asked now. Grows with everything that is told. */
  get tick(): number {
    return this.#ticks.now;
  }

  view(): WorkspaceView {
    if (this.#streamsChanged) this.#view = { ...this.#view, ...showStreams([...this.#streams.values()].map(({ stream }) => stream)) };
    const people = this.#people.list();
    if (people !== this.#view.people) this.#view = { ...this.#view, people };
    this.#streamsChanged = false;
    return this.#view;
  }

  /** Starts anew from what was read; it was asked for at `since`. */
  replace({ workspace, me, people, unreadNotifications }: Bootstrap, streams: readonly Stream[], since: number): void {
    const before = this.#streams;
    this.#streams = new Map([...before].filter(([id]) => this.#ticks.isToldSince(id, since)));
    const told = [...this.#streams.keys()];
    this.#replaced = this.#ticks.next();
    this.wanted.clear();
    this.#distrusted.clear();
    this.#view = { ...this.#view, workspace, me, unreadNotifications };
    for (const stream of streams) this.#takeAnswer(before.get(stream.id), stream, since, this.#ticks.isOlder(stream, since, this.#find));
    for (const person of [me, ...people]) this.#people.meet(person);
    this.#streamsChanged = true;
    // What was told meanwhile is newer than the answer, and older than what happened before it unheard.
    for (const id of told) this.distrust(id);
  }

  /** Takes a stream that was made, changed or read just now, or at a moment of the server. */
  put(stream: Stream, atMs = Number.POSITIVE_INFINITY): void {
    this.#ticks.tell(stream.id);
    const known = this.#streams.get(stream.id);
    this.#keep(stream.id, known === undefined ? keep(stream) : withStream(known, stream));
    if (known === undefined && stream.role !== null && stream.streamType !== 'thread') this.#settleLevelsBelow(stream.id);
    if (this.#isLevelDoubtful(stream, atMs)) this.distrust(stream.id);
  }

  /**
   * Takes the answer to a request that was sent at tick `since`. An answer that a loss of access overtook is dropped: only a read tells whether
   * the stream can be seen again.
   */
  putAnswer(stream: Stream, since: number): void {
    const isLeftOut = since < this.#replaced && !this.#streams.has(stream.id);
    if (!isLeftOut && !this.#ticks.isLostSince(stream, since, this.#find)) return this.put(stream);
    this.#offered.add(stream.id);
    this.distrust(stream.id);
  }

  /** Takes streams that were asked for at `since`; what is newer of them already stays. */
  take(streams: readonly Stream[], since: number): void {
    // Taking one of them may change the levels below it, which the others of the same answer know already.
    const older = new Set(streams.filter((stream) => this.#ticks.isOlder(stream, since, this.#find)));
    for (const stream of streams) this.#takeAnswer(this.#streams.get(stream.id), stream, since, older.has(stream));
  }

  /** Takes a stream of an answer. `isOlder`: what is shown of it stays; what is not shown yet is shown, and read again. */
  #takeAnswer(known: KeptStream | undefined, stream: Stream, since: number, isOlder: boolean): void {
    const isNew =
      !this.#streams.has(stream.id) && !this.#ticks.isToldSince(stream.id, since) && !this.#ticks.isLostSince(stream, since, this.#find);
    const isShown = !isOlder || isNew;
    if (isShown) this.#keep(stream.id, known === undefined ? keep(stream) : withStream(known, stream));
    if (isOlder) this.distrust(stream.id);
  }

  /** Marks a stream as in doubt: only a read settles it. */
  distrust(streamId: string): void {
    this.#distrusted.add(streamId);
    this.wanted.add(streamId);
  }

  /** Takes a stream that was read because what we thought of it is in doubt. What was told since may be newer: then it stays in doubt. */
  correct(stream: Stream, since: number): void {
    if (since < this.#replaced || this.#ticks.isOlder(stream, since, this.#find)) return;
    this.#distrusted.delete(stream.id);
    const known = this.#streams.get(stream.id);
    const isPut = this.#offered.delete(stream.id) || known?.stream.isMember === false;
    // Lists do not hold threads that the caller does not follow, but for those that were put.
    if (stream.streamType === 'thread' && !stream.isMember && !isPut) return this.#drop(stream.id);
    this.#keep(stream.id, known === undefined ? keep(stream) : withTruth(known, stream));
  }

  /** Removes a stream whose request at tick `since` was answered 404. A frame that came meanwhile may be newer: then the doubt stays. */
  removeMissing(streamId: string, since: number): void {
    if (since < this.#replaced || this.#ticks.isToldSince(streamId, since)) return this.distrust(streamId);
    this.remove(streamId);
  }

  /** A stream that is there no more, for us. */
  remove(streamId: string): void {
    this.#ticks.lose(streamId);
    this.#offered.delete(streamId);
    this.#drop(streamId);
  }

  #drop(streamId: string): void {
    this.wanted.delete(streamId);
    this.#distrusted.delete(streamId);
    if (!this.#streams.delete(streamId)) return;
    this.#streamsChanged = true;
    this.#distrustBelow(streamId);
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
        return this.put(item.data, Date.parse(item.at));
      case 'stream:member:removed':
        return this.#leave(item.data.streamId);
      case 'readCursor:updated':
        this.takeRead(item.data.streamId, item.data.read);
        return this.setUnreadNotifications(item.data.unreadNotifications);
      case 'notification:new': {
        const { notification, read, unreadNotifications } = item.data;
        this.#people.meet(notification.actor);
        if (read !== null) this.takeRead(notification.streamId, read, notification.seq);
        return this.setUnreadNotifications(unreadNotifications);
      }
      case 'notification:changed':
        return this.setUnreadNotifications(item.data.unreadNotifications);
      case 'member:updated':
        return this.#takeMember(item.data, item.at);
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
    this.#ticks.tell(told.id);
    const narrows = told.visibility === 'private' || (told.visibility === 'public' && told.parentStreamId !== null);
    if (narrows) this.#levelsChangedMs = Date.parse(at);
    if (this.#streams.has(told.id)) {
      this.#change(told.id, (kept) => withSettings(kept, told));
      this.#settleLevel(told.id);
      const { visibility, isMember } = this.find(told.id) ?? told;
      if (visibility === 'private' && !isMember) this.remove(told.id);
      return;
    }
    // What takes its readers from here may have lost some.
    if (narrows) {
      this.#ticks.lose(told.id);
      this.#distrustBelow(told.id);
    }
    if (type === 'stream:archived') return;
    // These items do not say whether we are in it. In what is new to everybody nobody is who is not told so in their own room.
    const isPromotedNow = told.promotedAt !== null && Date.parse(at) - Date.parse(told.promotedAt) < 5_000;
    const isForAll = told.visibility === 'public' && this.#view.me?.role !== 'guest';
    const isNew = type === 'stream:created' ? isForAll : isPromotedNow && this.isWhole;
    // What our own room tells of it next may be older than this.
    if (!isNew) return this.distrust(told.id);
    this.#keep(told.id, keep(told));
    this.#settleLevel(told.id);
  }

  #leave(streamId: string): void {
    this.#ticks.tell(streamId);
    this.#ticks.lose(streamId);
    // The caller's threads there are followed no more. One of them may have been promoted since.
    for (const { stream } of this.#streams.values()) if (stream.isMember && stream.parentStreamId === streamId) this.distrust(stream.id);
    const known = this.find(streamId);
    if (known === undefined) return this.#distrustBelow(streamId);
    const { visibility, streamType } = known;
    const isThread = streamType === 'thread';
    if (visibility === 'private' || isThread || this.#view.me?.role === 'guest') return this.remove(streamId);
    this.#keep(streamId, keep({ ...known, ...withoutMembership }));
    this.#settleLevel(streamId);
    // Whether it can still be seen is for its parent to say.
    if (visibility === 'inherit') this.distrust(streamId);
  }

  #takeMember({ removedAt, ...user }: User & { readonly removedAt: string | null }, at: string): void {
    this.#people.meet(user);
    const before = this.#view.me;
    if (user.id !== before?.id || removedAt !== null) return;
    this.#view = { ...this.#view, me: user };
    if (user.role === before.role) return;
    this.#ticks.tellLevels();
    this.#levelsChangedMs = Date.parse(at);
    if (user.role === 'guest') this.#ticks.loseAll();
    for (const id of this.#streams.keys()) this.#settleLevel(id);
  }

  /** Takes the level that follows from what is known here; where that does not decide it, the stream is to be read. */
  #settleLevel(streamId: string): void {
    const kept = this.#streams.get(streamId);
    if (kept === undefined) return;
    const level = this.#levelOf(streamId);
    if (level === undefined) this.distrust(streamId);
    else this.#keep(streamId, withLevel(kept, level));
  }

  /** The level as far as what is known here decides it. */
  #levelOf(streamId: string): Level | undefined {
    const { me } = this.#view;
    const stream = this.find(streamId);
    return me && stream && levelIn(stream, me.role, this.#find);
  }

  /** The same for the streams that take their readers from this one. */
  #settleLevelsBelow(streamId: string, settle = (id: string): void => this.#settleLevel(id)): void {
    this.#ticks.tellLevels();
    for (const { stream } of this.#streams.values()) if (mayInheritFrom(stream, streamId, this.#find)) settle(stream.id);
  }

  /** Streams that take their readers from this one may be seen no more. */
  #distrustBelow(streamId: string): void {
    this.#settleLevelsBelow(streamId, (id) => this.distrust(id));
  }

  /**
   * Returns whether a stream that was just taken has to be read: its level is not what its parents come to, or they are not known and it may be
   * older than what was told of them. Another room than the one that brought it (`atMs`) may have been faster.
   */
  #isLevelDoubtful({ id, rev }: Stream, atMs: number): boolean {
    const stream = this.find(id);
    if (stream === undefined || stream.visibility !== 'inherit' || stream.parentStreamId === null) return false;
    const level = this.#levelOf(id);
    const isParentKnown = this.#streams.has(stream.parentStreamId);
    if (level !== undefined && isParentKnown) return level !== stream.level;
    return rev < stream.rev || atMs < this.#levelsChangedMs + overtakingMs || (!isParentKnown && this.#ticks.isTold(stream.parentStreamId));
  }

  readonly #find = (streamId: string): Stream | undefined => this.find(streamId);

  #change(streamId: string, change: (kept: KeptStream) => KeptStream): void {
    const known = this.#streams.get(streamId);
    if (known !== undefined) this.#keep(streamId, change(known));
  }

  #keep(streamId: string, given: KeptStream): void {
    const known = this.#streams.get(streamId);
    const kept = this.#leveled(given);
    if (known === kept) return;
    this.#streams.set(streamId, kept);
    this.#streamsChanged ||= known?.stream !== kept.stream;
    if (kept.doubtful) this.wanted.add(streamId);
    else if (!this.#distrusted.has(streamId)) this.wanted.delete(streamId);
    for (const person of kept.stream.participants ?? []) this.#people.meet(person);
    if (known !== undefined && changesLevelsBelow(known.stream, kept.stream)) this.#settleLevelsBelow(streamId);
  }

  /** Sets the level of a stream that inherits no readers: the known roles decide it. */
  #leveled(kept: KeptStream): KeptStream {
    const { me } = this.#view;
    const level = me && kept.stream.visibility !== 'inherit' ? levelIn(kept.stream, me.role, this.#find) : undefined;
    return level === undefined ? kept : withLevel(kept, level);
  }
}
