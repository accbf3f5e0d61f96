import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CreateStream } from '../../contract/stream.ts';
import { maxTextBytes, MessageText, nameOf, utf8Bytes } from '../../contract/text.ts';

/** Anything that JSON can carry as a string: halves of surrogate pairs, NUL, controls, right-to-left marks. */
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(' ', '\n', '\u00a0', '\u202e', '\u200b', '\0', '\ud83d', '\ude00', 'a')).map((parts) => parts.join('')),
);

describe('MessageText', () => {
  test('takes exactly what can be stored and says something, and gives it back as it came', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = MessageText.safeParse(text);
        const storable = text.isWellFormed() && !text.includes('\0') && text.trim() !== '';
        expect(parsed.success).toBe(storable);
        if (parsed.success) expect(parsed.data).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['a', 'é', '€', '😀'])('counts bytes of UTF-8, not characters: %s', (character) => {
    const most = Math.floor(maxTextBytes / utf8Bytes(character));
    const full = character.repeat(most) + 'a'.repeat(maxTextBytes - most * utf8Bytes(character));
    expect(utf8Bytes(full)).toBe(maxTextBytes);
    expect(MessageText.safeParse(full).success).toBe(true);
    expect(MessageText.safeParse(`${full}a`).success).toBe(false);
  });

  test('says why it refuses', () => {
    const why = (text: unknown) => MessageText.safeParse(text).error?.issues.map(({ message }) => message);
    expect(why(' \n\t ')).toEqual(['must not be empty']);
    expect(why('nul\0')).toEqual(['must not contain the NUL character (U+0000)']);
    expect(why('half \ud83d')).toEqual(['must be valid Unicode: it holds half of a surrogate pair']);
    expect(why('x'.repeat(maxTextBytes + 1))).toEqual(['must be at most 16384 bytes of UTF-8']);
    expect(why(42)).toHaveLength(1);
  });
});

describe('A name', () => {
  const name = nameOf(80);

  test('has no space around it, no control character in it, and is not empty', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = name.safeParse(text);
        if (!parsed.success) return;
        expect(parsed.data).toBe(text.trim());
        expect(parsed.data).toMatch(/^[^\p{Cc}]{1,80}$/u);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is trimmed once and for all: what was taken is taken again as it is', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = name.safeParse(text);
        if (parsed.success) expect(name.parse(parsed.data)).toBe(parsed.data);
      }),
    );
  });
});

describe('A slug', () => {
  const slugOf = (slug: string) => CreateStream.safeParse({ streamType: 'channel', name: 'Any', slug }).success;

  test.each(['general', 'q4-2026', 'übung', '日本語', 'a-b-c'])('may be %s', (slug) => expect(slugOf(slug)).toBe(true));
  test.each(['', 'General', '-a', 'a-', 'a--b', 'a b', 'a/b', '../a', 'a\n', 'x'.repeat(81)])('may not be %j', (slug) =>
    expect(slugOf(slug)).toBe(false),
  );
});
