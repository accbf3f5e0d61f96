import type { PayloadIndex } from './payload-index.ts';
import { valuesAt } from './payload-index.ts';
import type { Payload, PointId } from './point.ts';
import type { Condition, FieldCondition, Filter, Match, Range } from './requests.ts';
import type { Selection } from './sparse-vectors.ts';

/** Access of a filter to the points of a collection. */
export interface Filtered {
  payloadOf(slot: number): Payload;
  idOf(slot: number): PointId | undefined;
  slotOf(id: PointId): number | undefined;
  hasVector(slot: number, name: string): boolean;
  indexOf(key: string): PayloadIndex | undefined;
}

type Test = (slot: number) => boolean;

/** Compiles a filter for a collection: candidates by the indexes, and a test for each. */
export function select(filter: Filter | null | undefined, points: Filtered): Selection {
  const passes = filter ? testOf(filter, points) : () => true;
  const matches: Test = (slot) => points.idOf(slot) !== undefined && passes(slot);
  const found = filter ? slotsOf(filter, points) : undefined;
  if (found === undefined) return { slots: undefined, size: Infinity, matches };
  const [first, ...others] = found;
  const slots = others.length === 0 ? (first ?? []) : new Set(found.flatMap((set) => [...set]));
  return { slots, size: sizeOf(found), matches };
}

/** Test of a payload without its point, inside of `nested`. */
function nestedTest(filter: Filter): (payload: Payload) => boolean {
  return (payload) => {
    const alone: Filtered = {
      payloadOf: () => payload,
      idOf: () => undefined,
      slotOf: () => undefined,
      hasVector: () => false,
      indexOf: () => undefined,
    };
    return testOf(filter, alone)(0);
  };
}

function testOf({ must, should, must_not: mustNot, min_should: minShould }: Filter, points: Filtered): Test {
  const tests = (conditions: readonly Condition[] | null | undefined): Test[] =>
    (conditions ?? []).map((one) => conditionTest(one, points));
  const [all, any, none] = [tests(must), tests(should), tests(mustNot)];
  const some = tests(minShould?.conditions);
  return (slot) =>
    all.every((passes) => passes(slot)) &&
    (any.length === 0 || any.some((passes) => passes(slot))) &&
    !none.some((passes) => passes(slot)) &&
    (!minShould || some.filter((passes) => passes(slot)).length >= minShould.min_count);
}

function conditionTest(condition: Condition, points: Filtered): Test {
  if ('key' in condition) return fieldTest(condition, points);
  if ('has_id' in condition) {
    const ids = new Set(condition.has_id);
    return (slot) => ids.has(points.idOf(slot) as PointId);
  }
  if ('has_vector' in condition) return (slot) => points.hasVector(slot, condition.has_vector);
  if ('is_empty' in condition) return (slot) => isEmpty(points.payloadOf(slot), condition.is_empty.key);
  if ('is_null' in condition) return (slot) => isNull(points.payloadOf(slot), condition.is_null.key);
  if ('nested' in condition) {
    const { key, filter } = condition.nested;
    const passes = nestedTest(filter);
    const path = key.endsWith('[]') ? key : `${key}[]`;
    return (slot) => valuesAt(points.payloadOf(slot), path).wholes.some((element) => isObject(element) && passes(element));
  }
  return testOf(condition, points);
}

const isObject = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldTest(condition: FieldCondition, points: Filtered): Test {
  const { key, match, range, values_count: counted, is_empty: empty, is_null: nothing } = condition;
  const tests: Test[] = [];
  const sets = indexedSlots(condition, points);
  if (sets !== undefined) tests.push((slot) => sets.some((slots) => slots.has(slot)));
  else if (match) {
    const passes = matchTest(match);
    tests.push((slot) => valuesAt(points.payloadOf(slot), key).values.some(passes));
  }
  if (range) {
    const passes = rangeTest(range);
    tests.push((slot) => valuesAt(points.payloadOf(slot), key).values.some(passes));
  }
  if (counted) {
    const passes = rangeTest(counted);
    tests.push((slot) => countsAt(points.payloadOf(slot), key).some(passes));
  }
  if (typeof empty === 'boolean') tests.push((slot) => isEmpty(points.payloadOf(slot), key) === empty);
  if (typeof nothing === 'boolean') tests.push((slot) => isNull(points.payloadOf(slot), key) === nothing);
  return (slot) => tests.every((passes) => passes(slot));
}

