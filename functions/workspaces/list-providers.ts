import * as z from 'zod';
import type { Provider } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import { accessProviders } from './providers.ts';
import { listProvidersAfter } from './store.ts';

const Cursor = z.strictObject({ name: z.string() });

/** Returns a page of the workspace's providers, by name. */
export async function listProviders(
  app: Pick<App, 'db'>,
  caller: UserCaller | ApiKeyCaller,
  input: { limit: number; cursor?: string },
): Promise<{ items: Provider[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    await accessProviders(tx, caller, 'list');
    const found = await listProvidersAfter(tx, { after, limit: input.limit + 1 });
    return cutPage(found, input.limit, ({ name }) => ({ name }));
  });
}
