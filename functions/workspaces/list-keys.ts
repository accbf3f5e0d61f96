import * as z from 'zod';
import type { ApiKey } from '../../contract/api-key.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import { listKeysAfter } from './key-store.ts';
import { accessKeys } from './keys.ts';
import type { KeyManager, KeysApp } from './keys.ts';

const Cursor = z.strictObject({ id: z.string() });

/** Returns a page of the workspace's API keys, newest first, without their secrets. */
export async function listKeys(
  app: KeysApp,
  caller: KeyManager,
  input: { limit: number; cursor?: string | undefined },
): Promise<{ items: ApiKey[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    await accessKeys(tx, caller);
    const found = await listKeysAfter(tx, { after, limit: input.limit + 1 });
    return cutPage(found, input.limit, ({ id }) => ({ id }));
  });
}
