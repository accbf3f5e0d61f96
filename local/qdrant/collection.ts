import { DenseVectors, type Distance } from './dense-vectors.ts';
import { select, type Filtered } from './filter.ts';
import { PayloadIndex, type IndexSchema } from './payload-index.ts';
import { compareIds, type Payload, type Point, type PointId } from './point.ts';
import { placeIn } from './posting.ts';
import type { Filter } from './requests.ts';
import { SparseVectors, type Selection } from './sparse-vectors.ts';

/** Configuration of a collection: its vectors by name, and parameters that are only returned. */
export interface CollectionConfig {
  readonly dense: Readonly<Record<string, { readonly size: number; readonly distance: Distance }>>;
  readonly sparse: Readonly<Record<string, { readonly modifier?: 'none' | 'idf' | null }>>;
  /** True when its one dense vector has no name. */
  readonly isUnnamed: boolean;
  readonly onDiskPayload: boolean;
}

/** One change of a collection, as its log holds it. Replaying the log in order gives the same collection. */
export type Change =
  | { readonly kind: 'create'; readonly config: CollectionConfig }
  | { readonly kind: 'upsert'; readonly points: readonly Point[] }
  | { readonly kind: 'delete'; readonly ids: readonly PointId[] }
  | { readonly kind: 'payload'; readonly ids: readonly PointId[]; readonly payload: Payload; readonly version: number }
  | { readonly kind: 'index'; readonly field: string; readonly schema: IndexSchema }
  | { readonly kind: 'unindex'; readonly field: string };

/** The points of a collection, in memory. Each has a slot; slots of deleted points are reused. */
export class Collection implements Filtered {
  readonly config: CollectionConfig;
  readonly dense: ReadonlyMap<string, DenseVectors>;
  readonly sparse: ReadonlyMap<string, SparseVectors>;
  readonly indexes = new Map<string, PayloadIndex>();
  /** Number of operations, at least the newest point's version. */
  operations = 0;

  readonly #slots = new Map<PointId, number>();
  readonly #ids: (PointId | undefined)[] = [];
  readonly #payloads: Payload[] = [];
  readonly #versions: number[] = [];
  readonly #free: number[] = [];
  /** Sorted ids, maintained from the first request for them. */
  #sorted: PointId[] | undefined;

  constructor(config: CollectionConfig) {
    this.config = config;
    this.dense = new Map(Object.entries(config.dense).map(([name, { size, distance }]) => [name, new DenseVectors(size, distance)]));
    this.sparse = new Map(Object.entries(config.sparse).map(([name, { modifier }]) => [name, new SparseVectors(modifier === 'idf')]));
  }

  get count(): number {
    return this.#slots.size;
  }

  /** All ids, in Qdrant's scroll order. */
  get ids(): readonly PointId[] {
    return (this.#sorted ??= [...this.#slots.keys()].sort(compareIds));
  }

  unsortedIds(): Iterable<PointId> {
    return this.#slots.keys();
  }

  /** Rank of an id among all, or its insertion point. */
  #rankOf(id: PointId): number {
    const { ids } = this;
    return placeIn(ids.length, (at) => compareIds(ids[at] as PointId, id) < 0);
  }

  slotOf(id: PointId): number | undefined {
    return this.#slots.get(id);
  }

  idOf(slot: number): PointId | undefined {
    return this.#ids[slot];
  }

  payloadOf(slot: number): Payload {
    return this.#payloads[slot] ?? {};
  }

  versionOf(slot: number): number {
    return this.#versions[slot] ?? 0;
  }

  hasVector(slot: number, name: string): boolean {
    return this.dense.get(name)?.has(slot) ?? this.sparse.get(name)?.get(slot) !== undefined;
  }

  indexOf(key: string): PayloadIndex | undefined {
    return this.indexes.get(key);
  }

  select(filter: Filter | null | undefined): Selection {
    return select(filter, this);
  }

  /** Candidate slots of a selection at this moment. The caller checks each for a match. */
  slotsOf({ slots }: Selection): number[] {
    return [...(slots ?? this.#ids.keys())];
  }

  point(id: PointId): Point | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    const dense = [...this.dense].flatMap(([name, vectors]) => {
      const vector = vectors.get(slot);
      return vector === undefined ? [] : [[name, vector] as const];
    });
    const sparse = [...this.sparse].flatMap(([name, vectors]) => {
      const vector = vectors.get(slot);
      return vector === undefined ? [] : [[name, vector] as const];
    });
    return { id, payload: this.payloadOf(slot), dense: new Map(dense), sparse: new Map(sparse), version: this.versionOf(slot) };
  }

  /** Applies a change that is in the log. */
  apply(change: Exclude<Change, { kind: 'create' }>): void {
    this.operations++;
    switch (change.kind) {
      case 'upsert':
        for (const point of change.points) this.#put(point);
        return;
      case 'delete':
        for (const id of change.ids) this.#remove(id);
        return;
      case 'payload':
        for (const id of change.ids) this.#merge(id, change.payload, change.version);
        return;
      case 'index':
        this.indexes.set(change.field, this.#makeIndex(change.field, change.schema));
        return;
      case 'unindex':
        this.indexes.delete(change.field);
        return;
    }
  }

  #put(point: Point): void {
    this.operations = Math.max(this.operations, point.version);
    const slot = this.#slots.get(point.id) ?? this.#take(point.id);
    this.#setPayload(slot, point.payload);
    this.#versions[slot] = point.version;
    for (const [name, vectors] of this.dense) {
      const vector = point.dense.get(name);
      if (vector === undefined) vectors.delete(slot);
      else vectors.set(slot, vector);
    }
    for (const [name, vectors] of this.sparse) {
      const vector = point.sparse.get(name);
      if (vector === undefined) vectors.delete(slot);
      else vectors.set(slot, vector);
    }
  }

  #take(id: PointId): number {
    const slot = this.#free.pop() ?? this.#ids.length;
    this.#slots.set(id, slot);
    this.#ids[slot] = id;
    this.#payloads[slot] = {};
    if (this.#sorted !== undefined) this.#sorted.splice(this.#rankOf(id), 0, id);
    return slot;
  }

  #remove(id: PointId): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    for (const index of this.indexes.values()) index.delete(slot, this.payloadOf(slot));
    for (const vectors of this.dense.values()) vectors.delete(slot);
    for (const vectors of this.sparse.values()) vectors.delete(slot);
    this.#slots.delete(id);
    this.#ids[slot] = undefined;
    this.#payloads[slot] = {};
    this.#free.push(slot);
    if (this.#sorted !== undefined) this.#sorted.splice(this.#rankOf(id), 1);
  }

  #merge(id: PointId, payload: Payload, version: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#setPayload(slot, { ...this.payloadOf(slot), ...payload });
    this.#versions[slot] = version;
  }

  #setPayload(slot: number, payload: Payload): void {
    for (const index of this.indexes.values()) {
      index.delete(slot, this.payloadOf(slot));
      index.add(slot, payload);
    }
    this.#payloads[slot] = payload;
  }

  #makeIndex(field: string, schema: IndexSchema): PayloadIndex {
    const index = new PayloadIndex(field, schema);
    for (const slot of this.#slots.values()) index.add(slot, this.payloadOf(slot));
    return index;
  }
}
