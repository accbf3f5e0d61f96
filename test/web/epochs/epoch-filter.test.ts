import { expect, test } from '@jest/globals';
import { filterEpochs } from '../../../web/src/epochs/epoch-filter.ts';
import { epoch } from './builders.ts';

const epochs = [
  epoch(1, 2, { label: 'Café opening hours', terms: ['sunday'] }),
  epoch(3, 4, { label: null, snippet: 'The roaster in قهوة street is late again' }),
  epoch(5, 6, { label: 'Payroll' }),
];
const found = (text: string): number[] => filterEpochs(epochs, text).map(({ firstSeq }) => firstSeq);

test.each([
  ['', [1, 3, 5]],
  ['  ', [1, 3, 5]],
  ['cafe SUNDAY', [1]],
  ['قهوة', [3]],
  ['late roast', [3]],
  ['payroll sunday', []],
])('“%s” finds by all its words, whatever their case and accents', (text, seqs) => expect(found(text)).toEqual(seqs));
