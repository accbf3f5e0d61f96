import { afterEach, expect, test } from '@jest/globals';
import { env } from '../../../contract/names.ts';
import { wire } from '../../../functions/platform/wire.ts';

const before = process.env[env.epochsQueueUrl];
afterEach(() => {
  if (before === undefined) delete process.env[env.epochsQueueUrl];
  else process.env[env.epochsQueueUrl] = before;
});

test('an app has the parts and settings that its function names, and each opener gets the parts of every function', () => {
  process.env[env.epochsQueueUrl] = 'https://queue.example/epochs';
  const app = wire({ hour: ({ clock }) => clock.now().getUTCHours() }, 'epochsQueueUrl');
  expect(Object.keys(app).sort()).toEqual(['clock', 'epochsQueueUrl', 'hour', 'log', 'metrics']);
  expect(app.epochsQueueUrl).toBe('https://queue.example/epochs');
  expect(app.hour).toBeLessThan(24);
});

test('a missing setting is named at start-up', () => {
  delete process.env[env.epochsQueueUrl];
  expect(() => wire({}, 'epochsQueueUrl')).toThrow(env.epochsQueueUrl);
});
