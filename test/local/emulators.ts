import type { Access, Account, Functions, Invocation, Log } from '../../local/types.ts';
import { limit } from '../support/slowness.ts';

export const account: Account = { region: 'us-east-1', accountId: '000000000000' };
export const arnOf = (service: string, rest: string): string => `arn:aws:${service}:${account.region}:${account.accountId}:${rest}`;
export const functionArn = (name: string): string => arnOf('lambda', `function:${name}`);

/** Options of an SDK client for an emulator. */
export const clientOf = (endpoint: string, accessKeyId = 'AKIAALLOWED') => ({
  endpoint,
  region: account.region,
  maxAttempts: 1,
  credentials: { accessKeyId, secretAccessKey: 'not verified' },
});

export const refusedPrincipal = 'arn:aws:sts::000000000000:assumed-role/Refused/Refused';

/** Allows everything except for the key AKIAREFUSED, and records the questions. */
export function accessFor(): Access & { readonly questions: string[] } {
  const questions: string[] = [];
  return {
    questions,
    check(accessKeyId, action, resourceArn) {
      questions.push(`${accessKeyId} ${action} ${resourceArn}`);
      if (accessKeyId !== 'AKIAREFUSED') return { allowed: true };
      return { allowed: false, principal: refusedPrincipal, reason: `no identity-based policy allows the ${action} action` };
    },
  };
}

/** A log that keeps only warnings and errors. */
export function quietLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return Object.assign(
    ((level, message, fields) => {
      if (level === 'warn' || level === 'error') lines.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`);
    }) satisfies Log,
    { lines },
  );
}

type Handler = (event: never) => unknown;

/** Functions by name. A handler's exception becomes a function error, as in Lambda. */
export function functionsOf(handlers: Record<string, Handler>): Functions {
  return {
    async invoke(arn, event): Promise<Invocation> {
      const handler = handlers[arn.split(':').at(-1) as string];
      if (!handler) throw new Error(`there is no function ${arn}`);
      try {
        const payload = await handler(structuredClone(event) as never);
        return { ok: true, payload, milliseconds: 1 };
      } catch (error) {
        return { ok: false, error: { errorType: (error as Error).name, errorMessage: (error as Error).message } };
      }
    },
  };
}

/** Waits until a condition holds; the failure names the condition. */
export async function until(what: string, holds: () => boolean, milliseconds = limit(5_000)): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
