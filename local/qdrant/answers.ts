import type { Collection } from './collection.ts';
import type { Payload, Point, PointId } from './point.ts';
import type { WithPayload, WithVector } from './requests.ts';

interface RequestedParts {
  readonly with_payload?: WithPayload;
  readonly with_vector?: WithVector;
}

/** A point as Qdrant returns it, with the requested parts of its payload and vectors. */
export function recordOf(collection: Collection, point: Point, { with_payload: payload, with_vector: vector }: RequestedParts) {
  return {
    id: point.id,
    ...(payload === undefined || payload === null || payload === false ? {} : { payload: pick(point.payload, payload) }),
    ...(vector === undefined || vector === null || vector === false ? {} : { vector: vectorsOf(collection, point, vector) }),
  };
}

/** Points by their ids; missing ones are left out. */
export function recordsOf(collection: Collection, ids: readonly PointId[], wanted: RequestedParts) {
  return ids.flatMap((id) => {
    const point = collection.point(id);
    return point === undefined ? [] : [recordOf(collection, point, wanted)];
  });
}

function pick(payload: Payload, wanted: Exclude<WithPayload, null | undefined>): Payload {
  if (typeof wanted === 'boolean') return payload;
  const [names, keeps] = Array.isArray(wanted) ? [wanted, true] : 'include' in wanted ? [wanted.include, true] : [wanted.exclude, false];
  return Object.fromEntries(Object.entries(payload).filter(([name]) => names.includes(name) === keeps));
}

function vectorsOf({ config }: Collection, { dense, sparse }: Point, wanted: readonly string[] | true) {
  const isWanted = (name: string): boolean => wanted === true || wanted.includes(name);
  const all = Object.fromEntries([
    // Only requested vectors become arrays: each has a thousand numbers.
    ...[...dense].filter(([name]) => isWanted(name)).map(([name, vector]) => [name, Array.from(vector)] as const),
    ...[...sparse].filter(([name]) => isWanted(name)),
  ]);
  return config.isUnnamed && Object.keys(all).join() === '' && all[''] !== undefined ? all[''] : all;
}

/** Description of a collection. Figures of its storage are Qdrant's defaults, and no code here depends on them. */
export function infoOf({ config, count, dense, indexes }: Collection) {
  const vectors = config.isUnnamed ? config.dense[''] : config.dense;
  return {
    status: 'green',
    optimizer_status: 'ok',
    indexed_vectors_count: [...dense.values()].reduce((sum, one) => sum + one.count, 0),
    points_count: count,
    segments_count: 1,
    config: {
      params: {
        vectors,
        shard_number: 1,
        replication_factor: 1,
        write_consistency_factor: 1,
        on_disk_payload: config.onDiskPayload,
        ...(Object.keys(config.sparse).length === 0 ? {} : { sparse_vectors: config.sparse }),
      },
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000, max_indexing_threads: 0, on_disk: false },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1_000,
        default_segment_number: 0,
        max_segment_size: null,
        memmap_threshold: null,
        indexing_threshold: 10_000,
        flush_interval_sec: 5,
        max_optimization_threads: null,
      },
      wal_config: { wal_capacity_mb: 32, wal_segments_ahead: 0, wal_retain_closed: 1 },
    },
    payload_schema: Object.fromEntries(
      [...indexes].map(([field, { schema, points }]) => [
        field,
        { data_type: schema.type, ...(schema.params === undefined ? {} : { params: schema.params }), points },
      ]),
    ),
  };
}
