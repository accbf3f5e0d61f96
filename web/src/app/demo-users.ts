import * as z from 'zod';

const Demo = z.object({
  workspaceId: z.string(),
  users: z.array(z.object({ id: z.string(), name: z.string(), token: z.string() })),
});
export type DemoUser = z.infer<typeof Demo>['users'][number];

/** The people one can sign in as on a laptop. A deployed Streambed has no such list. */
export async function fetchDemoUsers(signal: AbortSignal): Promise<DemoUser[]> {
  try {
    const response = await fetch('/local/demo.json', { signal, headers: { accept: 'application/json' } });
    if (!response.ok || !response.headers.get('content-type')?.includes('json')) return [];
    const demo = Demo.safeParse(await response.json());
    return demo.success ? demo.data.users : [];
  } catch {
    return [];
  }
}
