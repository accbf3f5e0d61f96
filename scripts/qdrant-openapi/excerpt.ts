/** Operations of Qdrant's API that the local Qdrant implements: methods by path. */
export const spoken: Readonly<Record<string, readonly string[]>> = {
  '/': ['get'],
  '/healthz': ['get'],
  '/livez': ['get'],
  '/readyz': ['get'],
  '/aliases': ['get'],
  '/collections': ['get'],
  '/collections/aliases': ['post'],
  '/collections/{collection_name}': ['get', 'put', 'delete'],
  '/collections/{collection_name}/exists': ['get'],
  '/collections/{collection_name}/aliases': ['get'],
  '/collections/{collection_name}/index': ['put'],
  '/collections/{collection_name}/index/{field_name}': ['delete'],
  '/collections/{collection_name}/points': ['put', 'post'],
  '/collections/{collection_name}/points/{id}': ['get'],
  '/collections/{collection_name}/points/delete': ['post'],
  '/collections/{collection_name}/points/payload': ['post'],
  '/collections/{collection_name}/points/scroll': ['post'],
  '/collections/{collection_name}/points/count': ['post'],
  '/collections/{collection_name}/points/query': ['post'],
  '/collections/{collection_name}/points/query/batch': ['post'],
};

/**
 * Parts of these operations that it does not implement: inference, clusters, quantization, other kinds of queries, conditions and
 * indexes.
 */
const unspoken =
  /^(Document|Image|InferenceObject|InferenceUsage|Shard.*|LookupLocation|.*Quantization.*|StrictMode.*|Geo.*|Text(Index.*)|Match(TextAny|Phrase|Prefix)|(Slice|Discover|Context|OrderBy|Formula|Sample|RelevanceFeedback).*|Mmr|PointsBatch|UpdateMode|AcornSearchParams|MultiVectorConfig|PayloadStorageParams)$/;

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Fields = Record<string, Json>;

interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Fields;
  readonly paths: Readonly<Record<string, Fields>>;
  readonly components: { readonly schemas: Fields };
}

/** Extracts the implemented operations and their schemas from Qdrant's OpenAPI document. */
export function excerptOf({ openapi, info, paths, components }: OpenApiDocument) {
  const kept = Object.entries(spoken).map(([path, methods]) => {
    const operations = methods.map((method) => [method, cut((paths[path] as Fields)[method] as Json)] as const);
    return [path, Object.fromEntries(operations)] as const;
  });
  const schemas: Fields = {};
  for (const waiting = kept.flatMap(([, operations]) => refsIn(operations)); waiting.length > 0;) {
    const name = waiting.pop() as string;
    if (name in schemas) continue;
    schemas[name] = cut(components.schemas[name] as Json);
    waiting.push(...refsIn(schemas[name]));
  }
  return {
    openapi,
    info: {
      title: 'An excerpt of the Qdrant API: what the local Qdrant speaks',
      description: 'Cut from docs/redoc/master/openapi.json of https://github.com/qdrant/qdrant, without its descriptions and examples.',
      license: info['license'] as Json,
      version: info['version'] as Json,
    },
    paths: Object.fromEntries(kept),
    components: { schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

const prefix = '#/components/schemas/';
const isUnspoken = (value: Json): boolean => {
  const ref = isFields(value) ? value['$ref'] : undefined;
  return typeof ref === 'string' && unspoken.test(ref.slice(prefix.length));
};
const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** True when only null is left of a property's type after the cut. */
function isGone(value: Json): boolean {
  if (isUnspoken(value)) return true;
  const choices = isFields(value) ? value['anyOf'] : undefined;
  return (
    Array.isArray(choices) &&
    choices.every((choice) => isUnspoken(choice) || (isFields(choice) && Object.keys(choice).join() === 'nullable'))
  );
}

function cut(value: Json): Json {
  if (Array.isArray(value)) return value.filter((one) => !isUnspoken(one)).map(cut);
  if (!isFields(value)) return value;
  const properties = isFields(value['properties'] ?? null) ? (value['properties'] as Fields) : undefined;
  const rest = Object.entries(value).filter(([name, inner]) => name !== 'properties' && !isText(name, inner));
  return {
    ...Object.fromEntries(rest.map(([name, inner]) => [name, cut(inner)])),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .filter(([, inner]) => !isGone(inner))
          .map(([name, inner]) => [name, cut(inner)]),
      ),
    }),
  };
}

/** True for texts about a schema. A field of these names has a schema instead of a text. */
const isText = (name: string, value: Json): boolean =>
  ['example', 'examples', 'tags'].includes(name) || (['description', 'summary'].includes(name) && typeof value === 'string');

function refsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === '$ref' ? [(inner as string).slice(prefix.length)] : refsIn(inner)));
}
