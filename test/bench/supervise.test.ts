import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Figure, Line } from '../../bench/support/figures.ts';
import { superviseBenches } from '../../bench/support/supervise.ts';
import type { Assignment, Outcome } from '../../bench/support/supervise.ts';

const urlOf = (file: string) => new URL(`benches/${file}.ts`, import.meta.url).href;
const task = (file: string, deadlineSeconds: number, ...args: string[]): Assignment => ({
  name: file,
  url: urlOf(file),
  args,
  deadlineSeconds,
});

/** Processes with `mark` in their environment, including those that left their parent's process group. */
function markedProcesses(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TEST_PROCESS_MARK=${mark}`);
    } catch {
      return false;
    }
  });
}

async function supervise(assignments: readonly Assignment[], options: { together?: boolean; signal?: AbortSignal; onLine?(): void } = {}) {
  const lines: Line[] = [];
  const outcomes: Outcome[] = [];
  const result = await superviseBenches(assignments, {
    form: 'full',
    together: options.together ?? false,
    onLine: (line) => {
      lines.push(line);
      options.onLine?.();
    },
    onOutcome: (outcome) => outcomes.push(outcome),
    ...(options.signal && { signal: options.signal }),
  });
  expect(result).toEqual(outcomes);
  return { lines, outcomes };
}

/** True while the system knows the process. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Supervises a bench that never ends, and waits until all its processes have ended. Returns the reason and the number of processes that
 * it had started.
 */
async function superviseEndless({
  deadlineSeconds,
  args = [],
  signal,
  onLine,
}: {
  deadlineSeconds: number;
  args?: string[];
  signal?: AbortSignal;
  onLine?(): void;
}) {
  const mark = randomUUID();
  let started = 0;
  const { outcomes, lines } = await supervise([task('endless', deadlineSeconds, '--mark', mark, ...args), task('short', 30)], {
    ...(signal && { signal }),
    onLine: () => {
      started ||= markedProcesses(mark).length;
      onLine?.();
    },
  });
  const pid = lines.find((line) => line.bench === 'endless' && 'figure' in line) as Figure;
  // A killed process is there until its parent has collected it, which takes a moment on a busy machine.
  while (isThere(pid.value) || markedProcesses(mark).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return { outcomes, started };
}

describe('a bench that waits for what never comes', () => {
  test('ends at its deadline, says what it waited for, and leaves no process; the next one runs', async () => {
    const waits = superviseEndless({ deadlineSeconds: 15 });
    const blocks = superviseEndless({ deadlineSeconds: 15, args: ['--blocks'] });
    const { outcomes, started } = await waits;
    expect(outcomes.map(({ bench, status }) => [bench, status])).toEqual([
      ['endless', 'failed'],
      ['short', 'done'],
    ]);
    expect(outcomes[0]?.reason).toBe(
      'it was not done after 15 s: it waited for a text that is never sent, after the figure "process of the bench"',
    );
    // Qdrant, the server and its watcher: proves that the count finds the processes which must end.
    expect(started).toBeGreaterThanOrEqual(3);
    expect((await blocks).outcomes[0]?.reason).toBe(
      'it was not done after 15 s: its event loop was blocked, after the figure "process of the bench"',
    );
  }, 120_000);

  test('and is interrupted ends with the app that it started, and the next one does not begin', async () => {
    const interrupt = new AbortController();
    const { outcomes } = await superviseEndless({
      deadlineSeconds: 120,
      args: ['--app'],
      signal: interrupt.signal,
      onLine: () => interrupt.abort(),
    });
    expect(outcomes).toMatchObject([{ bench: 'endless', status: 'failed' }]);
    expect(outcomes[0]?.reason).toMatch(/^it was interrupted: it waited for a text that is never sent/);
  }, 180_000);
});

describe('the benches after one that fails', () => {
  test('run, whether it throws, dies or lacks its data, each in a process of its own', async () => {
    const broken = ['throws', 'dies', 'lacks data'].map((how) => task('broken', 30, '--how', how));
    const { outcomes, lines } = await supervise([...broken, task('short', 30, '--count', '2')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'failed', 'no data', 'done']);
    expect(outcomes[0]?.reason).toMatch(/^Error: The peer answers otherwise/);
    expect(outcomes[1]?.reason).toBe('its process ended with SIGKILL');
    expect(outcomes[2]?.reason).toBe('There is nothing to measure with');
    expect(lines).toEqual([{ bench: 'short', figure: 'count', value: 2, unit: '', must: '<= 2', holds: true }]);
  }, 60_000);

  test('run in another process, when they shared the one that died', async () => {
    const tasks = [task('short', 30), task('broken', 30), task('broken', 30, '--how', 'dies'), task('short', 30, '--count', '3')];
    const { outcomes, lines } = await supervise(tasks, { together: true });
    expect(outcomes.map(({ bench, status }) => [bench, status])).toEqual([
      ['short', 'done'],
      ['broken', 'failed'],
      ['broken', 'failed'],
      ['short', 'done'],
    ]);
    expect(lines).toMatchObject([{ value: 1 }, { value: 3, holds: false }]);
  }, 60_000);
});
