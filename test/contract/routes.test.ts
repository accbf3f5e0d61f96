import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { api } from '../../contract/api.ts';
import { errorKinds, Problem, problemType } from '../../contract/errors.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { ListEvents } from '../../contract/event.ts';
import type { Route } from '../../contract/route.ts';

const rows = Object.entries(api).flatMap(([group, routes]) =>
  Object.entries(routes).map(([name, route]) => ({ group, name, route: route as Route })),
);

/** Lists the forms of a body. Each of them must be strict. */
const formsOf = (schema: z.ZodType): readonly z.ZodType[] => (schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]) : [schema]);

describe('Every route', () => {
  test('stands at an address of its own, under a name of its own', () => {
    const addresses = rows.map(({ route }) => `${route.method} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`);
    expect(new Set(addresses).size).toBe(rows.length);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  test.each(rows)('$name has a parameter for each name in its path, and the tag of its group', ({ group, route }) => {
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(route.params.shape)).toEqual(names);
    expect(route.tag).toBe(group);
    // The addresses of the kit were given.
    expect(route.path).toMatch(group === 'kit' ? /^(\/[a-z][\w-]*|\/\{\w+\})+$/ : /^(\/[a-z][\w.]*|\/\{\w+\})+$/);
  });

  test.each(rows)('$name refuses fields that nobody knows', ({ route }) => {
    const unknown = { thisFieldDoesNotExist: 1 };
    for (const schema of [route.params, route.query, route.body]) {
      for (const form of schema ? formsOf(schema) : []) {
        expect(form.safeParse(unknown).error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
      }
    }
  });

  test.each(rows)('$name says what it answers with', ({ route }) => {
    expect(Object.keys(route.answers).length).toBeGreaterThan(0);
    for (const [status, schema] of Object.entries(route.answers)) {
      if (status === '204') expect(schema).toBeUndefined();
      else expect(schema).toBeInstanceOf(z.ZodType);
    }
  });

  test.each(rows.filter(({ route }) => route.auth !== 'none'))(
    '$name is open to somebody only, and so stands under /v1, or is of the kit',
    ({ route, group }) => {
      expect(route.path).toMatch(group === 'kit' && route.slash ? /^\/(api|rooms)\// : /^\/v1\//);
    },
  );
});

describe('A page of events', () => {
  test.each(['-1', '0', '201', '10000', '1.5', 'ten', '', 'Infinity', 'NaN', ['1', '2']])('has no limit of %j', (limit) => {
    expect(ListEvents.safeParse({ limit }).success).toBe(false);
  });
  test.each(['-1', '1.5', 'x', '9007199254740993'])('does not begin at %j', (after) => {
    expect(ListEvents.safeParse({ after }).success).toBe(false);
  });
  test('is asked for in one way at a time', () => {
    expect(ListEvents.safeParse({ after: '1', before: '9' }).error?.issues[0]?.message).toBe(
      'give at most one of after, before, around, changedAfter',
    );
    expect(ListEvents.parse({ around: '12', limit: '200' })).toEqual({ around: 12, limit: 200 });
    expect(ListEvents.parse({})).toEqual({ limit: 50 });
  });
});

describe('Every error', () => {
  const codes = Object.keys(errorKinds) as ErrorCode[];

  test.each(codes)('%s says when to try again, in agreement with its status', (code) => {
    const { status, retry } = errorKinds[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(retry).toBe([429, 500, 503].includes(status) ? 'after' : 'never');
  });

  test.each(codes)('%s makes a problem that can be read', (code) => {
    const { status, title, retry } = errorKinds[code];
    const problem = { type: problemType(code), title, status, code, retry, requestId: 'req_1' };
    expect(Problem.parse(JSON.parse(JSON.stringify(problem)))).toEqual(problem);
    expect(new URL(problem.type, 'https://example.test').hash).toBe(`#problem-${code}`);
  });
});
