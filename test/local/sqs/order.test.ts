import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Queue } from '../../../local/sqs/queue.ts';
import type { Message } from '../../../local/sqs/message.ts';
import { fifo, standard } from './queues.ts';

type Step =
  | { kind: 'send'; group: number }
  | { kind: 'receive'; max: number }
  | { kind: 'delete' | 'hand back'; which: number }
  | { kind: 'time passes' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), group: fc.nat(3) }),
  fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'hand back' as const), which: fc.nat() }),
  fc.constant({ kind: 'time passes' as const }),
);
const draft = (groupId: string, body: string) => ({
  body,
  groupId,
  deduplicationId: body,
  attributes: {},
  senderId: 'x',
  bodyMd5: '',
  bytes: 1,
});

test('whatever happens: each group is received in order, one batch at a time, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new Queue({ ...fifo, redrive: undefined });
      const left = new Map<string, number[]>();
      const flying: Message[] = [];
      let sent = 0;
      const receive = (max: number) => {
        const batch = queue.receive({ max });
        for (const message of batch) {
          const group = message.groupId as string;
          // The first one left of its group, apart from earlier ones in this batch.
          const before = batch.slice(0, batch.indexOf(message)).filter((other) => other.groupId === group).length;
          expect(Number(message.body)).toBe(left.get(group)?.[before]);
          expect(flying.some((other) => other.groupId === group)).toBe(false);
        }
        flying.push(...batch);
        return batch.length;
      };
      const end = (message: Message) => {
        queue.deleteReceived(message.receiptHandle as string);
        const group = message.groupId as string;
        left.set(group, left.get(group)?.filter((place) => place !== Number(message.body)) ?? []);
      };
      for (const one of steps) {
        if (one.kind === 'send') {
          const group = `g${one.group}`;
          left.set(group, [...(left.get(group) ?? []), ++sent]);
          queue.send(draft(group, String(sent)));
        } else if (one.kind === 'receive') receive(one.max);
        else if (one.kind === 'time passes') {
          queue.expireVisibility();
          flying.length = 0;
        } else if (flying.length > 0) {
          const [message] = flying.splice(one.which % flying.length, 1) as [Message];
          if (one.kind === 'delete') end(message);
          else queue.changeVisibility(message, 0);
        }
      }
      queue.expireVisibility();
      flying.length = 0;
      while (receive(10) > 0) for (const message of flying.splice(0)) end(message);
      expect(queue.size).toBe(0);
      expect([...left.values()].flat()).toEqual([]);
      queue.stop();
    }),
    { numRuns: 500 },
  );
});

describe('a standard queue', () => {
  const fair = () => new Queue({ ...standard, redrive: undefined });
  const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);

  test('gives the oldest first, where nobody has a group', () => {
    const queue = fair();
    for (const body of ['1', '2', '3']) queue.send({ ...draft('', body), groupId: undefined, deduplicationId: undefined });
    expect(bodies(queue.receive({ max: 2 }))).toEqual(['1', '2']);
    expect(bodies(queue.receive({ max: 2 }))).toEqual(['3']);
  });

  test('lets a group with much to do hold up nobody', () => {
    const queue = fair();
    for (let place = 0; place < 100; place++) queue.send(draft('busy', `busy ${place}`));
    const first = queue.receive({ max: 10 });
    expect(bodies(first)).toEqual(first.map((_, place) => `busy ${place}`));
    queue.send(draft('quiet', 'quiet 0'));
    expect(bodies(queue.receive({ max: 2 }))).toEqual(['quiet 0', 'busy 10']);
  });

  test('counts what is in flight, not what was: who is done is no longer busy', () => {
    const queue = fair();
    for (const body of ['a 0', 'a 1']) queue.send(draft('a', body));
    queue.send(draft('b', 'b 0'));
    const [done] = queue.receive({ max: 1 });
    queue.deleteReceived(done?.receiptHandle as string);
    expect(bodies(queue.receive({ max: 2 }))).toEqual(['a 1', 'b 0']);
    queue.expireVisibility();
    expect(queue.counts).toEqual({ visible: 2, inFlight: 0, delayed: 0 });
    queue.purge();
    expect(queue.counts).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});
