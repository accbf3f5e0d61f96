import type { Epoch } from '../../contract/epoch.ts';
import type { EpochsFrame } from '../../contract/frames.ts';

/** A listing of the newest epochs of a stream, and the cursor of the older ones. All of it is of one revision. */
export interface EpochListing {
  readonly epochs: readonly Epoch[];
  readonly rev: number;
  readonly cursor: string | null;
}

/** The state of the list at the time of a request. */
export interface ListRequest {
  readonly rev: number | undefined;
  readonly heard: number;
}

/** Number of early frames that are kept. */
const maxEarly = 50;

/**
 * The newest epochs of one stream, in step with the frames of its room. A frame that continues the list is applied; one that does not makes
 * a new listing due. However frames are lost, doubled or reordered, a listing repairs the list.
 */
export class EpochList {
  readonly #epochs = new Map<string, Epoch>();
  /** Frames that begin at a later revision than the list has, by that revision. */
  readonly #early = new Map<number, EpochsFrame>();
  #rev: number | undefined;
  /** The newest revision that a frame named. */
  #heard = 0;
  #cursor: string | null = null;
  #sorted: readonly Epoch[] | undefined;

  /** Newest first. The same array until something changed. */
  list(): readonly Epoch[] {
    this.#sorted ??= [...this.#epochs.values()].sort((a, b) => b.firstSeq - a.firstSeq);
    return this.#sorted;
  }

  /** The revision of the list; undefined before the first listing. */
  get rev(): number | undefined {
    return this.#rev;
  }

  /** The cursor of the older epochs; null when all are loaded. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** A listing is due: there was none yet, or frames are missing. */
  get isDue(): boolean {
    return this.#rev === undefined || this.#heard > this.#rev;
  }

  /** Makes a listing due, because frames may be missing. */
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

  /** Takes a listing. Returns false for one that frames have overtaken. */
  replace(listed: EpochListing, asked: ListRequest): boolean {
    const isOvertaken = this.#rev !== asked.rev && listed.rev < (this.#rev ?? 0);
    if (isOvertaken) return false;
    this.#epochs.clear();
    for (const epoch of listed.epochs) this.#epochs.set(epoch.id, epoch);
    this.#rev = listed.rev;
    this.#cursor = listed.cursor;
    this.#sorted = undefined;
    // The listing covers all revisions known at the request, also where the server was set back to an older one.
    if (this.#heard === asked.heard) this.#heard = listed.rev;
    this.#goOn();
    return true;
  }

  /** Takes the page before the oldest epoch. Returns false when it is of another revision: then a new listing is due. */
  append(page: EpochListing, cursor: string): boolean {
    if (cursor !== this.#cursor || page.rev !== this.#rev) return false;
    for (const epoch of page.epochs) this.#epochs.set(epoch.id, epoch);
    this.#cursor = page.cursor;
    this.#sorted = undefined;
    return true;
  }

  /** Applies the frames that continue the list. */
  #goOn(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      for (const id of next.removed) this.#epochs.delete(id);
      const oldest = this.#cursor === null ? 0 : Math.min(...[...this.#epochs.values()].map(({ firstSeq }) => firstSeq));
      // An epoch before the oldest loaded one comes with its page.
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
