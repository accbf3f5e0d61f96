import * as z from 'zod';
import type { PersonRecord } from '../../../contract/retention.ts';
import type { App } from '../../platform/app.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { ApiKeyCaller, UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { AppError } from '../../platform/errors.ts';
import { accessOwner } from '../access-owner.ts';
import { lockPerson } from '../erasing/person-store.ts';
import { sections } from './person-record-store.ts';

const Cursor = z.strictObject({
  section: z.int().min(0).max(sections.length),
  after: z.array(z.union([z.string().max(64), z.int().min(0)])).max(2),
});
type Cursor = z.infer<typeof Cursor>;

/** Returns a page of what the workspace holds of a member. The first page is audited. */
export async function exportMember(
  app: Pick<App, 'db' | 'clock'>,
  caller: UserCaller | ApiKeyCaller,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string },
): Promise<{ items: PersonRecord[]; nextCursor: string | null }> {
  const start = readCursor(Cursor, cursor);
  return app.db.transaction(caller, async (tx) => {
    await accessOwner(tx, caller);
    if (!(await lockPerson(tx, userId))) throw new AppError('not_found', 'There is no such member in the workspace.');
    if (!start) recordAudit(tx, caller, { action: 'member.exported', subject: { kind: 'member', id: userId }, at: app.clock.now() });
    const items: PersonRecord[] = [];
    let place: Cursor = start ?? { section: 0, after: [] };
    for (let list = sections[place.section]; list && items.length < limit; list = sections[place.section]) {
      const wanted = limit - items.length;
      const found = await list(tx, { userId, after: place.after, limit: wanted });
      items.push(...found.map(({ record }) => record));
      const last = found.at(-1);
      place = found.length === wanted && last ? { ...place, after: [...last.key] } : { section: place.section + 1, after: [] };
    }
    return { items, nextCursor: place.section < sections.length ? writeCursor(place) : null };
  });
}
