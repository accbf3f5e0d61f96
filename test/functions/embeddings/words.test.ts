import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { termsOf } from '../../../functions/embeddings/words.ts';

describe('termsOf', () => {
  test.each([
    ['stems, in lower case, without stop words', 'The Deployments were failing again', ['deploy', 'fail']],
    ['keeps order and repeats', 'cats, dogs and cats', ['cat', 'dog', 'cat']],
    ['cuts contractions', "I don't think that's Anna's fault, it isn’t", ['think', 'anna', 'fault']],
    ['takes accents and none as the same', 'Café cafe CAFÉ', ['cafe', 'cafe', 'cafe']],
    ['takes full-width letters as letters', 'ＱＤＲＡＮＴ', ['qdrant']],
    [
      'leaves out the beginning of an address',
      'https://www.example.org/billing/invoices?id=42',
      ['exampl', 'org', 'bill', 'invoic', 'id', '42'],
    ],
    ['leaves out the stop words of other languages', 'Der Server ist nicht erreichbar', ['server', 'erreichbar']],
    ['stems Russian', 'Серверы и сервера', ['сервер', 'сервер']],
    ['cuts Chinese into words', '数据库在今天早上崩溃了', ['数据', '库', '今天', '早上', '崩溃']],
    ['cuts Japanese and the Latin in it', 'APIの設計を確認する', ['api', '設計', '確認']],
    ['leaves out single letters, and what is no word', 'a b 7 😀 👍🏽 --- x', []],
    ['leaves out hashes', `commit ${'0123456789abcdef'.repeat(4)}`, ['commit']],
    ['takes names of methods of objects as words', 'constructor __proto__ toString', ['constructor', 'proto', 'tostr']],
  ])('%s', (_guarantee, text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  test('agrees on a word wherever it stands', () => {
    const alone = ['Rechnungen', 'café', 'серверы', 'benefits'].flatMap(termsOf);
    expect(termsOf('Rechnungen café серверы benefits')).toEqual(alone);
  });

  test.each(['benefits ', '会議', 'a1 ', '😀', 'é', 'ab'])('is bounded for a megabyte of %j', (part) => {
    const terms = termsOf(part.repeat(1_000_000 / part.length));
    expect(terms.length).toBeLessThanOrEqual(2_000);
    expect(Math.max(0, ...terms.map(({ length }) => length))).toBeLessThanOrEqual(40);
  });

  test('takes whatever can be written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        const terms = termsOf(text);
        expect(terms).toEqual(termsOf(text));
        expect(terms).not.toContain('');
      }),
      { numRuns: 1_000 },
    );
  });
});
