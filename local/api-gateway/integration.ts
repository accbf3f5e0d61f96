import type { Functions, Invocation } from '../types.ts';

/** Invokes a function; undefined when the timeout passes. The function continues, and its late answer is dropped. */
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
  // An error of the runner itself counts as a failed invocation.
  const invocation = functions.invoke(functionArn, event).catch((error: unknown): Invocation => {
    return { ok: false, error: { errorType: 'NotInvoked', errorMessage: String(error) } };
  });
  return Promise.race([invocation, limit]).finally(() => clearTimeout(timer));
}
