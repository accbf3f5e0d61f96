import { expect, test } from '@jest/globals';
import { payloadPairs } from '../../../../web/src/conversation/row/event-payload.ts';

test('a payload shows as pairs of name and value', () => {
  const payload = {
    version: '2.1',
    ok: true,
    took: { seconds: 94, parts: { a: 1 } },
    tags: ['prod', 'eu'],
    none: null,
    rows: [{ a: 1 }],
    empty: {},
  };
  expect(payloadPairs(payload)).toEqual([
    ['version', '2.1'],
    ['ok', 'true'],
    ['took.seconds', '94'],
    ['took.parts', '{"a":1}'],
    ['tags', 'prod, eu'],
    ['none', 'null'],
    ['rows', '[{"a":1}]'],
    ['empty', '{}'],
  ]);
});

test('long values are cut between characters', () => {
  const [[, value] = ['', '']] = payloadPairs({ text: '🦊'.repeat(500) });
  expect(value).toBe(`${'🦊'.repeat(400)}…`);
});
