import { expect, test } from '@jest/globals';
import { defaultMemorySettings, UpdateMemorySettings } from '../../../contract/epoch.ts';
import { changesOf, draftOf, limits } from '../../../web/src/epochs/memory-settings.ts';

const draft = draftOf(defaultMemorySettings);

test('unchanged settings are not sent', () => expect(changesOf(defaultMemorySettings, draft)).toEqual({}));

test('changed settings are sent in the server’s form', () => {
  const changes = changesOf(defaultMemorySettings, { ...draft, enabled: false, gapMinutes: ' 45', sensitivity: 'off' });
  expect(UpdateMemorySettings.parse(changes)).toEqual({ enabled: false, gapMinutes: 45, sensitivity: 'off' });
});

test.each(['', '0', '-3', '1.5', '1e3', 'ten', '10081'])(
  'a pause of “%s” minutes is refused in the form, as the server would',
  (gapMinutes) => {
    expect(limits({ ...draft, gapMinutes })).toEqual({ gapMinutes: 'A whole number from 1 to 10080' });
    expect(UpdateMemorySettings.safeParse({ gapMinutes: gapMinutes === '' ? undefined : Number(gapMinutes) }).success).toBe(
      gapMinutes === '1e3',
    );
  },
);

test.each([
  ['1', '10'],
  ['10080', '1000'],
])('the ends of what the server takes are taken: %s, %s', (minutes, maxMessages) => {
  const given = { ...draft, gapMinutes: minutes, idleMinutes: minutes, maxMessages };
  expect(limits(given)).toEqual({});
  expect(UpdateMemorySettings.safeParse(changesOf(defaultMemorySettings, given)).success).toBe(true);
});
