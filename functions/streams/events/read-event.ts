import type { EventVersion, StreamEvent } from '../../../contract/event.ts';
import { allows } from '../../../contract/policy.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { accessStream } from '../access.ts';
import { listVersionsOf } from './text-store.ts';
import { findEvent } from './event-store.ts';

interface Input {
  readonly streamId: string;
  readonly eventId: string;
}

/** Reads one event as the caller may see it. */
export async function readEvent(app: Pick<App, 'db'>, caller: UserCaller, input: Input): Promise<StreamEvent> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    const event = await findEvent(tx, caller.userId, stream.id, input.eventId);
    if (!event) throw new AppError('not_found', 'There is no such event in this stream.');
    return event;
  });
}

/** Lists the texts of an event before its edits, newest first; none for a deleted event. */
export async function listVersions(app: Pick<App, 'db'>, caller: UserCaller, input: Input): Promise<{ items: EventVersion[] }> {
  return app.db.transaction(caller, async (tx) => {
    const event = await accessVersions(tx, caller, input);
    return { items: event.deletedAt === null ? await listVersionsOf(tx, event.id) : [] };
  });
}

/** Finds an event whose earlier texts the caller may read and purge: the author's own, or any for managers of the stream. */
export async function accessVersions(tx: Transaction, caller: UserCaller, input: Input): Promise<StreamEvent> {
  const { stream } = await accessStream(tx, caller, input.streamId, 'read');
  const event = await findEvent(tx, caller.userId, stream.id, input.eventId);
  if (!event) throw new AppError('not_found', 'There is no such event in this stream.');
  if (event.actorId !== caller.userId && !allows(stream, 'readVersions'))
    throw new AppError('not_author', 'It was posted by someone else; owners and admins of the stream may read its history.');
  return event;
}
