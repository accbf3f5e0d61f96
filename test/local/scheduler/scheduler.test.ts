import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { ScheduleDefinition } from '../../../local/definitions.ts';
import { parseExpression } from '../../../local/scheduler/expression.ts';
import { createScheduler } from '../../../local/scheduler/scheduler.ts';
import { accessFor, account, arnOf, functionArn, functionsOf, quietLog } from '../emulators.ts';

const sweep: ScheduleDefinition = {
  name: 'sweep',
  arn: arnOf('scheduler', 'schedule/default/sweep'),
  expression: 'rate(1 minute)',
  enabled: true,
  functionArn: functionArn('Sweep'),
};

afterEach(() => {
  jest.useRealTimers();
});

function start(schedule: Partial<ScheduleDefinition> = {}, handler: (event: unknown) => unknown = () => null) {
  const events: unknown[] = [];
  const functions = functionsOf({ Sweep: (event) => (events.push(event), handler(event)) });
  const log = quietLog();
  const scheduler = createScheduler({ account, schedules: [{ ...sweep, ...schedule }], functions, access: accessFor(), log });
  return { scheduler, events, log };
}

describe('the scheduler', () => {
  test('a rate runs at once and then every time it has passed', async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 21, 8, 0, 30), doNotFake: ['setImmediate', 'nextTick'] });
    const { scheduler, events } = start();
    scheduler.start();
    expect(events).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(events).toHaveLength(3);
    await scheduler.stop();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(events).toHaveLength(3);
    expect(events[1]).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-11-21T08:01:30Z',
      resources: [sweep.arn],
    });
  });

  test('a cron runs in the minutes that it names', async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 21, 8, 58, 10), doNotFake: ['setImmediate', 'nextTick'] });
    const { scheduler, events } = start({ expression: 'cron(0/30 9 * * ? *)', input: '{"at":"<aws.scheduler.scheduled-time>"}' });
    scheduler.start();
    await jest.advanceTimersByTimeAsync(3_600_000);
    await scheduler.stop();
    expect(events).toEqual([{ at: '2026-11-21T09:00:00Z' }, { at: '2026-11-21T09:30:00Z' }]);
  });

  test('a schedule that is off does not run by itself, but can be run', async () => {
    const { scheduler, events } = start({ enabled: false, input: '{"limit":5}' });
    scheduler.start();
    expect(events).toEqual([]);
    expect(await scheduler.runNow('sweep')).toMatchObject({ ok: true, payload: null });
    expect(events).toEqual([{ limit: 5 }]);
    await expect(scheduler.runNow('nothing')).rejects.toThrow('there is no schedule nothing');
    await scheduler.stop();
  });

  test('an invocation that fails is logged', async () => {
    const { scheduler, log } = start({}, () => {
      throw new Error('broken');
    });
    scheduler.start();
    await scheduler.stop();
    expect(log.lines).toEqual([expect.stringContaining('broken')]);
  });

  test('a role that may not invoke is refused', async () => {
    const { scheduler, events } = start({ accessKeyId: 'AKIAREFUSED' });
    expect(await scheduler.runNow('sweep')).toMatchObject({ ok: false, error: { errorType: 'AccessDeniedException' } });
    expect(events).toEqual([]);
  });
});

describe('expressions', () => {
  const due = (expression: string, time: string, timezone?: string) => {
    const timing = parseExpression(expression, timezone);
    if (!('isDue' in timing)) throw new Error('not a cron');
    return timing.isDue(new Date(`${time}:00Z`));
  };

  test.each([
    ['cron(0 8 ? * MON-FRI *)', '2026-11-20T08:00', true],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-21T08:00', false],
    ['cron(15,45 * * * ? *)', '2026-11-20T23:45', true],
    ['cron(0 0 L * ? *)', '2028-02-29T00:00', true],
    ['cron(0 0 L * ? *)', '2028-02-28T00:00', false],
    ['cron(0 0 1W * ? *)', '2026-08-03T00:00', true],
    ['cron(0 0 ? * 6#3 *)', '2026-11-20T00:00', true],
    ['cron(0 0 ? * 6#3 *)', '2026-11-13T00:00', false],
    ['cron(0 0 ? * FRIL *)', '2026-11-27T00:00', true],
    ['cron(0 0 ? JAN,NOV * 2026-2027)', '2026-11-20T00:00', true],
    ['cron(0 0 ? JAN,NOV * 2026-2027)', '2028-11-20T00:00', false],
    ['at(2026-11-20T08:30:00)', '2026-11-20T08:30', true],
    ['at(2026-11-20T08:30:00)', '2026-11-20T08:31', false],
  ])('%s at %s: %s', (expression, time, expected) => {
    expect(due(expression, time)).toBe(expected);
  });

  test('are read in their time zone', () => {
    expect(due('cron(0 8 * * ? *)', '2026-11-20T07:00', 'Europe/Berlin')).toBe(true);
    expect(due('cron(0 8 * * ? *)', '2026-07-20T06:00', 'Europe/Berlin')).toBe(true);
  });

  test('rates are in minutes, hours and days', () => {
    expect(parseExpression('rate(5 minutes)')).toEqual({ everyMilliseconds: 300_000 });
    expect(parseExpression('rate(1 day)')).toEqual({ everyMilliseconds: 86_400_000 });
  });

  test.each(['rate(0 minutes)', 'rate(5 seconds)', 'cron(0 8 * * * *)', 'cron(60 8 * * ? *)', 'cron(0 8 * ?)', 'at(tomorrow)', 'daily'])(
    '%s is refused',
    (expression) => {
      expect(() => parseExpression(expression)).toThrow('is not a schedule expression');
    },
  );
});
