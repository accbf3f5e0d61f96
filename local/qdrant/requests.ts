import * as z from 'zod';
import { formatError } from './errors.ts';
import { indexTypes } from './payload-index.ts';
import { readId, type PointId } from './point.ts';

const maxIndex = 2 ** 32 - 1;
const wholeNumber = z.int().min(0);
const many = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.array(schema), schema.transform((value) => [value])]).nullish() as z.ZodType<z.output<Schema>[] | null | undefined>;
/** Long vectors are checked in one loop, without an issue for each number. */
const dense = z.custom<number[]>(
  (value) => Array.isArray(value) && value.every((number) => typeof number === 'number' && Number.isFinite(Math.fround(number))),
  'expected a sequence of numbers',
);
const sparse = z.object({ indices: z.array(wholeNumber.max(maxIndex)), values: dense });
const vector = z.union([dense, sparse]);
const pointId = z.unknown().transform((value, context): PointId => {
  const id = readId(value);
  if (id !== undefined) return id;
  const message = `value ${typeof value === 'string' ? value : JSON.stringify(value)} is not a valid point ID, valid values are either an unsigned integer or a UUID`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const texts = z.union([z.array(z.string()), z.array(z.int())]);
const match = z.union([
  z.object({ value: z.union([z.string(), z.int(), z.boolean()]) }),
  z.object({ any: texts }),
  z.object({ except: texts }),
  z.object({ text: z.string() }),
]);
const bound = z.union([z.number(), z.string()]).nullish();
const range = z.object({ gt: bound, gte: bound, lt: bound, lte: bound });
const count = wholeNumber.nullish();
const keyed = z.object({ key: z.string() });
const fieldCondition = z
  .object({
    key: z.string(),
    match: match.nullish(),
    range: range.nullish(),
    values_count: z.object({ gt: count, gte: count, lt: count, lte: count }).nullish(),
    is_empty: z.boolean().nullish(),
    is_null: z.boolean().nullish(),
  })
  .refine(
    (given) => Object.entries(given).some(([name, value]) => name !== 'key' && value !== undefined && value !== null),
    'a condition of a field names one of match, range, values_count, is_empty, is_null here',
  );

export type FieldCondition = z.output<typeof fieldCondition>;
export type Match = z.output<typeof match>;
export type Range = z.output<typeof range>;
export type Condition =
  | FieldCondition
  | { readonly is_empty: { readonly key: string } }
  | { readonly is_null: { readonly key: string } }
  | { readonly has_id: PointId[] }
  | { readonly has_vector: string }
  | { readonly nested: { readonly key: string; readonly filter: Filter } }
  | Filter;
export interface Filter {
  readonly must?: Condition[] | null;
  readonly should?: Condition[] | null;
  readonly must_not?: Condition[] | null;
  readonly min_should?: { readonly conditions: Condition[]; readonly min_count: number } | null;
}

// Zod cannot infer recursive types.
const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    fieldCondition,
    z.object({ is_empty: keyed }),
    z.object({ is_null: keyed }),
    z.object({ has_id: z.array(pointId) }),
    z.object({ has_vector: z.string() }),
    z.object({ nested: z.object({ key: z.string(), filter }) }),
    filter,
  ]),
);
const filter: z.ZodType<Filter> = z.lazy(() =>
  z.strictObject({
    must: many(condition),
    should: many(condition),
    must_not: many(condition),
    min_should: z.object({ conditions: z.array(condition), min_count: z.int().min(1) }).nullish(),
  }),
);

/** Parameters that would change a request's meaning and are not implemented: refused instead of ignored. */
const absent = z.null().optional();

const names = z.array(z.string());
const withPayload = z.union([z.boolean(), names, z.object({ include: names }), z.object({ exclude: names })]).nullish();
const withVector = z.union([z.boolean(), names]).nullish();
const limit = z.int().min(1).nullish();
const vectorInput = z.union([dense, sparse, pointId]);
const inputs = z.array(vectorInput).nullish();
const query = z.union([
  vectorInput,
  z.object({ nearest: vectorInput }),
  z.object({ recommend: z.object({ positive: inputs, negative: inputs, strategy: z.literal('average_vector').nullish() }) }),
  z.object({ fusion: z.enum(['rrf', 'dbsf']) }),
  z.object({ rrf: z.object({ k: z.int().min(1).nullish(), weights: z.array(z.number()).nullish() }) }),
]);
const idf = z.union([z.literal('global'), z.object({ corpus: filter })]);

