import type { Change } from './collection.ts';
import type { Payload, Point, PointId, SparseVector } from './point.ts';

/** A point in a line of the log. Dense vectors are base64 of their float32, a quarter of the size of digits. */
interface PointLine {
  readonly id: PointId;
  readonly payload: Payload;
  readonly dense: Readonly<Record<string, string>>;
  readonly sparse: Readonly<Record<string, SparseVector>>;
  readonly version: number;
}

/** Serializes a change as one line. */
export function writeLine(change: Change): string {
  if (change.kind !== 'upsert') return `${JSON.stringify(change)}\n`;
  const points = change.points.map(({ id, payload, dense, sparse, version }): PointLine => ({
    id,
    payload,
    dense: Object.fromEntries([...dense].map(([name, vector]) => [name, encode(vector)])),
    sparse: Object.fromEntries(sparse),
    version,
  }));
  return `${JSON.stringify({ kind: 'upsert', points })}\n`;
}

export function readLine(line: string): Change {
  const change = JSON.parse(line) as
    Exclude<Change, { kind: 'upsert' }> | { readonly kind: 'upsert'; readonly points: readonly PointLine[] };
  if (change.kind !== 'upsert') return change;
  return {
    kind: 'upsert',
    points: change.points.map(({ id, payload, dense, sparse, version }): Point => {
      const vectors = Object.entries(dense).map(([name, text]) => [name, decode(text)] as const);
      return { id, payload, dense: new Map(vectors), sparse: new Map(Object.entries(sparse)), version };
    }),
  };
}

const encode = (vector: Float32Array): string => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

function decode(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  // Copied, because the bytes of a buffer may be misaligned for float32.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
