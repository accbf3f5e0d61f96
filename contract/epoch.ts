import * as z from 'zod';
import { StreamEvent } from './event.ts';
import { EpochId, EventId, JobId, StreamId, UserId, WorkspaceId } from './ids.ts';
import { queryInteger } from './query.ts';
import { StreamType } from './stream.ts';
import { nameOf, storable } from './text.ts';

/**
 * The reason why an epoch closed. `gap`: a pause before the next message; `idle`: a pause without a next message; `drift`: the next message
 * is about another subject; `manual`: a member set a barrier; `size`: the epoch had too many messages.
 */
export const Barrier = z.enum(['gap', 'drift', 'manual', 'idle', 'size']).meta({ id: 'Barrier' });
export type Barrier = z.infer<typeof Barrier>;

/** A segment of a stream about one subject: the events at the positions from `firstSeq` to `lastSeq`. No two epochs overlap. */
export const Epoch = z
  .object({
    id: EpochId,
    streamId: StreamId,
    status: z.enum(['open', 'closed']).describe('Only the newest epoch of a stream can be open'),
    barrier: Barrier.nullable().describe('Why it closed; null while it is open'),
    firstSeq: z.int(),
    lastSeq: z.int(),
    messageCount: z.int(),
    label: z.string().nullable().describe('What it is about, in a few words; null while nobody knows yet'),
    labelSource: z.enum(['terms', 'model', 'member']).nullable().describe('Its most telling words, a model, or a member'),
    terms: z.array(z.string()).describe('Its most telling words, best first'),
    snippet: z.string().nullable().describe('How it begins'),
    openedAt: z.iso.datetime(),
    lastEventAt: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
    indexed: z.boolean().describe('Whether search and related find it as it is now'),
    rev: z.int().describe("The stream's `epochsRev` at its last change; its ETag"),
  })
  .meta({ id: 'Epoch' });
export type Epoch = z.infer<typeof Epoch>;

/** A page of epochs, newest first. `epochsRev` grows with each change of the epochs of the stream. */
export const EpochPage = z
  .object({ items: z.array(Epoch), nextCursor: z.string().nullable(), epochsRev: z.int() })
  .meta({ id: 'EpochPage' });
export type EpochPage = z.infer<typeof EpochPage>;

/** An epoch with its events, oldest first. `after` reads the further ones. */
export const EpochWithEvents = z
  .object({ epoch: Epoch, streamName: z.string().nullable(), streamType: StreamType, events: z.array(StreamEvent), hasMore: z.boolean() })
  .meta({ id: 'EpochWithEvents' });
export type EpochWithEvents = z.infer<typeof EpochWithEvents>;

/** A change of an epoch. A label of null makes memory choose the label again. */
export const UpdateEpoch = z.strictObject({ label: nameOf(80).nullable() }).meta({ id: 'UpdateEpoch' });
export const SplitEpoch = z
  .strictObject({ eventId: EventId.describe('The first event of the second part; not the first of the epoch') })
  .meta({ id: 'SplitEpoch' });
/** The result of a correction: both parts of a split, or the one epoch of a merge. */
export const CorrectedEpochs = z
  .object({ items: z.array(Epoch), removed: z.array(EpochId), epochsRev: z.int() })
  .meta({ id: 'CorrectedEpochs' });
export type CorrectedEpochs = z.infer<typeof CorrectedEpochs>;

export const SetBarrier = z
  .strictObject({ label: nameOf(80).optional().describe('What the epoch that begins here is about') })
  .meta({ id: 'SetBarrier' });
/** A barrier in a stream. Everything up to `afterSeq` belongs to the earlier epoch. */
export const BarrierSet = z.object({ afterSeq: z.int(), setBy: UserId, setAt: z.iso.datetime() }).meta({ id: 'BarrierSet' });
export type BarrierSet = z.infer<typeof BarrierSet>;

/** Settings for cutting a stream into epochs. */
export const MemorySettings = z
  .object({
    enabled: z.boolean().describe('Whether new messages are cut into epochs and remembered'),
    gapMinutes: z.int().describe('Nobody spoke for this long: the next message opens an epoch'),
    idleMinutes: z.int().describe('Nobody speaks for this long: the epoch closes'),
    maxMessages: z.int().describe('An epoch closes when it holds this many'),
    sensitivity: z.enum(['off', 'low', 'normal', 'high']).describe('How readily a change of subject is seen; off: never'),
  })
  .meta({ id: 'MemorySettings' });
export type MemorySettings = z.infer<typeof MemorySettings>;
export const defaultMemorySettings: MemorySettings = {
  enabled: true,
  gapMinutes: 30,
  idleMinutes: 30,
  maxMessages: 200,
  sensitivity: 'normal',
};
/** A change of at least one field. */
export const UpdateMemorySettings = z
  .strictObject({
    enabled: z.boolean().optional(),
    gapMinutes: z.int().min(1).max(10_080).optional(),
    idleMinutes: z.int().min(1).max(10_080).optional(),
    maxMessages: z.int().min(10).max(1_000).optional(),
    sensitivity: MemorySettings.shape.sensitivity.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), { error: 'give at least one field to change' })
  .meta({ id: 'UpdateMemorySettings' });
