import type { Stream } from '../../contract/stream.ts';

/** Finds a stream among those that the client knows. */
type Find = (streamId: string) => Stream | undefined;

/**
 * Logical clock of what is told of streams. An answer is compared with it by the tick of its request: what was told later may be newer. No
 * I/O.
 */
export class FrameTicks {
  #now = 0;
  /** Tick of the last frame, by stream. */
  readonly #toldAt = new Map<string, number>();
  /** Tick of the last loss of access, by stream. */
  readonly #lostAt = new Map<string, number>();
  /** Tick of the last change of inherited levels. */
  #levelsToldAt = 0;
  #anyLostAt = 0;
  #allLostAt = 0;

  get now(): number {
    return this.#now;
  }

  next(): number {
    return ++this.#now;
  }

  tell(streamId: string): void {
    this.#toldAt.set(streamId, this.next());
  }

  tellLevels(): void {
    this.#levelsToldAt = this.next();
  }

  /** Notes that the reader lost access, membership, or a way to read the stream. */
  lose(streamId: string): void {
    this.#anyLostAt = this.next();
    this.#lostAt.set(streamId, this.#anyLostAt);
  }

  /** Notes that the reader may have lost any stream, as a member does who becomes a guest. */
  loseAll(): void {
    this.#allLostAt = this.next();
  }

  isTold(streamId: string): boolean {
    return this.#toldAt.has(streamId);
  }

  isToldSince(streamId: string, since: number): boolean {
    return (this.#toldAt.get(streamId) ?? 0) > since;
  }

  /** Returns whether an answer that was requested at `since` may be older than the frames of the stream, or of its parents. */
  isOlder(stream: Stream, since: number, find: Find): boolean {
    const hasOldLevel = stream.visibility === 'inherit' && this.#levelsToldAt > since;
    return hasOldLevel || this.isToldSince(stream.id, since) || this.isLostSince(stream, since, find);
  }

  /** Returns whether the stream, or one that it takes its readers from, may have been lost since a tick. */
  isLostSince(stream: Stream, since: number, find: Find): boolean {
    if (this.#allLostAt > since || (this.#lostAt.get(stream.id) ?? 0) > since) return true;
    if (stream.visibility !== 'inherit' || stream.parentStreamId === null) return false;
    const parent = find(stream.parentStreamId);
    // The parents of an unknown parent are unknown too: each loss may be one of theirs.
    return parent === undefined ? this.#anyLostAt > since : this.isLostSince(parent, since, find);
  }
}
