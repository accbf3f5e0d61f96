import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startSubject, type Subject } from './subject.ts';

const payloads: Readonly<Record<number, Record<string, unknown>>> = {
  1: { city: 'Berlin', size: 3, at: '2026-05-01T10:00:00Z', tags: ['red', 'blue'], open: true },
  2: { city: 'London', size: 3.5, at: '2026-05-01T12:00:00+02:00', tags: ['blue'], open: false, deep: { city: 'Berlin' } },
  3: { city: ['Berlin', 'Moscow'], size: -1, at: '2026-05-02', tags: [], none: null, text: 'Barriers are cut while people write' },
  4: {
    size: 10,
    tags: null,
    rooms: [
      { kind: 'hall', doors: 2 },
      { kind: 'cell', doors: 1 },
    ],
  },
  5: {
    city: 'berlin',
    rooms: [
      { kind: 'hall', doors: 1 },
      { kind: 'cell', doors: 2 },
    ],
  },
};

const on = (key: string, condition: object) => ({ key, ...condition });
const value = (key: string, wanted: unknown) => on(key, { match: { value: wanted } });

/** Filters, and the points that match. */
const cases: readonly (readonly [string, object, readonly number[]])[] = [
  ['no filter', {}, [1, 2, 3, 4, 5]],
  ['a value', { must: [value('city', 'Berlin')] }, [1, 3]],
  ['one condition without its list', { must: value('city', 'Berlin') }, [1, 3]],
  ['a whole number', { must: [value('size', 3)] }, [1]],
  ['yes or no', { must: [value('open', false)] }, [2]],
  ['an element of an array', { must: [value('tags', 'blue')] }, [1, 2]],
  ['a value inside', { must: [value('deep.city', 'Berlin')] }, [2]],
  ['any of them', { must: [on('city', { match: { any: ['London', 'Moscow'] } })] }, [2, 3]],
  ['none of them, where there is one', { must: [on('city', { match: { except: ['Berlin', 'London'] } })] }, [3, 5]],
  ['all words of a text, in any order', { must: [on('text', { match: { text: 'Write PEOPLE' } })] }, [3]],
  ['words, not parts of them', { must: [on('text', { match: { text: 'peop' } })] }, []],
  ['more than', { must: [on('size', { range: { gt: 3 } })] }, [2, 4]],
  ['between', { must: [on('size', { range: { gte: 3, lt: 10 } })] }, [1, 2]],
  ['times, whatever their zone', { must: [on('at', { range: { gte: '2026-05-01T10:00:00Z', lt: '2026-05-02T00:00:00Z' } })] }, [1, 2]],
  ['times without a zone', { must: [on('at', { range: { gt: '2026-05-01 10:00:00.5' } })] }, [3]],
  ['ids', { must: [{ has_id: [1, 5, 77] }] }, [1, 5]],
  ['a field that is empty', { must: [{ is_empty: { key: 'tags' } }] }, [3, 4, 5]],
  ['a field that is null', { must: [{ is_null: { key: 'none' } }] }, [3]],
  ['how many values', { must: [on('tags', { values_count: { gte: 2 } })] }, [1]],
  ['no values, or none there', { must: [on('tags', { values_count: { lt: 1 } })] }, [3, 4, 5]],
  ['a field that is not empty', { must: [on('tags', { is_empty: false })] }, [1, 2]],
  ['a field that is null, and one that is not', { must: [on('tags', { is_null: true })], must_not: [on('none', { is_null: true })] }, [4]],
  ['an object is not a list of one', { must: [{ nested: { key: 'deep', filter: { must: [value('city', 'Berlin')] } } }] }, []],
  ['a vector', { must: [{ has_vector: 'dense' }] }, [1, 2]],
  ['one or the other', { should: [value('city', 'London'), value('size', 10)] }, [2, 4]],
  ['not', { must_not: [value('city', 'Berlin')] }, [2, 4, 5]],
  [
    'all together',
    { must: [value('tags', 'blue')], should: [value('size', 3), value('size', 10)], must_not: [value('city', 'London')] },
    [1],
  ],
  ['two of three', { min_should: { conditions: [value('city', 'Berlin'), value('tags', 'blue'), value('size', 3)], min_count: 2 } }, [1]],
  ['a filter in a filter', { must: [{ should: [value('city', 'London'), { must_not: [{ is_empty: { key: 'rooms' } }] }] }] }, [2, 4, 5]],
  [
    'one element that is all of it',
    { must: [{ nested: { key: 'rooms', filter: { must: [value('kind', 'hall'), value('doors', 2)] } } }] },
    [4],
  ],
  ['elements, each for itself', { must: [value('rooms[].kind', 'hall'), value('rooms[].doors', 2)] }, [4, 5]],
];

