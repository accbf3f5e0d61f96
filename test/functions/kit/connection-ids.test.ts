import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createConnectionIds } from '../../../functions/kit/connection-ids.ts';
import { Snowflakes, snowflakeEpochMs } from '../../../functions/kit/snowflake.ts';
import { startTestTable } from '../../support/dynamodb.ts';

describe('ids of simulated machines', () => {
  const clockOf = (nowMs: () => number) => ({ now: () => new Date(nowMs()) });

  test('grow on one worker, whatever its clock does, and are unique over workers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ worker: fc.nat(3), ms: fc.integer({ min: -5_000, max: 5_000 }), count: fc.integer({ min: 1, max: 5_000 }) }), {
          maxLength: 30,
        }),
        (steps) => {
          const makers = Array.from({ length: 4 }, () => new Snowflakes());
          const last = new Map<number, bigint>();
          const seen = new Set<bigint>();
          let nowMs = snowflakeEpochMs + 1_000_000;
          for (const { worker, ms, count } of steps) {
            nowMs += ms;
            for (let i = 0; i < count; i++) {
              const id = makers[worker]!.next(worker, nowMs);
              if (id <= (last.get(worker) ?? -1n) || seen.has(id)) return false;
              last.set(worker, id);
              seen.add(id);
            }
          }
          return true;
        },
      ),
      { numRuns: 40 },
    );
  });

  test('machines lease different numbers of workers, also one that wakes after its lease', async () => {
    const table = await startTestTable('connections');
    try {
      let nowMs = Date.UTC(2026, 10, 20);
      const clock = clockOf(() => nowMs);
      const machines = Array.from({ length: 60 }, () => createConnectionIds(table.client, 'connections', clock));
      const ids = async () => Promise.all(machines.map((machine) => machine.idOf(crypto.randomUUID(), new Date(nowMs + 3_600_000))));
      const workersOf = (all: readonly string[]) => all.map((id) => (BigInt(id) >> 12n) & 1_023n);
      const first = await ids();
      expect(new Set(workersOf(first)).size).toBe(machines.length);
      // All leases have ended; one machine comes back first and takes what is free.
      nowMs += 3_600_000;
      const late = await ids();
      expect(new Set(workersOf(late)).size).toBe(machines.length);
      expect(new Set([...first, ...late]).size).toBe(2 * machines.length);
    } finally {
      await table.stop();
    }
  });
});
