import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstTransition, hasDeadline, isReading, linkEvent, transition, viewOf } from '../../client/room/follow-state.ts';
import type { FollowEvent, FollowState, LogPosition, Transition } from '../../client/room/follow-state.ts';
import { problem } from './fake-server.ts';

type Name = FollowState['name'];

const refused = problem('forbidden');
const positions: LogPosition[] = ['g1', 'g2'].flatMap((gen) => [0, 1, 2].map((seq) => ({ gen, seq })));
const events: FollowEvent[] = [
  { name: 'opening' },
  { name: 'open' },
  { name: 'lost', since: 5 },
  { name: 'lost', since: 5, problem: problem('insufficient_state') },
  { name: 'unsubscribed' },
  { name: 'due' },
  { name: 'failed', problem: problem('unavailable') },
  { name: 'overdue', waitedMs: 20_000, attempt: 1 },
  { name: 'refused', problem: refused },
  { name: 'close' },
  ...(['promised', 'moved', 'read'] as const).flatMap((name) => positions.map((position) => ({ name, ...position }))),
];
const anyEvents = fc.array(fc.constantFrom(...events), { maxLength: 40 });

const after = (state: FollowState, ...steps: FollowEvent[]): FollowState => steps.reduce((at, step) => transition(at, step).state, state);

const namesOf = ({ effects }: Transition): string[] => effects.map(({ name }) => name);

/** All states that the events above lead to. */
function reachable(): FollowState[] {
  const found = new Map([[JSON.stringify(firstTransition.state), firstTransition.state]]);
  // A map also visits the entries that are added on the way.
  for (const state of found.values()) {
    for (const event of events) {
      const next = after(state, event);
      if (!found.has(JSON.stringify(next))) found.set(JSON.stringify(next), next);
    }
  }
  return [...found.values()];
}

const states = reachable();

/** `from event to`, for all edges between two states that have another name. */
function edges(): string[] {
  const found = new Set<string>();
  for (const state of states) {
    for (const event of events) {
      const to = after(state, event).name;
      if (to !== state.name) found.add(`${state.name} ${event.name} ${to}`);
    }
  }
  return [...found].sort();
}

const source = readFileSync(new URL('../../client/room/follow-state.ts', import.meta.url), 'utf8');
const comment = source.slice(source.indexOf('/**'), source.indexOf('*/'));
const split = (list: string): string[] => list.split(',').map((word) => word.trim());

describe('the states of a follower', () => {
  test('the table lists exactly the edges that the transitions have', () => {
    const rows = [...comment.matchAll(/^ \* {5}(\w+) +(\w+) +(\w+(?:, \w+)*)$/gm)];
    const listed = rows.flatMap(([, from, event, to]) => split(to!).map((name) => `${from} ${event} ${name}`));
    expect(listed.sort()).toEqual(edges());
  });

  test('the picture draws each state once, and each arrow between two boxes is an edge', () => {
    const lines = comment.slice(0, comment.indexOf('`subscribing` and')).split('\n');
    const boxes = lines.map((line) => [...line.matchAll(/\| (\w+) (?=\|)/g)].map((box) => ({ name: box[1]!, at: box.index })));
    expect(boxes.flatMap((row) => row.map(({ name }) => name)).sort()).toEqual([...new Set(states.map(({ name }) => name))].sort());
    const drawn: string[] = [];
    for (const [row, line] of lines.entries()) {
      // An arrow is beside the names of two boxes, or beside their upper or lower edges.
      const near = [row, row + 1, row - 1].map((each) => boxes[each] ?? []).find(({ length }) => length > 1) ?? [];
      for (const [arrow, head, labels, tail] of line.matchAll(/(<?)-+([a-z]+(?:,[a-z]+)*)-+(>?) (?=[|+])/g)) {
        const left = near.findLast(({ at }) => at < line.indexOf(arrow))!.name;
        const right = near.find(({ at }) => at > line.indexOf(arrow))!.name;
        expect([head, tail].join('')).toMatch(/^[<>]$/);
        for (const label of split(labels!)) drawn.push(tail === '>' ? `${left} ${label} ${right}` : `${right} ${label} ${left}`);
      }
    }
    expect(drawn).toHaveLength(9);
    expect(edges()).toEqual(expect.arrayContaining(drawn));
  });

  test('no event throws in any state', () => {
    for (const state of states) for (const event of events) expect(() => transition(state, event)).not.toThrow();
  });

  test('each state but the last is left by an event, and those that a lost event would keep have a deadline', () => {
    for (const state of states) {
      const leaving = events.filter((event) => !['refused', 'close'].includes(event.name) && after(state, event).name !== state.name);
      const isOver = state.name === 'ended' || state.name === 'closed';
      expect([state, leaving.length > 0]).toEqual([state, !isOver]);
      expect(hasDeadline(state)).toBe(state.name === 'subscribing' || state.name === 'behind');
      const asked = namesOf(transition(state, { name: 'overdue', waitedMs: 20_000, attempt: 1 }));
      // A read that is under way has deadlines of its own.
      expect(asked).toEqual(hasDeadline(state) ? (isReading(state) ? ['rejoin'] : ['rejoin', 'hurry']) : []);
    }
  });

  test('a connection, a subscription and a read make each follower live that has not ended', () => {
    for (const state of states) {
      const end = after(
        state,
        { name: 'open' },
        { name: 'due' },
        { name: 'promised', gen: 'g2', seq: 2 },
        { name: 'read', gen: 'g2', seq: 2 },
      );
      expect(end.name).toBe(state.name === 'ended' || state.name === 'closed' ? state.name : 'live');
    }
  });

  test('the status of a socket says which of its events it is', () => {
    expect(linkEvent({ status: 'idle' })).toEqual({ name: 'opening' });
    expect(linkEvent({ status: 'connecting' })).toEqual({ name: 'opening' });
    expect(linkEvent({ status: 'open' })).toEqual({ name: 'open' });
    expect(linkEvent({ status: 'offline', offlineSince: 7 })).toEqual({ name: 'lost', since: 7 });
    expect(linkEvent({ status: 'stopped', offlineSince: 7, problem: refused })).toEqual({ name: 'lost', since: 7, problem: refused });
    expect(linkEvent({ status: 'closed' })).toEqual({ name: 'lost' });
  });
});

