import { describe, expect, test } from '@jest/globals';
import { cosine } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';

const embed = async (...texts: string[]): Promise<Float32Array[]> => localEmbedder.embed(texts, 'document');
const likeness = async (a: string, b: string): Promise<number> => {
  const [first, second] = await embed(a, b);
  return cosine(first as Float32Array, second as Float32Array);
};

describe('offline vectors', () => {
  test('every text has one, of unit length, without NaN', async () => {
    const texts = [
      '',
      ' ',
      '👍🎉',
      'a',
      'deploy failed',
      'x'.repeat(20_000),
      'the of and',
      '漢字かな交じり文',
      '\u0000\uD800',
      'word '.repeat(50_000),
    ];
    for (const vector of await embed(...texts)) {
      expect(vector).toHaveLength(localEmbedder.dimension);
      expect(vector.every(Number.isFinite)).toBe(true);
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  test('are the same for ever: who changes them changes the name of the model', async () => {
    const [vector] = await embed('The deployment to production failed on Friday');
    const found = [...(vector as Float32Array)].flatMap((value, at) => (value === 0 ? [] : [`${at}:${value.toFixed(4)}`]));
    expect([localEmbedder.model, ...found]).toMatchInlineSnapshot(`
     [
       "local-1",
       "15:0.2673",
       "112:0.2673",
       "253:0.5345",
       "310:0.2673",
       "374:-0.2673",
       "421:-0.2673",
       "430:-0.2673",
       "613:0.2673",
       "648:0.2673",
       "681:-0.2673",
       "752:0.2673",
     ]
    `);
  });

  test('put the same words nearer than others, in any form and order', async () => {
    const near = await likeness('deploy failed on friday', 'On Friday the deploys were failing');
    expect(near).toBeGreaterThan(0.8);
    expect(near).toBeGreaterThan((await likeness('deploy failed on friday', 'lunch on friday?')) + 0.3);
    expect(Math.abs(await likeness('deploy failed on friday', 'where shall we eat'))).toBeLessThan(0.2);
  });

  test('are near to a text of nothing only when there is nothing in them', async () => {
    expect(await likeness('', '👍')).toBe(1);
    expect(await likeness('', 'deploy failed')).toBe(0);
  });
});
