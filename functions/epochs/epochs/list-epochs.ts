import * as z from 'zod';
import type { EpochPage } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { listEpochsBefore } from './epoch-store.ts';

const Cursor = z.strictObject({ before: z.int().min(1) });

/** Returns a page of the epochs of a stream, newest first. Keyset paging costs the same at any depth. */
export async function listEpochs(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: { streamId: string; limit: number; cursor?: string | undefined },
): Promise<EpochPage> {
  const before = readCursor(Cursor, input.cursor)?.before ?? Number.MAX_SAFE_INTEGER;
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'read');
    const { epochs, epochsRev } = await listEpochsBefore(tx, stream.id, { before, limit: input.limit + 1 });
    const items = epochs.slice(0, input.limit);
    const last = items.at(-1);
    return { items, nextCursor: epochs.length > items.length && last ? writeCursor({ before: last.firstSeq }) : null, epochsRev };
  });
}
