import type { StreamAction } from '../../../contract/policy.ts';
import type { Stream, UpdateStream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { recordAudit } from '../../platform/audit.ts';
import { AppError } from '../../platform/errors.ts';
import { withAccessChange, withOutbox } from '../../platform/outbox.ts';
import type { AccessApp, AccessTransaction, OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream, requireAllowed, requireMayNarrow, requireMayWiden } from '../access.ts';
import { announceStream } from './announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp, EventToAppend } from '../events/append.ts';
import { chooseSlug, nameTaken, publicSlug } from './choose-slug.ts';
import { cutAccess, listDescendants } from './descendant-store.ts';
import { revokeFormerReaders } from './revoke-readers.ts';
import { unfollowHidden } from '../members/unfollow-hidden.ts';
import { withdrawHidden } from '../mentions/notify.ts';
import { findStream, findStreams, updateSettings } from './stream-store.ts';
import type { StreamSettings } from './stream-store.ts';
import type { StreamForCaller } from '../stream.ts';

type Change = UpdateStream & { ifMatch?: number };
type UpdateApp = AppendApp & AccessApp;

/** Changes settings of a stream. Each change appends an event, and everyone who sees the stream gets the new settings. */
export async function updateStream(app: UpdateApp, caller: UserCaller, input: Change & { streamId: string }): Promise<Stream> {
  if (input.visibility === undefined) return withOutbox(app, caller, (tx) => changeStream(app, tx, caller, input));
  return withAccessChange(app, caller, (tx) => changeStream(app, tx, caller, input, tx));
}

/** Changes settings in the transaction; `access` is the same one where it may take access away. */
async function changeStream(
  app: UpdateApp,
  tx: OutboxTransaction,
  caller: UserCaller,
  input: Change & { streamId: string },
  access?: AccessTransaction,
): Promise<Stream> {
  const found = await accessStream(tx, caller, input.streamId, 'read');
  const change = realChange(found.stream, input);
  checkFields(found.stream, change);
  // Unarchiving allows further changes in the same request.
  const open = { ...found, stream: { ...found.stream, archivedAt: null } };
  const isBack = change.status === 'active';
  for (const action of actionsFor(found.stream, change)) requireAllowed(isBack ? open : found, action);
  await requireMayRevise(tx, caller, found, change.visibility);
  if (Object.keys(change).length === 0) return found.stream;
  const settings = await settingsFor(app, tx, caller, found, change);
  if (!(await updateSettings(tx, found.stream.id, settings, input.ifMatch))) {
    if (input.ifMatch === undefined) throw nameTaken(input);
    throw new AppError('precondition_failed', `Its settings are at ${found.stream.rev} now, or its name was taken at the same moment.`);
  }
  if (access && change.visibility !== undefined) await cutReaders(access, found, change.visibility);
  const actor = { id: caller.userId, name: found.caller.name };
  const moved = change.slug === undefined && change.name === undefined ? settings.slug : undefined;
  for (const event of eventsFor(found.stream, change, moved)) await append(app, tx, found.stream, actor, { ...event, evenArchived: true });
  const updated = await findStream(tx, caller.userId, found.stream.id);
  if (!updated) throw new Error(`The stream ${found.stream.id} is gone`);
  // Readers who lose the stream get the new visibility only, which removes it from their lists. Its members get the other changes.
  const hidden = { ...found.stream, visibility: updated.stream.visibility };
  const losesReaders = found.isPublic || found.stream.visibility === 'inherit';
  if (losesReaders && change.visibility === 'private')
    await announceStream(app, tx, caller.userId, 'updated', { ...found, stream: hidden });
  await announceStream(app, tx, caller.userId, change.status === 'archived' ? 'archived' : 'updated', updated);
  if (change.visibility !== undefined) await announceBelow(app, tx, caller, found.stream.id);
  if (access && change.visibility !== undefined) {
    const details = { from: found.stream.visibility, to: change.visibility };
    const subject = { kind: 'stream', id: found.stream.id } as const;
    recordAudit(tx, caller, { action: 'stream.visibility_changed', subject, details, at: app.clock.now() });
    await unfollowHidden(app, access, caller.userId, { streamId: found.stream.id });
    await withdrawHidden(app, tx, caller.userId, { streamId: found.stream.id });
  }
  return updated.stream;
}

/** Checks the right to a new visibility of a stream that branched off another. */
async function requireMayRevise(
  tx: OutboxTransaction,
  caller: UserCaller,
  found: StreamForCaller,
  visibility: string | undefined,
): Promise<void> {
  const { parentStreamId } = found.stream;
  const widens = visibility === 'public' && !found.isPublic;
  if (parentStreamId === null || (visibility !== 'private' && !widens)) return;
  const parent = await findStream(tx, caller.userId, parentStreamId);
  if (widens) requireMayWiden(parent);
  else requireMayNarrow(parent);
}

/** Archives the stream; archiving it again changes nothing. */
export async function archiveStream(app: UpdateApp, caller: UserCaller, input: { streamId: string }): Promise<Stream> {
  return updateStream(app, caller, { ...input, status: 'archived' });
}

/** Fields of the change that differ from the stream. */
function realChange(stream: Stream, input: Change): UpdateStream {
  const { name, slug, visibility, status, severity } = input;
  const description = input.description === undefined ? undefined : input.description || null;
  return {
    ...(name !== undefined && name !== stream.name && { name }),
    ...(slug !== undefined && slug !== stream.slug && { slug }),
    ...(description !== undefined && description !== stream.description && { description }),
    ...(visibility !== undefined && visibility !== stream.visibility && { visibility }),
    ...(status !== undefined && status !== stream.status && { status }),
    ...(severity !== undefined && severity !== stream.severity && { severity }),
  };
}

function actionsFor(stream: Stream, change: UpdateStream): StreamAction[] {
  const actions: StreamAction[] = [];
  // Unarchiving is possible together with other changes.
  if (change.status === 'archived' || (change.status !== undefined && stream.status === 'archived')) actions.push('archive');
  if (change.name !== undefined || change.slug !== undefined) actions.push('rename');
  if (change.description !== undefined) actions.push('describe');
  if (change.visibility !== undefined) actions.push('setVisibility');
  if (change.severity !== undefined || (change.status !== undefined && [change.status, stream.status].includes('resolved'))) {
    if (change.status !== 'archived') actions.push('resolve');
  }
  return actions;
}

function checkFields(stream: Stream, change: UpdateStream): void {
  const only = (path: string, message: string): never => {
    throw new AppError('wrong_stream_type', `body.${path}: ${message}`, { errors: [{ path: `body.${path}`, message }] });
  };
  if (change.severity !== undefined && stream.streamType !== 'incident') only('severity', 'is for incidents');
  if (change.status === 'resolved' && stream.streamType !== 'incident') only('status', 'resolved is for incidents');
  if (change.slug !== undefined && stream.streamType === 'thread') only('slug', 'is for what stands by itself; promote the thread first');
}

async function settingsFor(
  app: AppendApp,
  tx: OutboxTransaction,
  caller: UserCaller,
  { stream }: StreamForCaller,
  change: UpdateStream,
): Promise<StreamSettings> {
  const { name, slug, description, visibility, status, severity } = change;
  const wanted = { name: name ?? stream.name ?? '', streamId: stream.id, ...(slug !== undefined && { slug }) };
  // A thread may have a name, but no slug.
  const isNamed = (name !== undefined || slug !== undefined) && stream.streamType !== 'thread';
  return {
    ...(name !== undefined && { name }),
    ...(isNamed && { slug: await chooseSlug(tx, caller, wanted) }),
    // Readers of the public stream with the same slug had no part in it: the newcomer among them gets the number.
    ...(!isNamed && visibility === 'public' && { slug: await publicSlug(tx, stream) }),
    ...(description !== undefined && { description }),
    ...(visibility !== undefined && { visibility, accessIds: [stream.id] }),
    ...(status !== undefined && { status, archivedAt: status === 'archived' ? app.clock.now() : null }),
    ...(severity !== undefined && { severity }),
  };
}

/** Cuts access to the stream's own members, or everyone if it is public, and ends the subscriptions of others. */
async function cutReaders(tx: AccessTransaction, found: StreamForCaller, visibility: string): Promise<void> {
  await cutAccess(tx, found.stream.id);
  await revokeFormerReaders(tx, found, visibility);
}

/** Announces the descendants that inherit their readers from here, because their readers changed too. Threads are left out. */
async function announceBelow(app: AppendApp, tx: OutboxTransaction, caller: UserCaller, streamId: string): Promise<void> {
  const below = await listDescendants(tx, streamId);
  if (below.length === 0) return;
  for (const child of await findStreams(tx, caller.userId, below)) {
    if (child.stream.streamType !== 'thread') await announceStream(app, tx, caller.userId, 'updated', child);
  }
}

/** Makes one event for each changed setting. `slug`: the one that the stream got with its new visibility. */
function eventsFor(stream: Stream, change: UpdateStream, slug: string | null | undefined): EventToAppend[] {
  const { name, description, visibility, status, severity } = change;
  const changed = (field: string, from: string | null, to: string | null | undefined): EventToAppend[] =>
    to === undefined ? [] : [{ eventType: 'system', payload: { kind: `${field}_changed`, from, to } }];
  return [
    ...(name === undefined ? [] : [{ eventType: 'renamed', payload: { from: stream.name, to: name } }]),
    ...changed('description', stream.description, description),
    ...changed('visibility', stream.visibility, visibility),
    ...changed('slug', stream.slug, slug === stream.slug ? undefined : slug),
    ...changed('severity', stream.severity, severity),
    ...(status === undefined ? [] : [{ eventType: statusEvent(stream, status), payload: { from: stream.status, to: status } }]),
  ];
}

function statusEvent(stream: Stream, status: string): string {
  if (status === 'archived') return 'archived';
  if (status === 'resolved') return 'resolved';
  return stream.status === 'archived' ? 'unarchived' : 'reopened';
}
