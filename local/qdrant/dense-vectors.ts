export type Distance = 'Cosine' | 'Dot';

const pageBits = 12;
const pageSlots = 1 << pageBits;

/** The dense vectors of one name, by slot, in pages of 4,096 (one block of float32 each). A collection grows without copying. */
export class DenseVectors {
  readonly size: number;
  readonly distance: Distance;
  count = 0;
  readonly #pages: Float32Array[] = [];
  readonly #present: Uint8Array[] = [];

  constructor(size: number, distance: Distance) {
    this.size = size;
    this.distance = distance;
  }

  has(slot: number): boolean {
    return this.#present[slot >> pageBits]?.[slot & (pageSlots - 1)] === 1;
  }

  set(slot: number, vector: Float32Array): void {
    const number = slot >> pageBits;
    while (this.#pages.length <= number) {
      this.#pages.push(new Float32Array(pageSlots * this.size));
      this.#present.push(new Uint8Array(pageSlots));
    }
    if (!this.has(slot)) this.count++;
    this.#pages[number]?.set(vector, (slot & (pageSlots - 1)) * this.size);
    (this.#present[number] as Uint8Array)[slot & (pageSlots - 1)] = 1;
  }

  delete(slot: number): void {
    if (!this.has(slot)) return;
    (this.#present[slot >> pageBits] as Uint8Array)[slot & (pageSlots - 1)] = 0;
    this.count--;
  }

  get(slot: number): Float32Array | undefined {
    if (!this.has(slot)) return undefined;
    const start = (slot & (pageSlots - 1)) * this.size;
    return this.#pages[slot >> pageBits]?.slice(start, start + this.size);
  }

  /** Dot product with a query of the same size. The slot must have a vector. */
  score(slot: number, query: Float32Array): number {
    return dot(this.#pages[slot >> pageBits] as Float32Array, (slot & (pageSlots - 1)) * this.size, query);
  }
}

/** Four independent sums: with one, each addition would wait for the one before. */
function dot(page: Float32Array, start: number, query: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let at = 0;
  let from = start;
  for (const end = query.length - 3; at < end; at += 4, from += 4) {
    a += (page[from] as number) * (query[at] as number);
    b += (page[from + 1] as number) * (query[at + 1] as number);
    c += (page[from + 2] as number) * (query[at + 2] as number);
    d += (page[from + 3] as number) * (query[at + 3] as number);
  }
  for (; at < query.length; at++, from++) a += (page[from] as number) * (query[at] as number);
  return a + b + c + d;
}

/** Prepares a vector for a distance: unit length for cosine. A zero vector stays as it is. */
export function prepareVector(values: readonly number[], distance: Distance): Float32Array {
  const vector = Float32Array.from(values);
  if (distance === 'Dot') return vector;
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  return length === 0 || Math.abs(length - 1) < 1e-7 ? vector : vector.map((value) => value / length);
}
