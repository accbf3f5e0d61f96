import * as z from 'zod';
import type { Erasure } from '../../../contract/retention.ts';
import type { App } from '../../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { AppError } from '../../platform/errors.ts';
import { accessOwner } from '../access-owner.ts';
import { findErasure, listErasuresBefore } from './erasure-store.ts';

type Manager = UserCaller | ApiKeyCaller;
const Cursor = z.strictObject({ before: z.string().max(64) });

/** Lists the erasures of the workspace, the newest first. */
export async function listErasures(
  app: Pick<App, 'db'>,
  caller: Manager,
  input: { limit: number; cursor?: string },
): Promise<{ items: Erasure[]; nextCursor: string | null }> {
  return app.db.transaction(caller, async (tx) => {
    await accessOwner(tx, caller);
    const items = await listErasuresBefore(tx, readCursor(Cursor, input.cursor)?.before, input.limit);
    const last = items.at(-1);
    return { items, nextCursor: last && items.length === input.limit ? writeCursor({ before: last.id }) : null };
  });
}

/** Reads the progress and the report of an erasure. */
export async function readErasure(app: Pick<App, 'db'>, caller: Manager, input: { jobId: string }): Promise<Erasure> {
  return app.db.transaction(caller, async (tx) => {
    await accessOwner(tx, caller);
    const erasure = await findErasure(tx, input.jobId);
    if (!erasure) throw new AppError('not_found');
    return erasure;
  });
}
