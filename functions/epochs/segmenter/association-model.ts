import type { Background } from './background.ts';

/** Associations of the terms of a workspace, learned from its messages. Immutable. */
export interface AssociationModel {
  /** The trust in the associations, 0 to 1, measured on text that they were not learned from. */
  readonly trust: number;
  readonly background: Background;
  readonly dimension: number;
  /** The row of each term that has one. */
  readonly rows: ReadonlyMap<string, number>;
  /** Row by row, each of length 127 at most in the direction of its term. */
  readonly vectors: Int8Array;
}

const format = 1;
const scale = 127;

/** Adds the directions of weighted terms; undefined where none of them has one. */
export function directionOf(model: AssociationModel, terms: Iterable<readonly [string, number]>): Float64Array | undefined {
  const { dimension, rows, vectors } = model;
  const sum = new Float64Array(dimension);
  let isKnown = false;
  for (const [term, weight] of terms) {
    const row = rows.get(term);
    if (row === undefined) continue;
    isKnown = true;
    const from = row * dimension;
    for (let k = 0; k < dimension; k++) sum[k] = (sum[k] ?? 0) + weight * (vectors[from + k] ?? 0);
  }
  return isKnown ? sum : undefined;
}

/** Cosine, -1 to 1; 0 where one has no direction. Both of the same dimension. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let shared = 0;
  let ofA = 0;
  let ofB = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] ?? 0;
    const y = b[k] ?? 0;
    shared += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA > 0 && ofB > 0 ? shared / Math.sqrt(ofA * ofB) : 0;
}

/** Rows of any length as bytes, a quarter of their size and the same to within a hundredth in every cosine. */
export function quantize(rows: Float64Array, dimension: number): Int8Array {
  const bytes = new Int8Array(rows.length);
  for (let from = 0; from < rows.length; from += dimension) {
    let squares = 0;
    for (let k = 0; k < dimension; k++) squares += (rows[from + k] ?? 0) ** 2;
    const factor = squares > 0 ? scale / Math.sqrt(squares) : 0;
    for (let k = 0; k < dimension; k++) bytes[from + k] = Math.round((rows[from + k] ?? 0) * factor);
  }
  return bytes;
}

/** The number of messages that a term of a model must occur in. */
export const minFrequency = 3;

/** Takes messages out of a model: terms that too few messages are left with lose their place in it. Undefined
 * where nothing changes. */
export function withoutMessages(model: AssociationModel, messages: readonly (readonly string[])[]): AssociationModel | undefined {
  const frequencies = new Map(model.background.frequencies);
  for (const terms of messages)
    for (const term of new Set(terms)) {
      const known = frequencies.get(term);
      if (known !== undefined) frequencies.set(term, known - 1);
    }
  const kept = [...model.rows].filter(([term]) => (frequencies.get(term) ?? 0) >= minFrequency).toSorted(([, a], [, b]) => a - b);
  if ([...frequencies].every(([term, count]) => count === model.background.frequencies.get(term))) return undefined;
  const { dimension } = model;
  const vectors = new Int8Array(kept.length * dimension);
  for (const [at, [, row]] of kept.entries()) vectors.set(model.vectors.subarray(row * dimension, (row + 1) * dimension), at * dimension);
  const terms = kept.map(([term]) => term);
  return {
    ...model,
    rows: new Map(terms.map((term, row) => [term, row])),
    vectors,
    background: { ...model.background, frequencies: new Map(terms.map((term) => [term, frequencies.get(term) ?? 0])) },
  };
}

interface Header {
  readonly format: number;
  readonly trust: number;
  readonly dimension: number;
  readonly messageCount: number;
  /** Those with a row come first, in order of rows. */
  readonly terms: readonly string[];
  readonly frequencies: readonly number[];
}

/** Encodes a model: length of a header (4 bytes, little-endian), the header as JSON, the vectors. About 85 bytes a term. */
export function encodeAssociations(model: AssociationModel): Uint8Array {
  const { trust, dimension, background, vectors } = model;
  const terms = [...model.rows].sort(([, a], [, b]) => a - b).map(([term]) => term);
  const frequencies = terms.map((term) => background.frequencies.get(term) ?? 0);
  const header: Header = { format, trust, dimension, messageCount: background.messageCount, terms, frequencies };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + vectors.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.length), 4 + text.length);
  return bytes;
}

/** Decodes a model. Throws for other bytes and unknown formats. */
export function decodeAssociations(bytes: Uint8Array): AssociationModel {
  const headerLength = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (headerLength === 0 || 4 + headerLength > bytes.length) throw new Error('These are not the bytes of an association model');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength))) as Header;
  if (header.format !== format) throw new Error(`Association models of format ${header.format} are not known here`);
  const { trust, dimension, messageCount, terms, frequencies } = header;
  const vectors = Int8Array.from(new Int8Array(bytes.buffer, bytes.byteOffset + 4 + headerLength, bytes.length - 4 - headerLength));
  if (vectors.length !== terms.length * dimension) throw new Error('An association model lacks vectors of its terms');
  return {
    trust,
    dimension,
    background: { messageCount, frequencies: new Map(terms.map((term, row) => [term, frequencies[row] ?? 0])) },
    rows: new Map(terms.map((term, row) => [term, row])),
    vectors,
  };
}
