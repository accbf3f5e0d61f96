import { formOf, namedIn } from './schema.ts';
import type { Schema } from './schema.ts';

/** A value with one fault, and the path of that fault. */
export interface Fault {
  readonly what: string;
  readonly value: unknown;
  readonly path: string;
}

/** Paths of texts that may be longer than 10,000 characters. */
const longTexts = /(^|\.)text$/;

/**
 * Generates faults of a value that its schema allows. At every place of the schema, used or not: another type, null, missing, too much, too
 * little, and unstorable values. At every object: an unknown field.
 */
export function* faultsOf(schema: Schema, value: unknown, path: string): Generator<Fault> {
  const form = formOf(schema, value);
  for (const [what, wrong] of wrongValues(schema, value, path)) yield { what, value: wrong, path };
  // A form may lack the field that distinguishes it; without that field the value has another form.
  const others = (schema.anyOf ?? schema.oneOf ?? []).filter((other) => other !== form);
  const telling = (key: string) =>
    others.some(({ properties, required = [] }) => properties?.[key]?.const !== undefined && !required.includes(key));
  if (form.properties) yield* faultsOfFields(form, (value ?? {}) as Record<string, unknown>, path, telling);
  if (form.type === 'array' && Array.isArray(value) && value.length > 0 && form.items) {
    const [first, ...others] = value as unknown[];
    for (const { value: wrong, ...fault } of faultsOf(form.items, first, `${path}.0`)) yield { ...fault, value: [wrong, ...others] };
  }
}

function* faultsOfFields(
  { properties = {}, required = [] }: Schema,
  value: Record<string, unknown>,
  path: string,
  isTelling: (key: string) => boolean,
): Generator<Fault> {
  yield { what: 'an unknown field', value: { ...value, colour: 'red' }, path: `${path}.colour` };
  for (const [key, property] of Object.entries(properties)) {
    const { [key]: given, ...others } = value;
    if (required.includes(key) && !isTelling(key)) yield { what: 'missing', value: others, path: `${path}.${key}` };
    for (const { value: wrong, ...fault } of faultsOf(property, given, `${path}.${key}`))
      yield { ...fault, value: { ...others, [key]: wrong } };
  }
}

const samples = { string: 'nonsense!', integer: 7, boolean: true, object: { a: 1 }, array: ['x'], null: null } as const;

function* wrongValues(schema: Schema, value: unknown, path: string): Generator<[string, unknown]> {
  const forms = schema.anyOf ?? schema.oneOf ?? [schema];
  const types = new Set<string>(forms.map(({ type, const: only }) => type ?? typeof only));
  // Arbitrary JSON.
  if (forms.every((form) => Object.keys(form).length === 0 || form.type === undefined)) return;
  if (types.has('number')) types.add('integer');
  for (const [type, sample] of Object.entries(samples))
    if (!types.has(type)) yield [`${type} instead of ${[...types].join(' or ')}`, sample];
  for (const form of forms) {
    if (form.type === 'string') yield* wrongStrings(form, value, path);
    if (form.type === 'integer') yield* wrongNumbers(form);
    if (form.type === 'array') yield* wrongLengths(form, value);
  }
}

function* wrongStrings(schema: Schema, value: unknown, path: string): Generator<[string, unknown]> {
  const text = typeof value === 'string' ? value : 'x';
  const long = Math.max((schema.maxLength ?? 0) + 1, longTexts.test(path) ? 20_000 : 10_000);
  yield [`${long} characters`, 'a'.repeat(long)];
  yield ['a NUL', `${text}\0`];
  yield ['half a surrogate pair', `${text}\ud83d`];
  if (namedIn(schema)) yield ['none of the known', 'nonsense'];
  if (namedIn(schema) || schema.pattern !== undefined) yield ['empty', ''];
  if (schema.pattern !== undefined) yield ['of another form', `${text} x`];
}

function* wrongNumbers({ minimum, maximum }: Schema): Generator<[string, unknown]> {
  yield ['not whole', 1.5];
  yield ['beyond what is exact', 2 ** 53];
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) yield ['too small', minimum - 1];
  if (maximum !== undefined) yield ['too large', maximum + 1];
}

function* wrongLengths({ minItems = 0, maxItems = 999 }: Schema, value: unknown): Generator<[string, unknown]> {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [];
  const many = Math.max(1_000, maxItems + 1);
  if (first !== undefined) yield [`${many} elements`, Array.from({ length: many }, () => first)];
  if (minItems > 0) yield ['no elements', []];
}
