import * as z from 'zod';
import type { OwnerlessStream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { cutPage, readCursor } from '../../platform/cursor.ts';
import { AppError } from '../../platform/errors.ts';
import { accessMember } from '../access.ts';
import { listOwnerless } from './ownerless-store.ts';

const Cursor = z.strictObject({ id: z.string() });

/** Lists a page of the private streams that have no owner, for owners of the workspace. It tells nothing of their names and content. */
export async function listOwnerlessStreams(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: OwnerlessStream[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, cursor)?.id;
  return app.db.transaction(caller, async (tx) => {
    if ((await accessMember(tx, caller)) !== 'owner') throw new AppError('forbidden', 'Owners of the workspace recover streams.');
    const found = await listOwnerless(tx, { after, limit: limit + 1 });
    return cutPage(found, limit, ({ id }) => ({ id }));
  });
}
