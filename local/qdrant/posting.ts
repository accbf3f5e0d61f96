/** Insertion point in an ascending list of `length`: behind all elements for which `isBefore` holds. */
export function placeIn(length: number, isBefore: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Posting list of one index of a sparse vector: slots in ascending order, with their weights. */
export class Posting {
  readonly slots: number[] = [];
  readonly weights: number[] = [];

  get size(): number {
    return this.slots.length;
  }

  set(slot: number, weight: number): void {
    // Most slots are new and go to the end.
    const at = (this.slots.at(-1) ?? -1) < slot ? this.slots.length : this.#placeOf(slot);
    const isThere = this.slots[at] === slot ? 1 : 0;
    this.slots.splice(at, isThere, slot);
    this.weights.splice(at, isThere, weight);
  }

  delete(slot: number): void {
    const at = this.#placeOf(slot);
    if (this.slots[at] !== slot) return;
    this.slots.splice(at, 1);
    this.weights.splice(at, 1);
  }

  weightOf(slot: number): number | undefined {
    const at = this.#placeOf(slot);
    return this.slots[at] === slot ? this.weights[at] : undefined;
  }

  #placeOf(slot: number): number {
    return placeIn(this.slots.length, (at) => (this.slots[at] as number) < slot);
  }
}
