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

/** Retention of a stream. Without one of its own it follows its parent, and then the workspace. */
export const StreamRetention = z
  .object({
    own: z
      .union([days, z.literal('for-ever')])
      .nullable()
      .describe('null: it has none of its own'),
    days: days.nullable().describe('Days after which messages are deleted here; null keeps them'),
  })
  .meta({ id: 'StreamRetention' });
export type StreamRetention = z.infer<typeof StreamRetention>;
export const SetStreamRetention = z
  .strictObject({ own: z.union([days, z.literal('for-ever')]).nullable() })
  .meta({ id: 'SetStreamRetention' });
