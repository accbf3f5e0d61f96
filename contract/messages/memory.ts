import * as z from 'zod';

const workspaceId = z.string();

/** A stream with events to cut into epochs. A nudge names a place and has no data: it may come twice, late, and in any order. */
export const EpochsMessage = z.object({ kind: z.literal('stream'), workspaceId, streamId: z.string() });
export type EpochsMessage = z.infer<typeof EpochsMessage>;

/** Work that needs an embedding or the index. The worker reads the current state, so repeating a message changes nothing. */
export const EmbeddingsMessage = z.discriminatedUnion('kind', [
  /** An epoch closed or changed: it is labelled, embedded, indexed and linked. `attempt` counts from 0. */
  z.object({ kind: z.literal('epoch'), workspaceId, epochId: z.string(), attempt: z.int() }),
  /** An epoch was removed: the index deletes it. */
  z.object({ kind: z.literal('forget'), workspaceId, epochId: z.string() }),
  /** An open epoch has grown: the room gets its related items. */
  z.object({ kind: z.literal('open'), workspaceId, epochId: z.string() }),
  /** Epochs of the workspace wait for the index. Each message takes a batch, oldest first, until none waits. */
  z.object({ kind: z.literal('waiting'), workspaceId, attempt: z.int() }),
  /** The next step of a job. */
  z.object({ kind: z.literal('job'), workspaceId, jobId: z.string() }),
  /** Access to a stream has changed: the index is updated. */
  z.object({ kind: z.literal('access'), workspaceId, streamId: z.string() }),
]);
export type EmbeddingsMessage = z.infer<typeof EmbeddingsMessage>;
