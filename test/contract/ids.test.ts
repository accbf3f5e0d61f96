import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventId, idPrefixes, newId, StreamId, UserId, WorkspaceId } from '../../contract/ids.ts';
import type { IdKind } from '../../contract/ids.ts';

const kinds = Object.keys(idPrefixes) as IdKind[];
const aKind = fc.constantFrom(...kinds);
/** Up to the year 10889, where 48 bits of milliseconds end. */
const aMoment = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('newId()', () => {
  test('makes ids whose text order is the order of their milliseconds', () => {
    fc.assert(
      fc.property(aKind, aMoment, aMoment, (kind, a, b) => {
        const [first, second] = [newId(kind, a), newId(kind, b)];
        if (a !== b) expect(first < second).toBe(a < b);
      }),
    );
  });

  test('makes ids that their own schemas take, and the others refuse', () => {
    const schemas = { workspace: WorkspaceId, stream: StreamId, event: EventId };
    fc.assert(
      fc.property(aKind, aMoment, (kind, moment) => {
        const id = newId(kind, moment);
        for (const [name, schema] of Object.entries(schemas)) expect(schema.safeParse(id).success).toBe(name === kind);
      }),
    );
  });

  test('makes no id twice, even in one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => newId('event', 1_763_700_000_000));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has prefixes that no other begins with', () => {
    const prefixes = Object.values(idPrefixes).map((prefix) => `${prefix}_`);
    for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
  });
});

describe('UserId', () => {
  const reserved = ['.', '..', '*', 'here', '@here'];
  test('is what a room can hold: no colon, nothing to escape in an address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        const parsed = UserId.safeParse(text);
        if (parsed.success) expect(encodeURIComponent(text).replaceAll('%40', '@')).toBe(text);
        expect(parsed.success).toBe(/^[A-Za-z0-9_.@-]{1,64}$/.test(text) && !text.includes('\n') && !reserved.includes(text));
      }),
    );
    expect(UserId.safeParse('ada\n').success).toBe(false);
    for (const id of reserved) expect({ id, success: UserId.safeParse(id).success }).toEqual({ id, success: false });
    for (const id of ['...', '.a', '@a', '@here.', 'hereby', 'Here'])
      expect({ id, success: UserId.safeParse(id).success }).toEqual({ id, success: true });
  });
});
