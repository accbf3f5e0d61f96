/** One change of a room's log. */
export interface Change {
  readonly seq: number;
}

/** The changes in (from, upTo] that still show: a frame, a replay, a page read over HTTP. */
export interface Segment<Item extends Change> {
  readonly gen: string;
  readonly from: number;
  readonly upTo: number;
  readonly items: readonly Item[];
}

export interface RoomLogOptions<Item extends Change> {
  /** Position at which the thing that `item` changes was appended: tells a replaced change from a missing one. */
  readonly appendedAt: (item: Item) => number;
  /** Time that a hole may stay before it is pulled; default 500 ms. */
  readonly holdMs?: number;
  /** Number of frames that may wait behind a hole before it is pulled; default 64. */
  readonly holdFrames?: number;
  /** Number of frames kept behind a hole; default 1,024. Later frames are dropped and pulled afterwards. */
  readonly keepFrames?: number;
}

/**
 * The place of a client in one room's log: the changes without a hole, the changes held behind a hole, and the time to pull. No I/O and no
 * clock.
 *
 * Two things keep it from `settled`. A *hole*: the head of the room is above the position. A *debt*: a replay or page left out a position
 * that may be a message, because a later change replaces it that is yet to come. Only a complete read proves that it has come.
 */
export class RoomLog<Item extends Change> {
  /** Generation of the log; undefined until a snapshot was adopted. */
  gen: string | undefined;
  /** All changes up to here have been handed out. */
  position = 0;
  /** The highest known head of the room in this generation. */
  head = 0;
  /** Number of snapshots adopted and given up. An answer to a request of an earlier version is outdated. */
  version = 0;

  readonly #appendedAt: (item: Item) => number;
  readonly #holdMs: number;
  readonly #holdFrames: number;
  readonly #keepFrames: number;
  readonly #retired = new Set<string>();
  #held: Segment<Item>[] = [];
  #noted: { gen: string; head: number } | undefined;
  #debt = 0;
  #unknownGen: string | undefined;
  #urgent = false;
  #holeSince: number | undefined;

  constructor({ appendedAt, holdMs = 500, holdFrames = 64, keepFrames = 1024 }: RoomLogOptions<Item>) {
    this.#appendedAt = appendedAt;
    this.#holdMs = holdMs;
    this.#holdFrames = holdFrames;
    this.#keepFrames = keepFrames;
  }

  /** Nothing is known to be missing. */
  get settled(): boolean {
    return this.gen !== undefined && this.position >= this.head && this.#debt === 0 && !this.#urgent;
  }

  /** A position at or below this one may hide a message that is yet to come: the copy must not be shown as whole. */
  get indebted(): boolean {
    return this.#debt > 0;
  }

  /** The lowest place that a snapshot read from now on can have; known before the room was read. */
  get known(): { gen: string; head: number } | undefined {
    return this.gen === undefined ? this.#noted : { gen: this.gen, head: Math.max(this.head, this.position) };
  }

