import type { Faults } from './faults.ts';
import type { Lines, PartLine } from './import-ids.ts';
import type { Known } from './import-store.ts';

type UserReference = readonly [at: number, field: string, userId: string | null];

/** Lists every field that names a user. */
function* userReferences(lines: Lines): Generator<UserReference> {
  for (const { at, record } of lines.stream) {
    yield [at, 'createdBy', record.createdBy];
    yield [at, 'promotedBy', record.promotedBy];
    for (const [i, id] of (record.dmMemberIds ?? []).entries()) yield [at, `dmMemberIds.${i}`, id];
    for (const [i, id] of record.recentActorIds.entries()) yield [at, `recentActorIds.${i}`, id];
  }
  for (const { at, record } of lines.event) {
    yield [at, 'actorId', record.actorId];
    yield [at, 'pinnedBy', record.pinnedBy];
    yield [at, 'file.uploadedBy', record.file?.uploadedBy ?? null];
    for (const [i, id] of record.mentionedIds.entries()) if (id !== '@here') yield [at, `mentionedIds.${i}`, id];
  }
  for (const { at, record } of lines.version) yield [at, 'editedBy', record.editedBy];
  for (const { at, record } of lines.reactions)
    for (const [i, { userId }] of record.reactions.entries()) yield [at, `reactions.${i}.userId`, userId];
  for (const { at, record } of lines.votes) for (const [i, { userId }] of record.votes.entries()) yield [at, `votes.${i}.userId`, userId];
  for (const { at, record } of lines.stream_member) yield [at, 'userId', record.userId];
}

/** Ids of the users that lines refer to. */
export const usersIn = (lines: Lines): Set<string> =>
  new Set([...userReferences(lines)].flatMap(([, , userId]) => (userId === null ? [] : [userId])));

export function checkUsers(lines: Lines, known: Known, faults: Faults): void {
  for (const [at, field, userId] of userReferences(lines)) faults.check(known.users, at, field, userId, 'a member');
}

/** Ids of the streams that lines refer to or define. */
export const streamsIn = (lines: Lines): Set<string> =>
  new Set([
    ...lines.stream.map(({ record }) => record.id),
    ...[...lines.event, ...lines.stream_member, ...lines.stream_end].map(({ record }) => record.streamId),
    ...lines.stream_end.flatMap(({ record }) => record.parentStreamId ?? []),
  ]);

export function checkStreams(lines: Lines, known: Known, faults: Faults): void {
  for (const { at, record } of lines.stream) {
    if (known.streams.has(record.id)) continue;
    const field = record.dmMemberIds === null ? 'idempotencyKey' : 'dmMemberIds';
    faults.add(at, field, 'is taken by another stream of the workspace');
  }
  for (const { at, record } of [...lines.event, ...lines.stream_member, ...lines.stream_end] as const)
    faults.check(known.streams, at, 'streamId', record.streamId, 'a stream');
  for (const { at, record } of lines.stream_end) faults.check(known.streams, at, 'parentStreamId', record.parentStreamId, 'a stream');
}

/** Ids of the providers that events refer to or lines define. */
export const providersIn = (lines: Lines): Set<string> =>
  new Set([...lines.provider.map(({ record }) => record.id), ...lines.event.flatMap(({ record }) => record.providerId ?? [])]);

export function checkProviders(lines: Lines, known: Known, faults: Faults): void {
  for (const { at, record } of lines.provider)
    if (!known.providers.has(record.id)) faults.add(at, 'name', 'is taken by another provider of the workspace');
  for (const { at, record } of lines.event) faults.check(known.providers, at, 'providerId', record.providerId, 'a provider');
}

/** Ids of the events that lines refer to or define. */
export const eventsIn = (lines: Lines): Set<string> =>
  new Set([
    ...lines.event.flatMap(({ record }) => [record.id, ...(record.sharedRef ? [record.sharedRef.originalEventId] : [])]),
    ...partsOf(lines).map(({ record }) => record.eventId),
    ...lines.stream_end.flatMap(({ record }) => record.branchedFromEventId ?? []),
  ]);

const partsOf = (lines: Lines): PartLine[] => [...lines.version, ...lines.reactions, ...lines.votes];

export function checkEvents(lines: Lines, known: Known, faults: Faults): void {
  for (const { at, record } of lines.event) {
    if (!known.events.has(record.id))
      faults.add(at, 'seq', 'or changedSeq, or clientEventId with actorId, is taken by another event of the stream');
    faults.check(known.events, at, 'sharedRef.originalEventId', record.sharedRef?.originalEventId ?? null, 'an event');
  }
  for (const { at, record } of partsOf(lines)) faults.check(known.events, at, 'eventId', record.eventId, 'an event');
  for (const { at, record } of lines.votes) {
    const options = known.events.get(record.eventId)?.optionIds;
    for (const [i, { optionId }] of record.votes.entries())
      if (options !== undefined && !options.includes(optionId)) faults.add(at, `votes.${i}.optionId`, 'is no option of the poll');
  }
  for (const { at, record } of lines.stream_end) {
    const { branchedFromEventId: root, parentStreamId } = record;
    if (root === null) continue;
    faults.check(known.events, at, 'branchedFromEventId', root, 'an event');
    const found = known.events.get(root);
    if (found !== undefined && found.streamId !== parentStreamId)
      faults.add(at, 'branchedFromEventId', 'must be an event of the stream parentStreamId');
  }
}
