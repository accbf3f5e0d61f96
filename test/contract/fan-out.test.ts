import { expect, test } from '@jest/globals';
import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import { streamSample } from '../support/samples.ts';

test('a message that the version before sent is read: its streams carry no level', () => {
  const { level: _, ...data } = streamSample();
  const item = { seq: 1, type: 'stream:updated', at: '2026-12-01T00:00:00.000Z', actor: null, data };
  const message = { kind: 'item', room: 'ws:ws_1:workspace', gen: 'g', item, committedAt: item.at };
  expect(FanOutMessage.parse(message)).toMatchObject({ item: { data: { level: null } } });
});
