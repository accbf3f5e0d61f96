import { expect, test } from '@jest/globals';
import { durationLabel, severityLabel } from '../../../web/src/workspace/incident-severity.ts';

const minute = 60_000;
test.each([
  [-5, '1 min'],
  [59_999, '1 min'],
  [5 * minute, '5 min'],
  [60 * minute, '1 h'],
  [200 * minute, '3 h 20 min'],
  [24 * 60 * minute, '1 d'],
  [52 * 60 * minute, '2 d 4 h'],
])('%i ms are "%s"', (milliseconds, label) => expect(durationLabel(milliseconds)).toBe(label));

test('an incident without a severity gets the default one', () =>
  expect([severityLabel('sev1'), severityLabel(null)]).toEqual(['SEV 1', 'SEV 3']));
