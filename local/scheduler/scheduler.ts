import { randomUUID } from 'node:crypto';
import type { ScheduleDefinition } from '../definitions.ts';
import type { Access, Account, Functions, Invocation, Log } from '../types.ts';
import { parseExpression } from './expression.ts';

/** Longest delay of a Node timer: 24.8 days. */
const maxTimer = 2_147_483_647;

export interface SchedulerOptions {
  readonly account: Account;
  readonly schedules: readonly ScheduleDefinition[];
  readonly functions: Functions;
  /** Permissions of schedules with a known role. */
  readonly access: Access;
  readonly log: Log;
}

export interface Scheduler {
  /** Starts the schedules. Rates invoke at once, as they do when AWS creates them. */
  start(): void;
  /** Invokes the function of a schedule now. */
  runNow(name: string): Promise<Invocation>;
  /** Stops; resolves when no invocation is in progress. */
  stop(): Promise<void>;
}

/** EventBridge Scheduler: timers that invoke functions. A failed invocation is logged and not retried. */
export function createScheduler({ account, schedules, functions, access, log }: SchedulerOptions): Scheduler {
  const plans = schedules.map((definition) => ({ definition, timing: parseExpression(definition.expression, definition.timezone) }));
  const timers: (() => void)[] = [];
  const running = new Set<Promise<void>>();

  const run = async (definition: ScheduleDefinition, at: Date): Promise<Invocation> => {
    const { accessKeyId, functionArn } = definition;
    const action = 'lambda:InvokeFunction';
    const decision = accessKeyId === undefined ? { allowed: true as const } : access.check(accessKeyId, action, functionArn);
    if (decision.allowed) return functions.invoke(functionArn, eventOf(definition, account, at));
    const errorMessage = `User: ${decision.principal} is not authorized to perform: ${action} on resource: ${functionArn} because ${decision.reason}`;
    return { ok: false, error: { errorType: 'AccessDeniedException', errorMessage } };
  };

  const runOnTime = (definition: ScheduleDefinition, at: Date): void => {
    const fields = { schedule: definition.name, functionArn: definition.functionArn };
    const work = run(definition, at)
      .then((invocation) => {
        if (invocation.ok) log('debug', 'a schedule ran', { ...fields, milliseconds: invocation.milliseconds });
        else log('warn', 'a scheduled invocation failed', { ...fields, ...invocation.error });
      })
      .catch((error: unknown) => log('error', 'a schedule could not run', { ...fields, error: String(error) }))
      .finally(() => running.delete(work));
    running.add(work);
  };

  return {
    start: () => {
      for (const { definition, timing } of plans) {
        if (!definition.enabled) continue;
        if ('isDue' in timing) timers.push(everyMinute((minute) => timing.isDue(minute) && runOnTime(definition, minute)));
        else {
          runOnTime(definition, new Date());
          const timer = setInterval(() => runOnTime(definition, new Date()), Math.min(timing.everyMilliseconds, maxTimer));
          timers.push(() => clearInterval(timer));
        }
      }
    },
    runNow: async (name) => {
      const definition = schedules.find((schedule) => schedule.name === name);
      if (!definition) throw new Error(`there is no schedule ${name}`);
      return run(definition, new Date());
    },
    stop: async () => {
      for (const end of timers.splice(0)) end();
      await Promise.all(running);
    },
  };
}

/** Calls once at the beginning of each minute, even when the machine is late. Returns a function that stops it. */
function everyMinute(call: (minute: Date) => void): () => void {
  const minuteOf = (time: number) => Math.floor(time / 60_000);
  let last = minuteOf(Date.now());
  let timer: NodeJS.Timeout;
  const plan = () => {
    timer = setTimeout(
      () => {
        const now = minuteOf(Date.now());
        if (now > last) call(new Date(now * 60_000));
        last = now;
        plan();
      },
      60_000 - (Date.now() % 60_000),
    );
  };
  plan();
  return () => clearTimeout(timer);
}

/** Event of a schedule: its own input with Scheduler's keywords filled in, or Scheduler's default event. */
function eventOf({ arn, input }: ScheduleDefinition, { accountId, region }: Account, at: Date): unknown {
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  const id = randomUUID();
  if (input === undefined) {
    const about = { id, 'detail-type': 'Scheduled Event', source: 'aws.scheduler', account: accountId, time, region };
    return { version: '0', ...about, resources: [arn], detail: '{}' };
  }
  const keywords = { 'schedule-arn': arn, 'scheduled-time': time, 'execution-id': id, 'attempt-number': '1' };
  const filled = Object.entries(keywords).reduce((text, [name, value]) => text.replaceAll(`<aws.scheduler.${name}>`, value), input);
  try {
    return JSON.parse(filled);
  } catch {
    throw new Error(`the input of the schedule ${arn} is not JSON`);
  }
}
