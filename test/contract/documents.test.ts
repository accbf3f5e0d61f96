import { describe, expect, test } from '@jest/globals';
import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '../../contract/api.ts';
import { publicPath } from '../../contract/route.ts';
import { byeCodes } from '../../contract/close-codes.ts';
import { ClientFrame, ServerFrame } from '../../contract/frames.ts';
import { asyncApiDocument } from '../../scripts/api-documents/asyncapi.ts';
import { openApiDocument } from '../../scripts/api-documents/openapi.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

const root = join(import.meta.dirname, '../..');
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Fields;
const openApi = readJson('docs/api/openapi.json');
const asyncApi = readJson('docs/api/asyncapi.json');
const asWritten = (document: object) => JSON.parse(JSON.stringify(document)) as unknown;

/** Yields every object in a document, with its path. */
function* walk(value: Json | undefined, path = '#'): Generator<{ path: string; node: Fields }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { path, node: value };
  for (const [key, child] of Object.entries(value)) yield* walk(child, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}
const at = (document: Fields, pointer: string): Json | undefined =>
  pointer
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((node, part) => (node as Fields | undefined)?.[part], document);
const danglingReferences = (document: Fields) =>
  [...walk(document)].filter(({ node }) => typeof node.$ref === 'string' && at(document, node.$ref) === undefined);
const operations = Object.entries(openApi.paths as Record<string, Record<string, Fields>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('docs/api', () => {
  test('is what the contract says now (else: npm run api:documents)', () => {
    expect(openApi).toEqual(asWritten(openApiDocument()));
    expect(asyncApi).toEqual(asWritten(asyncApiDocument()));
  });
});

describe('The close codes of the AsyncAPI document', () => {
  const sources = globSync('functions/**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'));
  /** Codes that the code of the functions sends. */
  const sent = new Set(
    sources.flatMap((source) => [...source.matchAll(/byeCodes\.(\w+)|closeConnection\([^)]*'(\w+)'\)/g)].map(([, a, b]) => a ?? b ?? '')),
  );

  test('are those that the functions send, no more and no fewer', () => {
    const { description } = asyncApi.info as { description: string };
    const documented = [...description.matchAll(/\b(4\d{3}) (\w+)/g)].map(([, code, name]) => [name, Number(code)]);
    expect(documented).toEqual(Object.entries(byeCodes));
    expect([...sent].toSorted()).toEqual(Object.keys(byeCodes).toSorted());
  });

  test('have no other source in the functions', () => {
    expect(sources.filter((source) => /\bcloseCodes\b|code: 4\d{3}/.test(source))).toEqual([]);
  });
});

describe('The OpenAPI document', () => {
  test('has every route of the contract, once, and no other', () => {
    const routes = Object.values(api).flatMap((group) =>
      Object.entries(group).map(([name, route]) => `${name}: ${route.method} ${publicPath(route)}`),
    );
    expect(
      operations.map(({ path, method, operation }) => `${operation.operationId as string}: ${method.toUpperCase()} ${path}`).toSorted(),
    ).toEqual(routes.toSorted());
  });

  test('points at nothing that is not there', () => {
    expect(danglingReferences(openApi)).toEqual([]);
  });

  test('declares the parameters of its paths, and security that it explains', () => {
    const schemes = Object.keys((openApi.components as Fields).securitySchemes as Fields);
    for (const { path, operation } of operations) {
      const declared = (operation.parameters as Fields[]).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name, required }) => ({ name, required }))).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, required: true })),
      );
      for (const requirement of operation.security as Fields[]) expect(schemes).toEqual(expect.arrayContaining(Object.keys(requirement)));
      expect(Object.keys(operation.responses as Fields)).toContain('default');
    }
  });

  test('holds schemas that are JSON Schema 2020-12, and examples that they take', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: openApi.components });
    let compiled = 0;
    let examples = 0;
    for (const { path, node } of walk(openApi)) {
      if (!/\/schema$|^#\/components\/schemas\/[^/]+$/.test(path)) continue;
      const rebased = JSON.parse(JSON.stringify(node).replaceAll('"#/components/', '"openapi#/components/')) as Fields;
      expect({ path, valid: ajv.validateSchema(rebased), errors: ajv.errors ?? [] }).toEqual({ path, valid: true, errors: [] });
      ajv.compile(rebased);
      compiled++;
    }
    for (const { path, node } of walk(openApi)) {
      if (node.example === undefined || typeof node.type !== 'string') continue;
      expect({ path, example: node.example, valid: ajv.validate(node, node.example) }).toEqual({
        path,
        example: node.example,
        valid: true,
      });
      examples++;
    }
    expect(compiled).toBeGreaterThan(30);
    expect(examples).toBeGreaterThan(5);
  });
});

describe('The AsyncAPI document', () => {
  test('is valid by the schema of AsyncAPI 3.0.0', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const valid = ajv.validate(asyncApiSchema, asyncApi);
    expect({ valid, errors: ajv.errors ?? [] }).toEqual({ valid: true, errors: [] });
  });

  test('points at nothing that is not there', () => {
    expect(danglingReferences(asyncApi)).toEqual([]);
  });

  test('has every frame of the contract, from the side that sends it', () => {
    const { receiveClientFrame, sendServerFrame } = asyncApi.operations as Record<string, { messages: { $ref: string }[] }>;
    const names = (operation: { messages: { $ref: string }[] } | undefined) =>
      operation?.messages.map(({ $ref }) => $ref.split('/').at(-1));
    expect(names(receiveClientFrame)).toEqual(ClientFrame.options.map((frame) => frame.meta()?.id));
    expect(names(sendServerFrame)).toEqual(ServerFrame.options.map((frame) => frame.meta()?.id));
  });

  test('describes each frame as a schema of its own, with what a client may leave out left free', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'asyncapi', components: asyncApi.components });
    const messages = (asyncApi.components as Fields).messages as Record<string, { payload: { $ref: string } }>;
    const validator = (name: string) => ajv.getSchema(`asyncapi${messages[name]?.payload.$ref}`);
    for (const name of Object.keys(messages)) expect({ name, schema: typeof validator(name) }).toEqual({ name, schema: 'function' });
    expect(validator('PingFrame')?.({ op: 'ping', id: 1, d: {} })).toBe(true);
    expect(validator('PingFrame')?.({ op: 'ping', id: 1, d: { extra: true } })).toBe(false);
    expect(validator('PongFrame')?.({ op: 'pong', id: 1, d: { heads: [{ room: 'r', gen: 'g', head: 1 }] } })).toBe(true);
    expect(validator('PongFrame')?.({ op: 'pong', id: 1, d: { heads: [{ room: 'r' }] } })).toBe(false);
  });
});