export function filtersAsQdrant(realUrl?: string): void {
  let subject: Subject;
  let plain: string;
  let indexed: string;
  beforeAll(async () => {
    subject = await startSubject(realUrl);
    [plain, indexed] = [await make([]), await make(['city', 'tags', 'size', 'open', 'at'])];
  });
  afterAll(() => subject.stop());

  const schemas = { city: 'keyword', tags: 'keyword', size: 'float', open: 'bool', at: 'datetime' } as const;
  async function make(fields: readonly (keyof typeof schemas)[]): Promise<string> {
    const name = subject.name();
    await subject.client.createCollection(name, { vectors: { dense: { size: 2, distance: 'Dot' } } });
    for (const field of fields)
      await subject.client.createPayloadIndex(name, { field_name: field, field_schema: schemas[field], wait: true });
    const points = Object.entries(payloads).map(([id, payload]) => ({
      id: Number(id),
      vector: Number(id) < 3 ? { dense: [1, 0] } : {},
      payload,
    }));
    await subject.client.upsert(name, { points });
    return name;
  }

  test.each(cases)('%s', async (_, filter, expected) => {
    for (const name of [plain, indexed]) {
      const { points } = await subject.client.scroll(name, { filter });
      expect(points.map(({ id }) => id)).toEqual(expected);
      expect(await subject.client.count(name, { filter, exact: true })).toEqual({ count: expected.length });
    }
  });

  test('whatever the filter, indexes find what looking at every point finds', async () => {
    const names = [subject.name(), subject.name()] as const;
    for (const name of names) await subject.client.createCollection(name, { vectors: { dense: { size: 2, distance: 'Dot' } } });
    for (const field of ['a', 'b'])
      await subject.client.createPayloadIndex(names[1], { field_name: field, field_schema: 'keyword', wait: true });
    const points = Array.from({ length: 60 }, (_, id) => ({
      id,
      vector: { dense: [Math.sin(id * 7), Math.cos(id * 3)] },
      payload: { a: `a${id % 4}`, b: [`b${id % 3}`, `b${id % 5}`], n: id % 7 },
    }));
    for (const name of names) await subject.client.upsert(name, { points });
    // Changes and deletes some points, so that the indexes must forget entries.
    for (const name of names) {
      await subject.client.setPayload(name, { payload: { a: 'a0' }, points: [1, 2, 3] });
      await subject.client.delete(name, { wait: true, points: [4, 8, 12] });
    }
    const left = points
      .filter(({ id }) => ![4, 8, 12].includes(id))
      .map((point) => ([1, 2, 3].includes(point.id) ? { ...point, payload: { ...point.payload, a: 'a0' } } : point));
    await fc.assert(
      fc.asyncProperty(filters, fc.tuple(numbers, numbers), async (filter, query) => {
        const score = ({ vector }: (typeof left)[number]) => vector.dense[0]! * query[0] + vector.dense[1]! * query[1];
        const expected = left.filter((point) => passes(point, filter));
        const scores = expected.map(score).sort((a, b) => b - a);
        for (const name of names) {
          const { points: found } = await subject.client.query(name, { query: [...query], using: 'dense', filter, limit: 100 });
          expect(found.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b))).toEqual(expected.map(({ id }) => id));
          for (const [at, { score: given }] of found.entries()) expect(given).toBeCloseTo(scores[at] as number, 4);
        }
      }),
      { numRuns: 60 },
    );
  });
}

type Field = { key: 'a' | 'b' | 'n'; match?: { value: string } | { any: string[] }; range?: { gte: number } };
type Tree = { must?: (Field | Tree | { has_id: number[] })[]; should?: (Field | Tree)[]; must_not?: (Field | Tree)[] };

const numbers = fc.integer({ min: -5, max: 5 });
const fields: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ key: fc.constant('a' as const), match: fc.record({ value: fc.constantFrom('a0', 'a1', 'a3', 'a9') }) }),
  fc.record({
    key: fc.constant('b' as const),
    match: fc.record({ any: fc.uniqueArray(fc.constantFrom('b0', 'b2', 'b4'), { minLength: 1 }) }),
  }),
  fc.record({ key: fc.constant('n' as const), range: fc.record({ gte: fc.integer({ min: 0, max: 7 }) }) }),
);
const ids = fc.record({ has_id: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 20 }) });
const filters: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => {
  const inner = fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, fields, tie('tree')), { minLength: 1, maxLength: 2 });
  const must = fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, fields, ids, tie('tree')), { minLength: 1, maxLength: 2 });
  return { tree: fc.record({ must, should: inner, must_not: inner }, { requiredKeys: [] }) };
}).tree;

function passes(point: { id: number; payload: Record<string, unknown> }, tree: Tree): boolean {
  const one = (condition: Field | Tree | { has_id: number[] }): boolean => {
    if ('has_id' in condition) return condition.has_id.includes(point.id);
    if (!('key' in condition)) return passes(point, condition);
    const values = [point.payload[condition.key]].flat();
    const { match, range } = condition;
    if (range) return values.some((value) => (value as number) >= range.gte);
    return values.some((value) => (match && 'value' in match ? value === match.value : match?.any.includes(value as string)));
  };
  return (
    (tree.must ?? []).every(one) &&
    (tree.should === undefined || tree.should.length === 0 || tree.should.some(one)) &&
    !(tree.must_not ?? []).some(one)
  );
}
