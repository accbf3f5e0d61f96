import * as z from 'zod';

/** The part of JSON Schema that describes allowed values. */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** JSON Schema of a request with all references resolved; arbitrary JSON stays open. */
export function schemaOf(type: z.ZodType): Schema {
  const root = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as Schema;
  return resolve(root, root.$defs ?? {}, []);
}

function resolve(schema: Schema, defs: Readonly<Record<string, Schema>>, seen: readonly string[]): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  if (name !== undefined) {
    const found = defs[name];
    return found === undefined || seen.includes(name) ? {} : resolve(found, defs, [...seen, name]);
  }
  const each = (schemas: readonly Schema[]) => schemas.map((one) => resolve(one, defs, seen));
  const { properties, items, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, resolve(value, defs, seen)])),
    }),
    ...(items && { items: resolve(items, defs, seen) }),
    ...(anyOf && { anyOf: each(anyOf) }),
    ...(oneOf && { oneOf: each(oneOf) }),
  };
}

/** Finds the form of a value among those that it may have. */
export function formOf(schema: Schema, value: unknown): Schema {
  const forms = schema.anyOf ?? schema.oneOf;
  if (!forms) return schema;
  const fitting = forms.map((form) => formOf(form, value)).filter((form) => fits(form, value));
  return fitting[0] ?? forms[0] ?? {};
}

function fits({ type, properties, const: only, enum: some, pattern }: Schema, value: unknown): boolean {
  if (only !== undefined) return value === only;
  if (some) return some.includes(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  if (type === 'string') return typeof value === 'string' && (pattern === undefined || new RegExp(pattern, 'u').test(value));
  if (type !== 'object') return typeof value === type;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const given = value as Record<string, unknown>;
  return Object.entries(given).every(([key, inner]) => {
    const property = properties?.[key];
    return property !== undefined && (typeof inner === 'object' || fits(formOf(property, inner), inner));
  });
}

/** Values that the schema lists one by one, if it does. */
export const namedIn = ({ enum: some, const: only }: Schema): readonly unknown[] | undefined =>
  some ?? (only === undefined ? undefined : [only]);
