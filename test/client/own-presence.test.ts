import { expect, test } from '@jest/globals';
import { OwnPresence } from '../../client/socket/own-presence.ts';
import { FakeClock } from './fake-clock.ts';

function begin() {
  const clock = new FakeClock();
  const sent: string[] = [];
  let isOpen = true;
  const presence = new OwnPresence(clock, ({ state }) => {
    if (!isOpen) return undefined;
    sent.push(state);
    return Promise.reject(new Error('unknown op'));
  });
  return { clock, sent, presence, open: (is: boolean) => (isOpen = is) };
}

test('is told at each change, and every fifty seconds, while a connection is open', async () => {
  const { clock, sent, presence, open } = begin();
  presence.become({ device: 'd', state: 'active' });
  await clock.advance(101_000);
  presence.become({ device: 'd', state: 'hidden' });
  expect(sent).toEqual(['active', 'active', 'active', 'hidden']);
  open(false);
  presence.rest();
  await clock.advance(600_000);
  expect(sent).toHaveLength(4);
  open(true);
  presence.renew();
  expect(sent.at(-1)).toBe('hidden');
});

test('is told nothing of before it is known, and nothing after it is gone', async () => {
  const { clock, sent, presence } = begin();
  presence.renew();
  presence.become({ device: 'd', state: 'gone' });
  presence.renew();
  await clock.advance(600_000);
  expect(sent).toEqual(['gone']);
  expect(clock.waiting).toBe(0);
});
