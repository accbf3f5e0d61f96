import { expect, test } from '@jest/globals';
import { addedLabel } from '../../../web/src/stream/invite-words.ts';

test.each([
  [[], 'Everyone was in it already.'],
  [['Maya'], 'Maya was added.'],
  [['Maya', 'Jonas'], 'Maya and Jonas were added.'],
  [['Maya', 'Jonas', 'Priya'], 'Maya and 2 others were added.'],
])('%j', (names, words) => expect(addedLabel(names)).toBe(words));
