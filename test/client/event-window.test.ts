import { describe, expect, test } from '@jest/globals';
import { EventWindow } from '../../client/stream/event-window.ts';
import type { StreamEvent } from '../../contract/event.ts';

const event = (seq: number, changedSeq = seq): StreamEvent =>
  ({ id: `evt_${seq}`, seq, changedSeq, clientEventId: `c${seq}`, sharedRef: null, deletedAt: null }) as unknown as StreamEvent;
const shown = (window: EventWindow): string[] => window.list().map(({ seq, changedSeq }) => `${seq}@${changedSeq}`);

function windowOf(seqs: readonly number[], hasMore: boolean): EventWindow {
  const window = new EventWindow();
  window.replace({ items: seqs.map((seq) => event(seq)), hasMore });
  return window;
}

describe('an event window', () => {
  test('appends, and replaces by a later change only', () => {
    const window = windowOf([1, 2], false);
    window.apply(event(3));
    window.apply(event(2, 4));
    window.apply(event(2, 4));
    window.apply(event(2, 2));
    expect(shown(window)).toEqual(['1@1', '2@4', '3@3']);
    expect(window.find('evt_2')?.changedSeq).toBe(4);
    expect([window.holds('c3'), window.holds('c9')]).toEqual([true, false]);
  });

  test('a list that was handed out never changes', () => {
    const window = windowOf([1], false);
    const before = window.list();
    expect(window.list()).toBe(before);
    window.apply(event(2));
    expect(before).toHaveLength(1);
    expect(window.list()).not.toBe(before);
  });

  test('a change of an event that is not loaded does not tear a hole', () => {
    const window = windowOf([10, 11], true);
    window.apply(event(4, 12));
    expect(shown(window)).toEqual(['10@10', '11@11']);
  });

  test('an older page joins on, and a change that overtook it wins', () => {
    const window = windowOf([10, 11], true);
    expect(window.startOlder()).toBe(10);
    window.apply(event(8, 13));
    window.apply(event(8, 12));
    window.apply(event(2, 14));
    window.prepend({ items: [event(8), event(9, 15)], hasMore: true });
    window.endOlder();
    expect(shown(window)).toEqual(['8@13', '9@15', '10@10', '11@11']);
    expect(window.hasOlder).toBe(true);
    expect(window.startOlder()).toBe(8);
    window.prepend({ items: [event(7)], hasMore: false });
    expect(window.hasOlder).toBe(false);
    window.apply(event(3, 16));
    expect(shown(window)[0]).toBe('3@16');
  });

  test('an empty stream has nothing older', () => {
    const window = windowOf([], false);
    expect(window.hasOlder).toBe(false);
    window.apply(event(1));
    expect(shown(window)).toEqual(['1@1']);
  });
});
