import type { Pointer } from '../../contract/frames.ts';
import type { Level } from '../../contract/policy.ts';
import type { ReadState, Stream } from '../../contract/stream.ts';

/**
 * A stream as a client keeps it, with what its own counts are reckoned from: pointers that say how many messages there are come often,
 * counts of one's own only sometimes. No I/O.
 */
export interface KeptStream {
  readonly stream: Stream;
  /** A moment of which both counts are known: what a later pointer has more in messages, it has more in unread ones. */
  readonly anchor: { readonly messageCount: number; readonly unreadCount: number } | undefined;
  /** Unread messages as of a position that no pointer has told of yet. */
  readonly ahead: { readonly seq: number; readonly unreadCount: number } | undefined;
  /** The own counts may be wrong: the stream is to be read. */
  readonly doubtful: boolean;
}

/** A stream as the server has just told of it, own counts and all. */
export function keep(stream: Stream): KeptStream {
  const { messageCount, unreadCount } = stream;
  return { stream, anchor: { messageCount, unreadCount }, ahead: undefined, doubtful: false };
}

/** Takes a whole stream that was read, which may be older than what is known. Of everything the newer stays. */
export function withStream(kept: KeptStream, fresh: Stream): KeptStream {
  return kept.stream.gen === fresh.gen ? renewed(kept, fresh, kept.stream.isMember !== fresh.isMember) : keep(fresh);
}

/** As `withStream`, and where one has read to is what `fresh` says: what we thought of it has turned out wrong. */
export function withTruth(kept: KeptStream, fresh: Stream): KeptStream {
  return kept.stream.gen === fresh.gen ? renewed(kept, fresh, true) : keep(fresh);
}

function renewed(kept: KeptStream, fresh: Stream, trusted: boolean): KeptStream {
  const { isMember, role, level, notifyLevel } = fresh;
  const stream = { ...settingsOf(kept.stream, fresh), isMember, role, level, notifyLevel, ...(trusted && countsOf(fresh)) };
  return withPointer({ ...kept, stream }, pointerOf(fresh), undefined);
}

function countsOf({ unreadCount, mentionCount, readSeq, readRev, lastReadAt }: Stream) {
  return { unreadCount, mentionCount, readSeq, readRev, lastReadAt };
}

/** Takes the part of a stream that is the same for everyone, as it travels in rooms. */
export function withSettings(kept: KeptStream, told: Stream): KeptStream {
  const stream = settingsOf(kept.stream, told);
  return { ...kept, stream, doubtful: kept.doubtful || kept.stream.gen !== told.gen };
}

/** The settings of the newer of two, the counts and positions of the first, and what of it is the reader's own. */
function settingsOf(known: Stream, told: Stream): Stream {
  if (told.rev < known.rev) return known;
  const { isMember, role, level, notifyLevel, unreadCount, mentionCount, readSeq, readRev, lastReadAt } = known;
  const { lastSeq, messageCount, countsRev, lastEventAt, gen } = known;
  return {
    ...told,
    isMember,
    role,
    level,
    notifyLevel,
    unreadCount,
    mentionCount,
    readSeq,
    readRev,
    lastReadAt,
    lastSeq,
    messageCount,
    countsRev,
    lastEventAt,
    gen,
  };
}

function pointerOf(stream: Stream): Pointer {
  const { id: streamId, lastSeq: head, messageCount, countsRev, lastEventAt } = stream;
  const { readRev: rev, readSeq, unreadCount, mentionCount, lastReadAt } = stream;
  const read = { rev, readSeq, unreadCount, mentionCount, lastReadAt };
  return { streamId, head, messageCount, countsRev, lastEventAt, lastActorId: null, read };
}

/** Takes a pointer: the newest by `head` wins, and of read states the newest by `rev`. `me`: an own message is not unread. */
export function withPointer(kept: KeptStream, pointer: Pointer, me: string | undefined): KeptStream {
  const { stream } = kept;
  const { head, messageCount, countsRev, lastEventAt, read } = pointer;
  const log = head >= stream.lastSeq ? { lastSeq: head, messageCount, countsRev, lastEventAt } : {};
  const next = { ...stream, ...log };
  // Who has left may still hear what was on its way.
  if (!stream.isMember) return head < stream.lastSeq ? kept : { ...kept, stream: next };
  if (read !== undefined && isNews(stream, read)) {
    const counts = { readSeq: read.readSeq, readRev: read.rev, lastReadAt: read.lastReadAt, mentionCount: read.mentionCount };
    const unreadCount = read.unreadCount + next.messageCount - messageCount;
    const doubtful = next.countsRev !== countsRev;
    return {
      stream: { ...next, ...counts, unreadCount },
      anchor: { messageCount, unreadCount: read.unreadCount },
      ahead: undefined,
      doubtful,
    };
  }
  if (head <= stream.lastSeq) return kept;
  return reckon(kept, next, me !== undefined && pointer.lastActorId === me);
}

