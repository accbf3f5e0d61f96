import type { Transaction } from '../../platform/database.ts';

/** Attaches a file to an event and returns it. The file must be uploaded to this stream by this user, complete, and in no event yet. */
export async function claimFile(
  tx: Transaction,
  claim: { fileId: string; streamId: string; userId: string; eventId: string },
): Promise<
  { name: string; mediaType: string; sizeBytes: number; width: number | null; height: number | null; createdAt: Date } | undefined
> {
  const [row] = await tx.query<{
    name: string;
    media_type: string;
    size_bytes: number;
    width: number | null;
    height: number | null;
    created_at: Date;
  }>(
    `update files set event_id = $5
     where workspace_id = $1 and id = $2 and stream_id = $3 and uploaded_by = $4 and uploaded_at is not null and event_id is null
     returning name, media_type, size_bytes, width, height, created_at`,
    [tx.workspaceId, claim.fileId, claim.streamId, claim.userId, claim.eventId],
  );
  if (!row) return undefined;
  const { name, media_type: mediaType, size_bytes: sizeBytes, width, height, created_at: createdAt } = row;
  return { name, mediaType, sizeBytes, width, height, createdAt };
}
