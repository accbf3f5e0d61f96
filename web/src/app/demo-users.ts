import * as z from 'zod';

const Demo = z.object({
  workspaceId: z.string(),
  users: z.array(z.object({ id: z.string(), name: z.string(), token: z.string() })),
});
export type DemoUser = z.infer<typeof Demo>['users'][number];

/**
 * Reads the users that a laptop offers for sign-in. Retries while the local app seeds them, until `signal` aborts. Resolves to an empty
 * list elsewhere: a deployed Streambed has no such list.
 */
export async function fetchDemoUsers(signal: AbortSignal): Promise<DemoUser[]> {
  try {
    for (;;) {
      const response = await fetch('/local/demo.json', { signal, headers: { accept: 'application/json' } });
      const retryAfter = Number(response.headers.get('retry-after'));
      if (response.status === 503 && retryAfter > 0) await pause(retryAfter, signal);
      else return await readUsers(response);
    }
  } catch {
    return [];
  }
}

async function readUsers(response: Response): Promise<DemoUser[]> {
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return [];
  const demo = Demo.safeParse(await response.json());
  return demo.success ? demo.data.users : [];
}

/** Rejects as soon as `signal` aborts. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error('Nobody waits any more'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
  });
}
