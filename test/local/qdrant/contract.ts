import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded request and its answer. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly status: number;
  readonly contentType: string;
  readonly answer: string;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
}

type Schema = Record<string, unknown>;

const document = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi-subset.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};

/** All operations of the document: `get /collections`. */
export const operations: readonly string[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method} ${path}`),
);

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('uuid', uuid);
ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
for (const name of ['float', 'double', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'int64']) ajv.addFormat(name, true);
ajv.addSchema(closed(document) as Schema, 'qdrant');

/**
 * Tightens schemas: a property that may only be null is null, and objects have no unknown fields. Qdrant's own schemas leave both open,
 * but here an unknown field is a mistake.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.keys(value).join() === 'nullable') return { type: 'null' };
  const schema = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner)]));
  const isObject = schema['type'] === 'object' && schema['properties'] !== undefined && schema['additionalProperties'] === undefined;
  return isObject ? { ...schema, additionalProperties: false } : schema;
}

/** Operation of an exchange; throws when the document has none. */
export function operationOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  const found = operations
    .filter((name) => {
      const [itsMethod = '', pattern = ''] = name.split(' ');
      return itsMethod === method.toLowerCase() && new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
    })
    // `/collections/aliases` comes before `/collections/{collection_name}`.
    .sort((a, b) => a.split('{').length - b.split('{').length);
  if (found[0] === undefined) throw new Error(`Qdrant's document has no ${method} ${path}`);
  return found[0];
}

/** Deviations of an exchange from the document; empty when there are none. */
export function faultsOf(exchange: Exchange): string[] {
  const name = operationOf(exchange);
  const [method = '', path = ''] = name.split(' ');
  const operation = document.paths[path]?.[method] as Operation;
  const known = new Set((operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name));
  const faults = [...exchange.query.keys()].filter((key) => !known.has(key)).map((key) => `${name}: no parameter ${key}`);
  const at = ['paths', path, method];
  const isGood = exchange.status === 200;
  if (operation.requestBody !== undefined && isGood) faults.push(...check(`${name} request`, [...at, 'requestBody'], exchange.body));
  if (!exchange.contentType.startsWith('application/json')) {
    // Probes and refused callers get a line of text.
    const isText = exchange.contentType.startsWith('text/plain') && (exchange.status === 401 || /^\/\w+z$/.test(path));
    return isText ? faults : [...faults, `${name}: an answer of type ${exchange.contentType}`];
  }
  faults.push(...check(`${name} ${exchange.status}`, [...at, 'responses', isGood ? '200' : '4XX'], JSON.parse(exchange.answer)));
  return faults;
}

function check(what: string, at: readonly string[], value: unknown): string[] {
  const pointer = [...at, 'content', 'application/json', 'schema'].map((part) =>
    encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  const validate = ajv.getSchema(`qdrant#/${pointer.join('/')}`);
  if (validate === undefined) throw new Error(`Qdrant's document has no schema at ${at.join(' ')}`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${what}: ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
