import { infoOf, recordsOf } from './answers.ts';
import type { Collections } from './collections.ts';
import { notFound } from './errors.ts';
import { countPoints, deletePoints, queryPoints, scrollPoints, setPayload, upsertPoints } from './points.ts';
import {
  aliasesBody,
  collectionBody,
  countBody,
  deleteBody,
  indexBody,
  payloadBody,
  queryBatchBody,
  queryBody,
  readRequest,
  retrieveBody,
  scrollBody,
  upsertBody,
} from './requests.ts';
import { readId } from './point.ts';

/** A parsed request. */
export interface Request {
  readonly collection: string;
  /** Field of an index, or id of a point. */
  readonly item: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Serve = (collections: Collections, request: Request) => unknown;

/** Reports an unawaited change as acknowledged only, as Qdrant does, though it is complete. */
const updated = (number: number, { query }: Request) => ({
  operation_id: number,
  status: query.get('wait') === 'true' ? 'completed' : 'acknowledged',
});

const aliasesOf = (collections: Collections, name?: string) => ({
  aliases: [...collections.aliases]
    .filter(([, target]) => name === undefined || target === name)
    .map(([alias, target]) => ({ alias_name: alias, collection_name: target })),
});

const routes: Readonly<Record<string, Serve>> = {
  'GET /collections': (collections) => ({ collections: collections.names.map((name) => ({ name })) }),
  'GET /aliases': (collections) => aliasesOf(collections),
  'POST /collections/aliases': (collections, { body }) => {
    collections.changeAliases(readRequest(aliasesBody, body).actions);
    return true;
  },
  'GET /collections/{collection}': (collections, { collection }) => infoOf(collections.get(collection)),
  'PUT /collections/{collection}': (collections, { collection, body }) => {
    collections.create(collection, readRequest(collectionBody, body));
    return true;
  },
  'DELETE /collections/{collection}': (collections, { collection }) => collections.delete(collection),
  'GET /collections/{collection}/exists': (collections, { collection }) => ({ exists: collections.has(collection) }),
  'GET /collections/{collection}/aliases': (collections, { collection }) => aliasesOf(collections, collections.nameOf(collection)),
  'PUT /collections/{collection}/index': (collections, request) => {
    const { field_name: field, field_schema: given } = readRequest(indexBody, request.body);
    const schema = { type: given.type, ...(Object.keys(given).length === 1 ? {} : { params: given }) };
    return updated(collections.change(request.collection, { kind: 'index', field, schema }), request);
  },
  'DELETE /collections/{collection}/index/{item}': (collections, request) =>
    updated(collections.change(request.collection, { kind: 'unindex', field: request.item }), request),
  'PUT /collections/{collection}/points': (collections, request) =>
    updated(upsertPoints(collections, request.collection, readRequest(upsertBody, request.body).points), request),
  'POST /collections/{collection}/points': (collections, { collection, body }) => {
    const { ids, with_payload = true, with_vector } = readRequest(retrieveBody, body);
    return recordsOf(collections.get(collection), ids, { with_payload, with_vector });
  },
  'GET /collections/{collection}/points/{item}': (collections, { collection, item }) => {
    const id = readId(/^\d+$/.test(item) ? Number(item) : item);
    const [record] = id === undefined ? [] : recordsOf(collections.get(collection), [id], { with_payload: true, with_vector: true });
    if (record === undefined) throw notFound(`Point with id ${item} does not exists!`);
    return record;
  },
  'POST /collections/{collection}/points/delete': async (collections, request) =>
    updated(await deletePoints(collections, request.collection, readRequest(deleteBody, request.body)), request),
  'POST /collections/{collection}/points/payload': async (collections, request) => {
    const { payload, ...chosen } = readRequest(payloadBody, request.body);
    return updated(await setPayload(collections, request.collection, payload, chosen), request);
  },
  'POST /collections/{collection}/points/scroll': (collections, { collection, body }) =>
    scrollPoints(collections.get(collection), readRequest(scrollBody, body)),
  'POST /collections/{collection}/points/count': (collections, { collection, body }) => ({
    count: countPoints(collections.get(collection), readRequest(countBody, body).filter),
  }),
  'POST /collections/{collection}/points/query': (collections, { collection, body }) =>
    queryPoints(collections.get(collection), readRequest(queryBody, body)),
  'POST /collections/{collection}/points/query/batch': async (collections, { collection, body }) => {
    const found = collections.get(collection);
    const answers = [];
    for (const request of readRequest(queryBatchBody, body).searches) answers.push(await queryPoints(found, request));
    return answers;
  },
};

const patterns = Object.entries(routes).map(([name, serve]) => {
  const [method = '', path = ''] = name.split(' ');
  const pattern = path.replace('{collection}', '(?<collection>[^/]+)').replace('{item}', '(?<item>[^/]+)');
  return { method, pattern: new RegExp(`^${pattern}/?$`), serve };
});

/** Finds the route of a request; undefined when there is none. */
export function findRoute(method: string, path: string) {
  for (const route of patterns) {
    const found = route.method === method ? (route.pattern.exec(path)?.groups ?? (route.pattern.test(path) ? {} : undefined)) : undefined;
    if (found === undefined) continue;
    const { collection = '', item = '' } = found;
    return { serve: route.serve, collection: decodeURIComponent(collection), item: decodeURIComponent(item) };
  }
  return undefined;
}
