import { FileId, StreamId, UserId } from '../../contract/ids.ts';
import type { File } from '../../contract/file.ts';
import type { Transaction } from '../platform/database.ts';
import type { StoredFile } from './file.ts';

interface FileRow {
  id: string;
  stream_id: string;
  name: string;
  media_type: string;
  size_bytes: number;
  width: number | null;
  height: number | null;
  uploaded_by: string;
  created_at: Date;
  uploaded_at: Date | null;
  event_id: string | null;
  event_deleted: boolean;
}

const storedFileOf = (row: FileRow): StoredFile => ({
  file: {
    id: FileId.parse(row.id),
    streamId: StreamId.parse(row.stream_id),
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    width: row.width,
    height: row.height,
    uploadedBy: UserId.parse(row.uploaded_by),
    createdAt: row.created_at.toISOString(),
  },
  isUploaded: row.uploaded_at !== null,
  event: row.event_id === null ? 'none' : row.event_deleted ? 'deleted' : 'posted',
});

/** Inserts a file without content, at the commit. */
export function insertFile(tx: Transaction, file: File): void {
  tx.defer(
    `insert into files (id, workspace_id, stream_id, name, media_type, size_bytes, width, height, uploaded_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      file.id,
      tx.workspaceId,
      file.streamId,
      file.name,
      file.mediaType,
      file.sizeBytes,
      file.width,
      file.height,
      file.uploadedBy,
      file.createdAt,
    ],
  );
}

/** A file with the state of the event that shows it. */
export async function findFile(tx: Transaction, fileId: string): Promise<StoredFile | undefined> {
  const [row] = await tx.query<FileRow>(
    `select f.id, f.stream_id, f.name, f.media_type, f.size_bytes, f.width, f.height, f.uploaded_by, f.created_at, f.uploaded_at, f.event_id,
       (e.id is null or e.deleted_at is not null) as event_deleted
     from files f
     left join stream_events e on e.id = f.event_id and e.workspace_id = f.workspace_id
     where f.workspace_id = $1 and f.id = $2`,
    [tx.workspaceId, fileId],
  );
  return row && storedFileOf(row);
}

/** Stores the time of the upload at the commit; the first one stays. */
export function markUploaded(tx: Transaction, fileId: string, at: Date): void {
  tx.defer('update files set uploaded_at = $3 where workspace_id = $1 and id = $2 and uploaded_at is null', [tx.workspaceId, fileId, at]);
}
