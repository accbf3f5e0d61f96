import type { Functions, Invocation } from '../types.ts';

/** Invokes a function; undefined when it does not answer in time (it is not stopped, and what it answers later is dropped). */
export async function invokeWithin(
  functions: Functions,
  functionArn: string,
  event: unknown,
  milliseconds: number,
): Promise<Invocation | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  // What the runner itself cannot do is a failed invocation to the caller.
  const invocation = functions.invoke(functionArn, event).catch((error: unknown): Invocation => {
    return { ok: false, error: { errorType: 'NotInvoked', errorMessage: String(error) } };
  });
  return Promise.race([invocation, limit]).finally(() => clearTimeout(timer));
}
