import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metric } from '../../../contract/names.ts';
import type { Log } from '../../../functions/platform/log.ts';
import { QueueRejection, nudge, push } from '../../../functions/platform/nudge.ts';
import { createQueues, queueText } from '../../../functions/platform/queues.ts';
import type { Queues } from '../../../functions/platform/queues.ts';
import { startQueues } from '../../local/sqs/queues.ts';

const counted = new Map<string, number>();
const logged: { messages: { id: string; reason: string; isRefusal: boolean }[] }[] = [];
const observed = {
  log: { error: (_text: string, more: (typeof logged)[number]) => void logged.push(more) } as unknown as Log,
  metrics: {
    count: (name: string, value = 1) => void counted.set(name, (counted.get(name) ?? 0) + value),
    milliseconds: () => undefined,
    flush: () => undefined,
  },
};
let running: Awaited<ReturnType<typeof startQueues>>;
let queues: Queues;
const url = () => running.url('rooms.fifo');

beforeAll(async () => {
  running = await startQueues();
  queues = createQueues(running.client, observed);
});
afterAll(() => running.stop());
beforeEach(() => {
  counted.clear();
  logged.length = 0;
});

let unique = 0;
const messageOf = (body: unknown, group = `group-${unique++}`) => ({ id: `message-${unique++}`, group, body });
/** An array that `JSON.stringify` cannot convert, because it is nested too deep. */
const abyss = () => {
  let value: unknown = [];
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  return value;
};
const received = async () => {
  const found: unknown[] = [];
  for (;;) {
    const { Messages = [] } = await running.client.send(new ReceiveMessageCommand({ QueueUrl: url(), MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return found;
    found.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '') as unknown));
  }
};

describe('The text of a message', () => {
  test('is one that SQS takes, whatever the value, and gives it back', () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xfffe, 0xffff, 0xd800, 0xdfff, 0, 0xfffd)));
    fc.assert(
      fc.property(
        units.map((codes) => String.fromCharCode(...codes)),
        (text) => {
          const body = queueText({ [text]: [text] });
          // oxlint-disable-next-line no-control-regex -- these are the characters that SQS takes
          expect(body).toMatch(/^[\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
          expect(JSON.parse(body)).toEqual({ [text]: [text] });
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('send()', () => {
  test.each(['\ufffe', '\uffff', 'a\uffffb\ufffe', '\u0000', '\ud800'])('delivers a text with %j', async (text) => {
    const message = messageOf({ text });
    expect(await queues.send(url(), [message])).toEqual({ taken: new Set([message.id]), refused: new Set() });
    expect(await received()).toEqual([{ text }]);
  });

  test.each([
    ['larger than SQS takes', 'x'.repeat(1_048_577), 'BatchRequestTooLong'],
    ['nested too deep for JSON', abyss(), 'Maximum call stack size exceeded'],
  ])('refuses a message %s alone, logs and counts it, and sends all others', async (_what, body, reason) => {
    const good = Array.from({ length: 24 }, (_, n) => messageOf({ n }));
    const bad = messageOf(body);
    const outcome = await queues.send(url(), [...good.slice(0, 12), bad, ...good.slice(12)]);
    expect(outcome).toEqual({ taken: new Set(good.map(({ id }) => id)), refused: new Set([bad.id]) });
    expect(await received()).toHaveLength(24);
    expect(logged.flatMap(({ messages }) => messages)).toEqual([{ id: bad.id, reason, isRefusal: true }]);
    expect(counted.get(metric.messagesNotTaken)).toBe(1);
  });

  test('refuses the entry of a batch that SQS refuses, logs and counts it, and sends the others of the batch', async () => {
    const bad = messageOf({ n: 1 }, 'a group with spaces');
    const good = [messageOf({ n: 0 }), messageOf({ n: 2 })];
    expect(await queues.send(url(), [good[0]!, bad, good[1]!])).toEqual({
      taken: new Set(good.map(({ id }) => id)),
      refused: new Set([bad.id]),
    });
    expect(await received()).toEqual([{ n: 0 }, { n: 2 }]);
    expect(logged.flatMap(({ messages }) => messages)).toMatchObject([{ id: bad.id, isRefusal: true }]);
    expect(counted.get(metric.messagesNotTaken)).toBe(1);
  });

  test('tells an entry that failed for the moment from one that is refused', async () => {
    const moody = {
      send: async () => ({
        Successful: [{ Id: '0' }],
        Failed: [
          { Id: '1', Code: 'InternalError', SenderFault: false },
          { Id: '2', Code: 'InvalidMessageContents', SenderFault: true },
        ],
      }),
    };
    const messages = Array.from({ length: 4 }, (_, n) => messageOf({ n }));
    const ids = messages.map(({ id }) => id);
    const outcome = await createQueues(moody as never, observed).send(url(), messages);
    expect(outcome).toEqual({ taken: new Set([ids[0]]), refused: new Set([ids[2]]) });
    expect(logged.flatMap((line) => line.messages.map(({ reason }) => reason))).toEqual([
      'InternalError',
      'InvalidMessageContents',
      'not mentioned',
    ]);
    expect(counted.get(metric.messagesNotTaken)).toBe(3);
  });

  test('throws when the queue is not there, because no message is at fault', async () => {
    await expect(queues.send(`${running.aws.url}/000000000000/nothing`, [messageOf({})])).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

describe('A caller whose message the queue refuses', () => {
  test('of a push gets an error that names what was not taken', async () => {
    const app = { queues, fanOutQueueUrl: url() };
    const frames = [{ text: 'x'.repeat(1_048_577) }];
    const direct = { kind: 'direct' as const, connectionId: 'c', frames: frames as never };
    const close = { kind: 'close' as const, connectionId: 'c', code: 4000, reason: 'test' };
    const sent = push(app, [
      { group: 'one', message: direct },
      { group: 'two', message: close },
    ]);
    await expect(sent).rejects.toThrow(QueueRejection);
    await expect(sent).rejects.toThrow('did not take 1 of 2 messages, of the kinds: direct');
    expect(await received()).toMatchObject([{ kind: 'close' }]);
  });

  test('of a nudge gets an error that names the queue and the kind, and it is counted', async () => {
    const app = { queues, epochsQueueUrl: running.url('work') };
    const streamId = 'x'.repeat(1_048_577);
    const sent = nudge(app, 'epochs', { kind: 'stream', workspaceId: 'w', streamId } as never);
    await expect(sent).rejects.toThrow(QueueRejection);
    await expect(sent).rejects.toThrow(/The queue epochs refused a message of the kind stream: .*1048576 bytes/);
    expect(counted.get(metric.messagesNotTaken)).toBe(1);
  });
});
