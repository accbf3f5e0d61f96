import * as z from 'zod';

const workspaceId = z.string();

/** Work that takes stored data away. A message names a place to look at: it may come twice, late, and in any order. */
export const RetentionMessage = z.discriminatedUnion('kind', [
  /** Texts of deleted events wait to be purged. Each message takes a batch, until none waits. */
  z.object({ kind: z.literal('purge'), workspaceId }),
  /** Messages of the workspace may be older than their retention. */
  z.object({ kind: z.literal('expire'), workspaceId }),
  /** The next step of an erasure. */
  z.object({ kind: z.literal('job'), workspaceId, jobId: z.string() }),
]);
export type RetentionMessage = z.infer<typeof RetentionMessage>;
