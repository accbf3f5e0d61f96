import * as z from 'zod';

const workspaceId = z.string();

/** Where something is to be cut into epochs: a nudge says where to look, never what there is. It may come twice, late, and in any order. */
export const EpochsMessage = z.object({ kind: z.literal('stream'), workspaceId, streamId: z.string() });
export type EpochsMessage = z.infer<typeof EpochsMessage>;

/** What takes an embedding or the index. Everything is read as it is then, so repeating one changes nothing. */
export const EmbeddingsMessage = z.discriminatedUnion('kind', [
  /** An epoch closed, or what it holds has changed: it is labelled, embedded, indexed and linked. `attempt` counts from 0. */
  z.object({ kind: z.literal('epoch'), workspaceId, epochId: z.string(), attempt: z.int() }),
  /** An epoch is no more: the index forgets it. */
  z.object({ kind: z.literal('forget'), workspaceId, epochId: z.string() }),
  /** An open epoch has grown: whoever is in the room sees what it is related to. */
  z.object({ kind: z.literal('open'), workspaceId, epochId: z.string() }),
  /** Epochs of the workspace wait for the index: some of them are taken at once, oldest first, until none waits. */
  z.object({ kind: z.literal('waiting'), workspaceId, attempt: z.int() }),
  /** The next step of long work. */
  z.object({ kind: z.literal('job'), workspaceId, jobId: z.string() }),
  /** Who may see a stream has changed: the index is told. */
  z.object({ kind: z.literal('access'), workspaceId, streamId: z.string() }),
]);
export type EmbeddingsMessage = z.infer<typeof EmbeddingsMessage>;