/** Numbers of values at a path, one for each place that it matches; 0 when nothing is there. */
function countsAt(payload: Payload, key: string): number[] {
  const { wholes } = valuesAt(payload, key);
  return wholes.length === 0 ? [0] : wholes.map((whole) => (Array.isArray(whole) ? whole.length : whole === null ? 0 : 1));
}

function matchTest(match: Match): (value: unknown) => boolean {
  if ('value' in match) return (value) => value === match.value;
  if ('any' in match) {
    const wanted = new Set<unknown>(match.any);
    return (value) => wanted.has(value);
  }
  if ('except' in match) {
    const refused = new Set<unknown>(match.except);
    return (value) => value !== null && !refused.has(value);
  }
  const wanted = wordsOf(match.text);
  return (value) => {
    const words = typeof value === 'string' ? new Set(wordsOf(value)) : undefined;
    return words !== undefined && wanted.every((word) => words.has(word));
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function rangeTest(range: Range): (value: unknown) => boolean {
  const bounds = Object.values(range).filter((bound) => bound !== undefined && bound !== null);
  const isOfTime = bounds.some((bound) => typeof bound === 'string');
  const read = (value: unknown): number | undefined =>
    isOfTime ? (typeof value === 'string' ? microseconds(value) : undefined) : typeof value === 'number' ? value : undefined;
  const limit = (bound: number | string | null | undefined, otherwise: number): number => read(bound) ?? otherwise;
  const [gt, gte, lt, lte] = [
    limit(range.gt, -Infinity),
    limit(range.gte, -Infinity),
    limit(range.lt, Infinity),
    limit(range.lte, Infinity),
  ];
  return (given) => {
    const value = read(given);
    return value !== undefined && value > gt && value >= gte && value < lt && value <= lte;
  };
}

/** Microseconds since 1970 of a time that Qdrant accepts: RFC 3339, optionally without zone or time of day. */
function microseconds(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d+))?)? ?(Z|z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, day, minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = parts;
  const shift = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const time = Date.parse(`${day}T${minutes}${seconds}${shift}`);
  return Number.isNaN(time) ? undefined : time * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

function isEmpty(payload: Payload, key: string): boolean {
  return valuesAt(payload, key).wholes.every((whole) => whole === null || (Array.isArray(whole) && whole.length === 0));
}

function isNull(payload: Payload, key: string): boolean {
  return valuesAt(payload, key).values.includes(null);
}

/** Smallest union of slot sets with all possible matches; undefined when the indexes cannot tell. */
function slotsOf({ must, should }: Filter, points: Filtered): ReadonlySet<number>[] | undefined {
  const choices = (must ?? []).map((condition) => conditionSlots(condition, points));
  if (should && should.length > 0) {
    const each = should.map((condition) => conditionSlots(condition, points));
    choices.push(each.includes(undefined) ? undefined : each.flatMap((sets) => sets ?? []));
  }
  const known = choices.filter((sets) => sets !== undefined);
  return known.length === 0 ? undefined : known.reduce((best, sets) => (sizeOf(sets) < sizeOf(best) ? sets : best));
}

function conditionSlots(condition: Condition, points: Filtered): ReadonlySet<number>[] | undefined {
  if ('key' in condition) return indexedSlots(condition, points);
  if ('has_id' in condition) return [new Set(condition.has_id.map((id) => points.slotOf(id)).filter((slot) => slot !== undefined))];
  if ('has_vector' in condition || 'is_empty' in condition || 'is_null' in condition || 'nested' in condition) return undefined;
  return slotsOf(condition, points);
}

/** Index sets of the values that a match requires. */
function indexedSlots({ key, match }: FieldCondition, points: Filtered): ReadonlySet<number>[] | undefined {
  const index = match && ('value' in match || 'any' in match) ? points.indexOf(key) : undefined;
  if (!match || index === undefined) return undefined;
  if ('value' in match) return [index.withValue(match.value)];
  return 'any' in match ? match.any.map((value) => index.withValue(value)) : undefined;
}

const sizeOf = (sets: readonly ReadonlySet<number>[]): number => sets.reduce((sum, { size }) => sum + size, 0);
