import type { Payload } from './point.ts';

/** Supported types of payload indexes. */
export const indexTypes = ['keyword', 'integer', 'float', 'bool', 'datetime', 'uuid'] as const;
export type IndexType = (typeof indexTypes)[number];

/** Requested schema of an index: a type, with parameters when given. */
export interface IndexSchema {
  readonly type: IndexType;
  readonly params?: Readonly<Record<string, unknown>>;
}

/**
 * Values at a path of a payload: `a.b` descends into objects, `a[].b` into the elements of an array. An array at the end of the path
 * gives its elements; `wholes` holds the values before that.
 */
export function valuesAt(payload: Payload, path: string): { readonly wholes: unknown[]; readonly values: unknown[] } {
  let found: unknown[] = [payload];
  for (const part of path.split('.')) {
    const isEach = part.endsWith('[]');
    const key = isEach ? part.slice(0, -2) : part;
    found = found.flatMap((value) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
      const inner: unknown = (value as Record<string, unknown>)[key];
      return isEach ? (Array.isArray(inner) ? (inner as unknown[]) : []) : [inner];
    });
  }
  return { wholes: found, values: found.flatMap((value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [value])) };
}

/** Slots by value at one path of the payload. */
export class PayloadIndex {
  readonly schema: IndexSchema;
  readonly #path: string;
  readonly #slots = new Map<unknown, Set<number>>();
  readonly #indexed = new Set<number>();

  constructor(path: string, schema: IndexSchema) {
    this.#path = path;
    this.schema = schema;
  }

  /** Number of points with a value. */
  get points(): number {
    return this.#indexed.size;
  }

  add(slot: number, payload: Payload): void {
    for (const value of this.#keysOf(payload)) {
      let slots = this.#slots.get(value);
      if (slots === undefined) this.#slots.set(value, (slots = new Set()));
      slots.add(slot);
      this.#indexed.add(slot);
    }
  }

  delete(slot: number, payload: Payload): void {
    for (const value of this.#keysOf(payload)) {
      const slots = this.#slots.get(value);
      slots?.delete(slot);
      if (slots?.size === 0) this.#slots.delete(value);
    }
    this.#indexed.delete(slot);
  }

  /** Slots with a value; complete for any type of index. */
  withValue(value: unknown): ReadonlySet<number> {
    return this.#slots.get(value) ?? none;
  }

  #keysOf(payload: Payload): unknown[] {
    return valuesAt(payload, this.#path).values.filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
  }
}

const none: ReadonlySet<number> = new Set();
