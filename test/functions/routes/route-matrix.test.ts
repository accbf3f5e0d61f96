import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import { Problem } from '../../../contract/errors.ts';
import type { Route } from '../../../contract/route.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import type { Request, Response } from '../../support/http.ts';
import { createStoredRows } from '../../support/stored-rows.ts';
import type { StoredRows } from '../../support/stored-rows.ts';
import { undone } from '../../support/undone.ts';
import { badTokens, casesOf, requestOf } from './cases.ts';
import type { Case, World } from './cases.ts';
import { examplesIn, openRoutes } from './examples.ts';
import type { Row, RouteName } from './examples.ts';
import { formOf, schemaOf } from './schema.ts';

const routes = Object.entries(api).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, route]) => ({ name: `${group}.${name}` as RouteName, route: route as Route })),
);
const closed = routes.filter(({ name }) => !(openRoutes as readonly string[]).includes(name));

let app: TestApp;
let http: (request: Request) => Promise<Response>;
let stored: StoredRows;
let own: Furnished;
let world: World;
let examples: ReturnType<typeof examplesIn>;

beforeAll(async () => {
  app = await createTestApp();
  own = await furnish(app, 'amberfox');
  world = { own, other: await furnish(app, 'blueheron'), bad: await badTokens(app, own) };
  examples = examplesIn(own);
  http = httpOf(app);
  stored = await createStoredRows(app.test);
});
afterAll(() => app.test.drop());

const rowOf = ({ name, route }: { name: RouteName; route: Route }): Row => ({
  name,
  route,
  example: examples[name as keyof typeof examples],
});

describe('route matrix: the examples', () => {
  test('exist for every route, and for nothing else', () => {
    expect(Object.keys(examples).toSorted()).toEqual(closed.map(({ name }) => name).toSorted());
    expect(routes.filter(({ route }) => route.auth === 'none').map(({ name }) => name)).toEqual(openRoutes);
  });

  test.each(closed)('$name: every form of the body and every field of the query has one', (route) => {
    const { example } = rowOf(route);
    const fields = Object.keys(schemaOf(route.route.query).properties ?? {});
    // Parameters that exclude others of the same route.
    const ways = ['after', 'before', 'around', 'changedAfter'];
    const excluded: Readonly<Record<string, readonly string[]>> = {
      'streams.listEvents': ways,
      'kit.listKitMessages': ways,
      'kit.listKitMembers': ['offset'],
      'kit.listPresence': ['streamId'],
    };
    expect(fields.filter((field) => !(field in (example.query ?? {})) && !excluded[route.name]?.includes(field))).toEqual([]);
    if (!route.route.body) return expect(example.bodies).toBeUndefined();
    const schema = schemaOf(route.route.body);
    const forms = schema.anyOf ?? schema.oneOf ?? [schema];
    const tried = new Set((example.bodies ?? []).map((body) => formOf(schema, body)));
    expect(tried.size).toBe(forms.length);
  });

  test.each(closed)('$name succeeds, and answers exactly what its contract says', async (route) => {
    const row = rowOf(route);
    if (row.example.elsewhere) return;
    const dry = httpOf({ ...app, db: undone(app.db) });
    for (const json of row.example.bodies ?? [undefined]) {
      const response = await dry(requestOf(row, own, json === undefined ? {} : { json }));
      expect({ body: response.body, known: response.status in row.route.answers }).toEqual({ body: expect.anything(), known: true });
      const answer = row.route.answers[response.status];
      if (answer) expect(answer.parse(response.body)).toEqual(response.body);
    }
  });
});

/** Internal words that an answer must never contain. */
const inside =
  /\b(select|insert|update|delete) .*\b(from|into|set)\b|\.ts\b|node_modules|relation|syntax error|violates|postgres|streambed_app|\[object/i;

/** Describes the fault in the answer to a case, if any. */
async function faultIn({ what, request, code, path }: Case): Promise<string | undefined> {
  const response = await http(request);
  const parsed = Problem.safeParse(response.body);
  const told = `${what}: ${response.status} ${JSON.stringify(response.body).slice(0, 300)}`;
  if (!parsed.success) return `${told} is no problem`;
  const problem = parsed.data;
  if (problem.code !== code || response.status !== problem.status) return `${told} instead of ${code}`;
  if (response.headers['content-type'] !== 'application/problem+json') return `${told} comes as ${response.headers['content-type']}`;
  if (response.headers['x-request-id'] !== problem.requestId || problem.instance !== request.path) return `${told} is of another request`;
  if (path !== undefined && !problem.errors?.some((error) => error.path === path)) return `${told} does not name ${path}`;
  if (problem.errors?.some(({ message }) => message === '')) return `${told} has an empty message`;
  if (inside.test(JSON.stringify({ ...problem, instance: '' }))) return `${told} tells of our inside`;
  return undefined;
}

describe('route matrix: every faulty request gets a precise problem, and changes nothing', () => {
  let triedInAll = 0;
  test.each(closed)('$name', async (route) => {
    const before = await stored.hashes();
    const faults: string[] = [];
    let tried = 0;
    for (const one of casesOf(rowOf(route), world)) {
      const fault = await faultIn(one);
      if (fault !== undefined) faults.push(fault);
      tried++;
    }
    expect(faults).toEqual([]);
    expect(await stored.hashes()).toEqual(before);
    triedInAll += tried;
  });

  test('more than 4,000 times', () => {
    expect(triedInAll).toBeGreaterThan(4_000);
  });
});

describe('route matrix: the methods of an address', () => {
  const byPath = Map.groupBy(closed, ({ route }) => route.path);
  test.each([...byPath.keys()])('%s takes its own, and says which', async (path) => {
    const taken = (byPath.get(path) ?? []).map(({ route }) => route.method as string);
    const [first] = byPath.get(path) ?? [];
    if (!first) throw new Error('Nobody is at this address');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'].filter((one) => !taken.includes(one))) {
      const request = { ...requestOf(rowOf(first), own), method };
      expect(await faultIn({ what: method, request, code: 'method_not_allowed' })).toBeUndefined();
      expect((await http(request)).headers.allow?.split(', ').toSorted()).toEqual(taken.toSorted());
    }
  });
});
