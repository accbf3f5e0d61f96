import type { Draft, SaveDraft } from '../../contract/draft.ts';
import type { StreamAction } from '../../contract/policy.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { push } from '../platform/nudge.ts';
import { draftFrame } from '../realtime/drafts/draft-frame.ts';
import type { DraftPlace, Drafts } from '../realtime/drafts/draft-store.ts';
import { accessRoom } from '../streams/access-room.ts';

type DraftApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'log'> & { readonly drafts: Drafts };
type InRoom = { readonly cid: string };

/** Reads the caller's draft in a room. Throws `forbidden` for a room that the caller may not read. */
export async function readDraft(app: DraftApp, caller: UserCaller, { cid }: InRoom): Promise<Draft> {
  return app.drafts.find(await placeOf(app, caller, cid, 'read'));
}

/**
 * Saves the caller's draft, and tells their other devices. Throws `draft_conflict` with both drafts if the stored one has another revision
 * than the given one replaces, and `forbidden` or `stream_archived` where the caller may not post.
 */
export async function saveDraft(app: DraftApp, caller: UserCaller, { cid, revision, ...draft }: InRoom & SaveDraft): Promise<Draft> {
  const place = await placeOf(app, caller, cid, 'post');
  const saved = await app.drafts.save(place, draft, revision);
  if (!saved) throw await conflictWith(app, place, draft);
  await tell(app, place, saved);
  return saved;
}

/** Deletes the caller's draft, or only a revision of it. Throws `draft_conflict` if the stored one has another revision. */
export async function deleteDraft(app: DraftApp, caller: UserCaller, { cid, revision }: InRoom & { revision?: number }): Promise<void> {
  const place = await placeOf(app, caller, cid, 'read');
  const none = { text: '', mentions: [], replyTo: null, fileIds: [] };
  const deleted = await app.drafts.save(place, none, revision);
  if (!deleted) throw await conflictWith(app, place, none);
  await tell(app, place, deleted);
}

async function placeOf(app: Pick<App, 'db'>, caller: UserCaller, cid: string, action: StreamAction): Promise<DraftPlace> {
  const { stream } = await app.db.transaction(caller, (tx) => accessRoom(tx, caller, cid, action));
  return { workspaceId: caller.workspaceId, userId: caller.userId, streamId: stream.id };
}

async function conflictWith(app: DraftApp, place: DraftPlace, given: Omit<SaveDraft, 'revision'>): Promise<AppError> {
  const stored = await app.drafts.find(place);
  const detail = 'Another device saved it meanwhile. Choose one of the two, and save it over the revision that is stored.';
  return new AppError('draft_conflict', detail, { conflict: { stored, given } });
}

/** Tells the member's devices. A lost frame is made up for when they read the drafts again. */
async function tell(app: DraftApp, place: DraftPlace, draft: Draft): Promise<void> {
  const frame = draftFrame(place, draft);
  await push(app, [{ group: frame.room, message: { kind: 'notice', room: frame.room, frame } }]).catch((error: unknown) => {
    app.log.warn('A draft was not told', { streamId: place.streamId, error: error as Error });
  });
}
