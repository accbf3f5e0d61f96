import { expect, test } from '@jest/globals';
import { summaryOf } from '../../../web/src/activity/notification-summary.ts';

test.each([
  ['mention', 'General', 'channel', 'mentioned you in General'],
  ['here', null, 'dm', 'called everyone in a direct message'],
  ['mention', null, 'thread', 'mentioned you in a thread'],
  ['invited', 'Outage', 'incident', 'added you to Outage'],
] as const)('%s in %s', (kind, streamName, streamType, words) => expect(summaryOf({ kind, streamName, streamType })).toBe(words));
