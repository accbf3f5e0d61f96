import { expect, test } from '@jest/globals';
import { fileAddresses } from '../../../web/src/files/file-address.ts';

function open() {
  let nowMs = 0;
  let reads = 0;
  const addresses = fileAddresses(
    () => Promise.resolve({ url: `https://files.example/${++reads}`, expiresAt: new Date(nowMs + 600_000).toISOString() }),
    () => nowMs,
  );
  return { addresses, pass: (ms: number) => (nowMs += ms), reads: () => reads };
}

test('a valid address is read once, also for concurrent callers', async () => {
  const { addresses, reads } = open();
  expect(addresses.known('a')).toBeUndefined();
  const both = await Promise.all([addresses.get('a'), addresses.get('a')]);
  expect(new Set(both).size).toBe(1);
  expect(addresses.known('a')).toBe(both[0]);
  await addresses.get('a');
  expect(reads()).toBe(1);
});

test('an address that is about to expire, or did not work, is read again', async () => {
  const { addresses, pass, reads } = open();
  await addresses.get('a');
  pass(569_000);
  expect(addresses.known('a')).toBeDefined();
  pass(2_000);
  expect(addresses.known('a')).toBeUndefined();
  expect(await addresses.get('a')).toBe('https://files.example/2');
  expect(await addresses.get('a', true)).toBe('https://files.example/3');
  expect(reads()).toBe(3);
});
