import type { Epoch } from '../../contract/epoch.ts';
import type { EpochsFrame } from '../../contract/frames.ts';

/** What was listed: the newest epochs of a stream, and where the older ones begin. All of it is of one revision. */
export interface EpochListing {
  readonly epochs: readonly Epoch[];
  readonly rev: number;
  readonly cursor: string | null;
}

/** What was known when a list was asked for. */
export interface ListRequest {
  readonly rev: number | undefined;
  readonly heard: number;
}

/** Frames that came too early to be of use are kept, so many of them. */
const maxEarly = 50;

/**
 * The newest epochs of one stream, in step with what its room is told of them: a frame that continues what is here is taken, one that does
 * not makes it due to be listed anew. However frames are lost, doubled or mixed up, a list makes it right.
 */
export class EpochList {
  readonly #epochs = new Map<string, Epoch>();
  /** Frames that begin where we are not yet, by where they begin. */
  readonly #early = new Map<number, EpochsFrame>();
  #rev: number | undefined;
  /** The newest revision that was heard of. */
  #heard = 0;
  #cursor: string | null = null;
  #sorted: readonly Epoch[] | undefined;

  /** Newest first. The same array until something changed. */
  list(): readonly Epoch[] {
    this.#sorted ??= [...this.#epochs.values()].sort((a, b) => b.firstSeq - a.firstSeq);
    return this.#sorted;
  }

  /** Of what revision the list is; undefined until there is one. */
  get rev(): number | undefined {
    return this.#rev;
  }

  /** Where older ones begin; null when all are here. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** Whether it is to be listed: there is nothing yet, or something was missed. */
  get isDue(): boolean {
    return this.#rev === undefined || this.#heard > this.#rev;
  }

  /** Something may have been missed, and nothing says what. */
  doubt(): void {
    this.#heard = Number.POSITIVE_INFINITY;
  }

  asking(): ListRequest {
    return { rev: this.#rev, heard: this.#heard };
  }

  take(frame: EpochsFrame): void {
    if (this.#rev !== undefined && frame.rev <= this.#rev) return;
    if (this.#heard < frame.rev) this.#heard = frame.rev;
    if (!frame.partial) {
      if (this.#early.size >= maxEarly) this.#early.clear();
      this.#early.set(frame.from, frame);
    }
    this.#goOn();
  }

  /** Takes a list that was asked for. Returns false for one that frames have overtaken meanwhile. */
  replace(listed: EpochListing, asked: ListRequest): boolean {
    const isOvertaken = this.#rev !== asked.rev && listed.rev < (this.#rev ?? 0);
    if (isOvertaken) return false;
    this.#epochs.clear();
    for (const epoch of listed.epochs) this.#epochs.set(epoch.id, epoch);
    this.#rev = listed.rev;
    this.#cursor = listed.cursor;
    this.#sorted = undefined;
    // What was heard of before it was asked for is in it, also where the server was set back to something older.
    if (this.#heard === asked.heard) this.#heard = listed.rev;
    this.#goOn();
    return true;
  }

  /** Takes the page before the oldest epoch. Returns false when it is of another revision: then all is to be listed. */
  append(page: EpochListing, cursor: string): boolean {
    if (cursor !== this.#cursor || page.rev !== this.#rev) return false;
    for (const epoch of page.epochs) this.#epochs.set(epoch.id, epoch);
    this.#cursor = page.cursor;
    this.#sorted = undefined;
    return true;
  }

  /** Takes the frames that continue what is here. */
  #goOn(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      for (const id of next.removed) this.#epochs.delete(id);
      const oldest = this.#cursor === null ? 0 : Math.min(...[...this.#epochs.values()].map(({ firstSeq }) => firstSeq));
      // One that is further back than what is here comes with its page.
      for (const epoch of next.items) if (epoch.firstSeq >= oldest) this.#epochs.set(epoch.id, epoch);
      this.#rev = next.rev;
      this.#sorted = undefined;
    }
    for (const from of this.#early.keys()) if (from < (this.#rev ?? 0)) this.#early.delete(from);
  }

  #next(): EpochsFrame | undefined {
    return this.#rev === undefined ? undefined : this.#early.get(this.#rev);
  }
}
