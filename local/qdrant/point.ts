/** Id of a point: a whole number, or a UUID in lower case with hyphens. */
export type PointId = number | string;

export type Payload = Readonly<Record<string, unknown>>;

export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** A stored point. With cosine distance its dense vectors have unit length. */
export interface Point {
  readonly id: PointId;
  readonly payload: Payload;
  /** By name; the unnamed vector has the empty name. */
  readonly dense: ReadonlyMap<string, Float32Array>;
  readonly sparse: ReadonlyMap<string, SparseVector>;
  /** Number of the operation that last changed the point. */
  readonly version: number;
}

/** Orders numbers before UUIDs, as Qdrant scrolls. */
export function compareIds(a: PointId, b: PointId): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Parses an id in any form that Qdrant accepts; undefined when it is invalid. */
export function readId(value: unknown): PointId | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const digits = /^(?:urn:uuid:)?\{?([0-9a-f-]{32,36})\}?$/i.exec(value)?.[1]?.replaceAll('-', '').toLowerCase();
  if (digits?.length !== 32) return undefined;
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}
