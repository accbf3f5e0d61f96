import * as z from 'zod';
import type { StreamMember } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { cutPage, readCursor } from '../../platform/cursor.ts';
import { accessStream } from '../access.ts';
import { listMembersOf } from './member-store.ts';

/** Key of a member in a list by name, and its form in a cursor. */
export const MemberCursor = z.strictObject({ name: z.string(), id: z.string() });
export const memberKey = ({ user: { name, id } }: StreamMember): z.infer<typeof MemberCursor> => ({ name, id });

/** Lists a page of the members of a stream, by name. */
export async function listStreamMembers(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: { streamId: string; q?: string; limit: number; cursor?: string },
): Promise<{ items: StreamMember[]; nextCursor: string | null }> {
  const after = readCursor(MemberCursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    const found = await listMembersOf(tx, stream.id, { ...input, after, limit: input.limit + 1 });
    return cutPage(found, input.limit, memberKey);
  });
}