/** A model of a follower without states, built from its events. The states are compared with it. */
class Witness {
  link: 'opening' | 'open' | 'lost' = 'opening';
  promise: LogPosition | undefined;
  copy: LogPosition | undefined;
  ended: 'refused' | 'close' | undefined;
  wasLive = false;

  see(event: FollowEvent): void {
    if (event.name === 'close') this.ended = 'close';
    if (event.name === 'opening' || event.name === 'open' || event.name === 'lost') this.link = event.name;
    if (this.ended !== undefined) return;
    if (event.name === 'lost' || event.name === 'unsubscribed') this.promise = undefined;
    if (event.name === 'promised') this.promise = event;
    if (event.name === 'due') this.copy = undefined;
    if (event.name === 'moved' && this.copy !== undefined) this.copy = event;
    if (event.name === 'read') this.copy ??= event;
    if (event.name === 'refused') this.ended = 'refused';
    this.wasLive ||= this.isLive;
  }

  /** A head was promised on a connection that lives, and what is held was compared with it. */
  get isLive(): boolean {
    const { promise, copy } = this;
    if (this.ended !== undefined || this.link !== 'open' || promise === undefined || copy === undefined) return false;
    return copy.gen !== promise.gen || copy.seq >= promise.seq;
  }

  get shown(): string {
    if (this.ended !== undefined || this.link === 'lost') return 'offline';
    return this.isLive ? 'live' : this.wasLive ? 'catching up' : 'connecting';
  }
}

describe('any sequence of events', () => {
  test('shows live exactly when a head was compared, and otherwise what is missing', () => {
    fc.assert(
      fc.property(anyEvents, (steps) => {
        const witness = new Witness();
        let state = firstTransition.state;
        for (const event of steps) {
          state = after(state, event);
          witness.see(event);
          expect(viewOf(state).state).toBe(witness.shown);
          expect(state.name === 'live').toBe(witness.isLive);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('an ended follower stays ended, with the problem that it ended by', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (before, later) => {
        let state = after(firstTransition.state, ...before);
        fc.pre(state.name !== 'closed' && state.name !== 'ended');
        state = after(state, { name: 'refused', problem: refused });
        for (const event of later) {
          const step = transition(state, event);
          const next = step.state;
          const isClosed = state.name === 'closed' || event.name === 'close';
          expect([next.name, namesOf(step)]).toEqual(isClosed ? ['closed', state.name === 'closed' ? [] : ['leave']] : ['ended', []]);
          if (next.name === 'ended') expect(viewOf(next)).toMatchObject({ state: 'offline', problem: refused });
          state = next;
        }
      }),
    );
  });

  test('asks for one read at a time, and for none after the end', () => {
    fc.assert(
      fc.property(anyEvents, (steps) => {
        let state = firstTransition.state;
        // The beginning asks for the first one.
        let isUnderWay = true;
        for (const event of steps) {
          const step = transition(state, event);
          if (namesOf(step).includes('read')) {
            expect(isUnderWay).toBe(false);
            isUnderWay = true;
          } else if (event.name === 'read') isUnderWay = false;
          state = step.state;
          const isOver = (['ended', 'closed'] as Name[]).includes(state.name);
          expect(isReading(state)).toBe(!isOver && isUnderWay);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('tries to read at once when a connection opens, and says when a subscription begins', () => {
    fc.assert(
      fc.property(anyEvents, (steps) => {
        const witness = new Witness();
        let state = firstTransition.state;
        for (const event of steps) {
          const { ended, link, promise } = witness;
          const asked = namesOf(transition(state, event));
          expect(asked.includes('retry')).toBe(ended === undefined && event.name === 'open' && link !== 'open' && isReading(state));
          expect(asked.includes('heard')).toBe(ended === undefined && event.name === 'promised' && promise === undefined);
          state = after(state, event);
          witness.see(event);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('says since when there is no connection only while there is none', () => {
    fc.assert(
      fc.property(anyEvents, (steps) => {
        let state = firstTransition.state;
        let since: number | undefined;
        for (const event of steps) {
          state = after(state, event);
          if (event.name === 'lost') since = event.since;
          if (event.name === 'open' || event.name === 'opening') since = undefined;
          if (state.name === 'closed') return;
          expect(viewOf(state).offlineSince).toBe(since);
        }
      }),
    );
  });
});
