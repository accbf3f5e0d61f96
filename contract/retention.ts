import * as z from 'zod';
import { JobId } from './ids.ts';

/** Handling of the messages of an erased member: deleted, or kept without their author. */
export const MessagesOfErased = z.enum(['delete', 'keep-anonymous']).meta({ id: 'MessagesOfErased' });

export const EraseMember = z.strictObject({ messages: MessagesOfErased }).meta({ id: 'EraseMember' });
export type EraseMember = z.infer<typeof EraseMember>;

/** Name that stands for an erased member. */
export const erasedName = 'Deleted member';

/** The erasure of a member: a job with its progress, and counts of what it changed. */
export const Erasure = z
  .object({
    id: JobId,
    status: z.enum(['running', 'done', 'failed']),
    messages: MessagesOfErased,
    done: z.int().describe('Positions of logs that were searched'),
    total: z.int(),
    detail: z.string().nullable().describe('What holds it up'),
    report: z.record(z.string(), z.int()).describe('Counts of what was deleted or lost its author, by kind'),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Erasure' });
export type Erasure = z.infer<typeof Erasure>;

const days = z.int().min(1).max(36_500);

/** Retention of the workspace: messages are deleted after so many days; null keeps them. */
export const Retention = z.object({ days: days.nullable() }).meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;
export const SetRetention = z.strictObject({ days: days.nullable().describe('null keeps messages for ever') }).meta({ id: 'SetRetention' });

const ownDays = z.int().min(0).max(36_500);

/** Retention of a stream. Without one of its own it follows its parent, and then the workspace. */
export const StreamRetention = z
  .object({
    own: ownDays.nullable().describe('null: it has none of its own; 0 keeps messages for ever'),
    days: days.nullable().describe('Days after which messages are deleted here; null keeps them'),
  })
  .meta({ id: 'StreamRetention' });
export type StreamRetention = z.infer<typeof StreamRetention>;
export const SetStreamRetention = z.strictObject({ own: ownDays.nullable() }).meta({ id: 'SetStreamRetention' });

/** One line of the export of a person. Times are in ISO 8601. */
export const PersonRecord = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('profile'),
      userId: z.string(),
      name: z.string(),
      email: z.string().nullable(),
      role: z.string(),
      joinedAt: z.string(),
      removedAt: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('membership'),
      streamId: z.string(),
      streamName: z.string().nullable(),
      role: z.string(),
      joinedAt: z.string(),
      leftAt: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('message'),
      eventId: z.string(),
      streamId: z.string(),
      seq: z.int(),
      eventType: z.string(),
      text: z.string().describe('The words of the message; question and options of a poll; name of a file; comment on a shared event'),
      payload: z.record(z.string(), z.unknown()).nullable(),
      versions: z.array(z.string()).describe('Texts before the edits, oldest first'),
      createdAt: z.string(),
      editedAt: z.string().nullable(),
      deletedAt: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('file'),
      fileId: z.string(),
      streamId: z.string(),
      name: z.string(),
      mediaType: z.string(),
      sizeBytes: z.int(),
      createdAt: z.string(),
    }),
    z.object({ kind: z.literal('reaction'), eventId: z.string(), emoji: z.string(), at: z.string() }),
    z.object({ kind: z.literal('vote'), pollId: z.string(), optionId: z.string(), at: z.string() }),
  ])
  .meta({ id: 'PersonRecord' });
export type PersonRecord = z.infer<typeof PersonRecord>;