export type WithPayload = z.output<typeof withPayload>;
export type WithVector = z.output<typeof withVector>;
export type Query = z.output<typeof query>;
export interface Search {
  readonly prefetch?: Search[] | null;
  readonly query?: Query | null;
  readonly using?: string | null;
  readonly filter?: Filter | null;
  readonly score_threshold?: number | null;
  readonly limit?: number | null;
  readonly params?: { readonly idf?: z.output<typeof idf> | null } | null;
}

const searchFields = {
  lookup_from: absent,
  query: query.nullish(),
  using: z.string().nullish(),
  filter: filter.nullish(),
  score_threshold: z.number().nullish(),
  limit,
  params: z.object({ idf: idf.nullish() }).nullish(),
};
const prefetch: z.ZodType<Search> = z.lazy(() => z.object({ ...searchFields, prefetch: many(prefetch) }));

export const queryBody = z.object({
  ...searchFields,
  prefetch: many(prefetch),
  offset: wholeNumber.nullish(),
  with_payload: withPayload,
  with_vector: withVector,
});
export type QueryBody = z.output<typeof queryBody>;
export const queryBatchBody = z.object({ searches: z.array(queryBody) });

const payload = z.record(z.string(), z.unknown());
const point = z.object({ id: pointId, vector: z.union([dense, z.record(z.string(), vector)]), payload: payload.nullish() });
export type PointBody = z.output<typeof point>;
export const upsertBody = z.object({ points: z.array(point), update_filter: absent, update_mode: absent });
const pointsOrFilter = { points: z.array(pointId).nullish(), filter: filter.nullish() };
export const deleteBody = z
  .object(pointsOrFilter)
  .refine(({ points, filter }) => Boolean(points) !== Boolean(filter), 'data did not match any variant of untagged enum PointsSelector');
export const payloadBody = z
  .object({ ...pointsOrFilter, payload, key: absent })
  .refine(({ points, filter }) => Boolean(points) || Boolean(filter), 'Either list of point ids or filter must be provided');
export const retrieveBody = z.object({ ids: z.array(pointId), with_payload: withPayload, with_vector: withVector });
export const scrollBody = z.object({
  filter: filter.nullish(),
  limit,
  offset: pointId.nullish(),
  order_by: absent,
  with_payload: withPayload,
  with_vector: withVector,
});
export const countBody = z.object({ filter: filter.nullish(), exact: z.boolean().default(true) });

const vectorParams = z.object({ size: z.int().min(1).max(65_536), distance: z.enum(['Cosine', 'Dot']) }).loose();
const sparseParams = z.object({ modifier: z.enum(['none', 'idf']).nullish() }).loose();
export const collectionBody = z.object({
  vectors: z.union([vectorParams, z.record(z.string(), vectorParams)]).optional(),
  sparse_vectors: z.record(z.string(), sparseParams).nullish(),
  on_disk_payload: z.boolean().nullish(),
});
export type CollectionBody = z.output<typeof collectionBody>;

const indexType = z.enum(indexTypes);
export const indexBody = z.object({
  field_name: z.string().min(1),
  field_schema: z.union([indexType.transform((type) => ({ type })), z.object({ type: indexType }).loose()]),
});

const aliasName = z.string().min(1);
export const aliasesBody = z.object({
  actions: z.array(
    z.union([
      z.object({ create_alias: z.object({ collection_name: z.string(), alias_name: aliasName }) }),
      z.object({ delete_alias: z.object({ alias_name: z.string() }) }),
      z.object({ rename_alias: z.object({ old_alias_name: z.string(), new_alias_name: aliasName }) }),
    ]),
  ),
});
export type AliasAction = z.output<typeof aliasesBody>['actions'][number];

/** Parses a body by its schema. Throws Qdrant's error for a mismatch. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issue = deepest(read.error.issues);
  throw formatError(`${issue.message}${issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`}`);
}

type Issue = z.core.$ZodIssue;
interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Picks the issue of a union's option that matched furthest. */
function deepest(issues: readonly Issue[], base: readonly PropertyKey[] = []): Finding {
  const told = issues.flatMap((issue): Finding[] => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
    return issue.errors.length === 0 ? [{ path, message: issue.message }] : issue.errors.map((errors) => deepest(errors, path));
  });
  return told.reduce((best, one) => (one.path.length > best.path.length ? one : best));
}