export type UpdateMemorySettings = z.infer<typeof UpdateMemorySettings>;

/**
 * Another epoch that an epoch or a text is related to. An epoch that was found automatically is an earlier one. `kind` leaves room for
 * documents.
 */
export const Related = z
  .object({
    kind: z.literal('epoch'),
    epochId: EpochId,
    streamId: StreamId,
    streamName: z.string().nullable(),
    streamType: StreamType,
    label: z.string().nullable(),
    snippet: z.string().nullable(),
    firstSeq: z.int(),
    lastSeq: z.int(),
    messageCount: z.int(),
    openedAt: z.iso.datetime(),
    lastEventAt: z.iso.datetime(),
    score: z.number().min(0).max(1).describe('How sure the link is, beside the other candidates; not a probability'),
    rejected: z.boolean().describe('A member said that it is not related'),
  })
  .meta({ id: 'Related' });
export type Related = z.infer<typeof Related>;

/** State of memory. `current`: everything is indexed; `behind`: epochs wait for the index; `off`: memory is disabled. */
export const MemoryState = z.enum(['current', 'behind', 'off']).meta({ id: 'MemoryState' });
export type MemoryState = z.infer<typeof MemoryState>;

/** Related items, best first. `epochId`: the epoch they are related to; null where there is none yet, or for a text. */
export const RelatedList = z
  .object({ epochId: EpochId.nullable(), items: z.array(Related), memory: MemoryState })
  .meta({ id: 'RelatedList' });
export type RelatedList = z.infer<typeof RelatedList>;

export const ListRelated = z.strictObject({
  text: storable.trim().max(2_000).optional().describe('What is being written: related to this, in place of the open epoch'),
  rejected: z.enum(['true', 'false']).default('false').describe('true: also what members said is not related').meta({ default: 'false' }),
  limit: queryInteger({ min: 1, max: 20 }).default(5).meta({ default: 5 }),
});
export type ListRelated = z.infer<typeof ListRelated>;

/** A search for epochs. `keyword` finds the words, `vector` finds the same meaning, `hybrid` finds both. */
export const MemoryQuery = z.strictObject({
  q: storable.trim().min(1).max(1_000),
  mode: z.enum(['keyword', 'vector', 'hybrid']).default('hybrid').meta({ default: 'hybrid' }),
  in: StreamId.optional(),
  before: z.iso.datetime({ offset: true }).optional(),
  after: z.iso.datetime({ offset: true }).optional(),
  limit: queryInteger({ min: 1, max: 1_000 }).default(20).meta({ default: 20 }),
});
export type MemoryQuery = z.infer<typeof MemoryQuery>;

/** An epoch that was found. In its excerpt, matches stand between U+0002 and U+0003. */
export const MemoryHit = z
  .object({
    kind: z.literal('epoch'),
    epoch: Epoch,
    streamName: z.string().nullable(),
    streamType: StreamType,
    score: z.number(),
    highlights: z.array(z.object({ eventId: EventId, seq: z.int(), text: z.string() })),
  })
  .meta({ id: 'MemoryHit' });
export type MemoryHit = z.infer<typeof MemoryHit>;
export const MemoryHits = z
  .object({ items: z.array(MemoryHit), mode: MemoryQuery.shape.mode, memory: MemoryState })
  .meta({ id: 'MemoryHits' });
export type MemoryHits = z.infer<typeof MemoryHits>;

/** A job over a whole workspace. `done` of `total` epochs are finished. */
export const MemoryJob = z
  .object({
    id: JobId,
    kind: z.enum(['reindex', 're-embed']),
    status: z.enum(['running', 'done', 'failed']),
    done: z.int(),
    total: z.int(),
    detail: z.string().nullable().describe('What holds it up, or why it failed'),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'MemoryJob' });
export type MemoryJob = z.infer<typeof MemoryJob>;

/** State of a workspace's memory, with its embedding model and its index. */
export const MemoryStatus = z
  .object({
    workspaceId: WorkspaceId,
    state: MemoryState,
    embedder: z.object({
      model: z.string(),
      dimension: z.int(),
      isOffline: z.boolean().describe('Made on the machine itself, from words alone: it knows no meanings'),
    }),
    streamsBehind: z.int().describe('Streams with events that no epoch holds yet; counted up to 1,000'),
    epochsWaiting: z.int().describe('Closed epochs that the index does not hold as they are; counted up to 1,000'),
    waitingSince: z.iso.datetime().nullable(),
    epochCount: z.int(),
    associations: z.object({ version: z.int(), trust: z.number(), learnedAt: z.iso.datetime() }).nullable(),
    job: MemoryJob.nullable().describe('The newest'),
  })
  .meta({ id: 'MemoryStatus' });
export type MemoryStatus = z.infer<typeof MemoryStatus>;