  /** Returns the time to pull (milliseconds of the caller's clock; 0 is at once); undefined when there is nothing to pull. */
  dueAt(): number | undefined {
    if (this.gen === undefined || this.#urgent || this.#debt > 0) return 0;
    if (this.position >= this.head) return undefined;
    return this.#held.length >= this.#holdFrames ? 0 : (this.#holeSince ?? 0) + this.#holdMs;
  }

  /** Adopts a snapshot: all of the log up to `position`. Returns the held changes that follow it. */
  adopt(gen: string, position: number, nowMs: number): Item[] {
    if (this.gen !== gen) this.#retire(this.gen);
    this.#retired.delete(gen);
    this.gen = gen;
    this.position = position;
    this.version++;
    this.#debt = 0;
    this.#urgent = false;
    this.#unknownGen = undefined;
    this.head = Math.max(position, this.#noted?.gen === gen ? this.#noted.head : 0);
    this.#noted = undefined;
    this.#held = this.#held.filter((segment) => segment.gen === gen);
    for (const segment of this.#held) this.head = Math.max(this.head, segment.upTo);
    return this.#drain(nowMs, true);
  }

  /** Gives up the copy: all changes wait for the next snapshot. `next`: the new generation and head of the room, where known. */
  reset(next?: { readonly gen: string; readonly head: number }): void {
    if (next !== undefined && next.gen !== this.gen) this.#retire(this.gen);
    this.#noted = next ?? this.known;
    this.gen = undefined;
    this.version++;
    this.#held = [];
    this.#debt = 0;
    this.#urgent = false;
    this.#holeSince = undefined;
  }

  /** Takes a frame or a page. Returns the changes that can be handed out now, each once and in order. */
  receive(segment: Segment<Item>, nowMs: number): Item[] {
    if (!this.#isOurs(segment.gen, segment.upTo)) return [];
    if (this.gen !== undefined && segment.upTo <= this.position) return [];
    this.head = Math.max(this.head, segment.upTo);
    if (this.#held.length < this.#keepFrames || segment.from <= this.position) this.#held.push(segment);
    return this.#drain(nowMs, false);
  }

  /** Takes one page of a pull. `final`: nothing was behind the page when it was read, so it leaves out nothing that is yet to come. */
  pulled(segment: Segment<Item>, final: boolean, nowMs: number): Item[] {
    const items = this.receive(segment, nowMs);
    if (final) {
      if (this.#debt <= segment.upTo) this.#debt = 0;
      this.#urgent = false;
      // The room was read after the frame of another generation had come, and is still of this one: the frame was an old one.
      this.#retire(this.#unknownGen);
      this.#unknownGen = undefined;
    }
    return items;
  }

  /** Notes that the room has come as far as `head`. */
  noteHead(gen: string, head: number, nowMs: number): void {
    if (!this.#isOurs(gen, head) || this.gen === undefined) return;
    this.head = Math.max(this.head, head);
    this.#watchHole(nowMs, false);
  }

  /** Makes a pull due at once: no frame will bring what is missing. */
  hurry(): void {
    this.#urgent = true;
  }

  #retire(gen: string | undefined): void {
    if (gen !== undefined) this.#retired.add(gen);
  }

  /** Tells if generation `gen` is the one of this log. An unknown generation makes a pull due. */
  #isOurs(gen: string, head: number): boolean {
    if (this.#retired.has(gen)) return false;
    if (this.gen === undefined) {
      this.#noted = { gen, head: this.#noted?.gen === gen ? Math.max(this.#noted.head, head) : head };
      return true;
    }
    if (gen === this.gen) return true;
    this.#unknownGen = gen;
    this.#urgent = true;
    return false;
  }

  #drain(nowMs: number, moved: boolean): Item[] {
    const items: Item[] = [];
    if (this.gen === undefined) return items;
    this.#held.sort((a, b) => a.from - b.from || a.upTo - b.upTo);
    let next = 0;
    for (; next < this.#held.length; next++) {
      const segment = this.#held[next] as Segment<Item>;
      if (segment.from > this.position) break;
      if (segment.upTo <= this.position) continue;
      items.push(...this.#handOut(segment));
      moved = true;
    }
    this.#held.splice(0, next);
    this.#watchHole(nowMs, moved);
    return items;
  }

  #handOut(segment: Segment<Item>): Item[] {
    const news = segment.items.filter((item) => item.seq > this.position && item.seq <= segment.upTo).sort((a, b) => a.seq - b.seq);
    const explained = new Set<number>();
    for (const item of segment.items) explained.add(item.seq).add(this.#appendedAt(item));
    for (let position = this.position + 1; position <= segment.upTo; position++) {
      if (!explained.has(position)) this.#debt = segment.upTo;
    }
    this.position = segment.upTo;
    return news;
  }

  #watchHole(nowMs: number, moved: boolean): void {
    if (this.position >= this.head) this.#holeSince = undefined;
    else if (moved || this.#holeSince === undefined) this.#holeSince = nowMs;
  }
}