/** Tells if a read state is at least as new as the known one. With the same revision the known one may be ahead: a mark is under way. */
const isNews = (known: Stream, read: ReadState): boolean =>
  read.rev > known.readRev || (read.rev === known.readRev && read.readSeq >= known.readSeq);

/** The own counts at a new end of the stream, of which nothing but the number of messages is known. */
function reckon(kept: KeptStream, next: Stream, isMine: boolean): KeptStream {
  const { lastSeq, readSeq, messageCount } = next;
  const { stream: before, anchor, ahead } = kept;
  if (lastSeq === readSeq) return read(next);
  // What is known of the own counts is newer than this pointer.
  if (lastSeq < readSeq || lastSeq < (ahead?.seq ?? 0)) return { ...kept, stream: next, anchor: undefined };
  const isComparable = before.countsRev === next.countsRev;
  if (lastSeq === ahead?.seq) return { ...counted(next, ahead.unreadCount), doubtful: !isComparable };
  // Something else than a message.
  if (isComparable && messageCount === before.messageCount) return { ...kept, stream: next };
  // The own counts after an own message come in a pointer of their own.
  if (isMine) return { ...kept, stream: next, anchor: undefined, ahead: undefined, doubtful: true };
  if (anchor !== undefined && isComparable) {
    return { ...counted(next, anchor.unreadCount + messageCount - anchor.messageCount), doubtful: kept.doubtful };
  }
  // No more can be unread than there are positions behind what was read.
  const guess = Math.min(before.unreadCount + messageCount - before.messageCount, lastSeq - readSeq);
  return { stream: { ...next, unreadCount: Math.max(0, guess) }, anchor: undefined, ahead: undefined, doubtful: true };
}

const read = (stream: Stream): KeptStream => keep({ ...stream, unreadCount: 0, mentionCount: 0 });
const counted = (stream: Stream, unreadCount: number): KeptStream => keep({ ...stream, unreadCount });

/** Takes the level that the caller has in it now. */
export const withLevel = (kept: KeptStream, level: Level): KeptStream =>
  kept.stream.level === level ? kept : { ...kept, stream: { ...kept.stream, level } };

/** Takes a read state that came without a pointer. `at`: the position of which its counts are, where that is known. */
export function withRead(kept: KeptStream, told: ReadState, at?: number): KeptStream {
  const { stream } = kept;
  if (!stream.isMember || !isNews(stream, told)) return kept;
  const { rev: readRev, readSeq, lastReadAt, unreadCount, mentionCount } = told;
  const own = { ...stream, readRev, readSeq, lastReadAt };
  // We have been right: what we reckoned since is newer than these counts.
  if (readSeq === stream.readSeq && kept.anchor !== undefined && (at === undefined || at < stream.lastSeq)) {
    return { ...kept, stream: { ...own, mentionCount: stream.unreadCount === 0 ? 0 : mentionCount } };
  }
  const next = { ...own, unreadCount, mentionCount };
  if (at === stream.lastSeq) return keep(next);
  if (at !== undefined && at > stream.lastSeq) return { stream: next, anchor: undefined, ahead: { seq: at, unreadCount }, doubtful: false };
  // At our own end everything is read, whatever came after it.
  const anchor = readSeq === stream.lastSeq ? { messageCount: stream.messageCount, unreadCount: 0 } : undefined;
  return { stream: next, anchor, ahead: undefined, doubtful: readSeq < stream.lastSeq };
}

/** Takes a read state when there is no marking under way: with the same revision it is what is. */
export function withReadMoved(kept: KeptStream, told: ReadState): KeptStream {
  const { stream } = kept;
  return told.rev === stream.readRev ? withRead({ ...kept, stream: { ...stream, readSeq: -1 } }, told) : withRead(kept, told);
}

/** Everything up to `seq` was just read here; the server does not know it yet. What is unread behind `seq` it has to say. */
export function markedRead(kept: KeptStream, seq: number): KeptStream {
  const { stream } = kept;
  if (seq < stream.lastSeq || seq < stream.readSeq) return kept;
  const marked = read({ ...stream, readSeq: seq });
  return seq === stream.lastSeq ? marked : { ...marked, anchor: undefined };
}
