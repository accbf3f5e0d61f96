import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';
import { streamColumns, streamForCallerOf, streamOf } from './rows.ts';
import type { CallerRow, StreamRow } from './rows.ts';
import type { StreamForCaller } from './stream.ts';
import type { Stream } from '../../contract/stream.ts';

/** The role of a member, or undefined for who is not in the workspace (any more). */
export async function findRole(tx: Transaction, userId: string): Promise<WorkspaceRole | undefined> {
  const [row] = await tx.query<{ role: WorkspaceRole }>(
    'select role from workspace_members where workspace_id = $1 and user_id = $2 and removed_at is null',
    [tx.workspaceId, userId],
  );
  return row?.role;
}

/** A stream as one member of its workspace has it. */
export async function findStream(tx: Transaction, userId: string, streamId: string): Promise<StreamForCaller | undefined> {
  const [found] = await findStreams(tx, userId, [streamId]);
  return found;
}

/** Several streams at once, as one member has them; what does not exist is left out. */
export async function findStreams(tx: Transaction, userId: string, streamIds: readonly string[]): Promise<StreamForCaller[]> {
  const rows = await tx.query<StreamRow & CallerRow>(
    `select ${streamColumns}, cu.name as caller_name, wm.role as caller_role
     from workspace_members wm
     join users cu on cu.workspace_id = wm.workspace_id and cu.id = wm.user_id
     join streams s on s.workspace_id = wm.workspace_id and s.id = any($3)
     left join stream_members m on m.stream_id = s.id and m.user_id = wm.user_id and m.left_at is null
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId, streamIds],
  );
  return rows.map(streamForCallerOf);
}

/** The streams a member may see, by name from behind a key; names compare by code point. */
export async function listVisibleStreams(
  tx: Transaction,
  userId: string,
  filter: { guest: boolean; type?: string; q?: string; after?: { name: string; id: string }; limit: number },
): Promise<Stream[]> {
  const rows = await tx.query<StreamRow>(
    `select ${streamColumns} from streams s
     left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     where s.workspace_id = $1 and s.archived_at is null and s.name is not null
       and (m.user_id is not null or (s.visibility = 'public' and not $3::boolean))
       and ($4::text is null or s.stream_type = $4)
       and ($5::text is null or strpos(lower(s.name), lower($5)) > 0)
       and ($6::text is null or (lower(s.name) collate "C", s.id) > ($6 collate "C", $7))
     order by lower(s.name) collate "C", s.id
     limit $8`,
    [
      tx.workspaceId,
      userId,
      filter.guest,
      filter.type ?? null,
      filter.q || null,
      filter.after?.name ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows.map(streamOf);
}

/** The stream that the same caller made with the same key before. */
export async function findStreamByIdempotencyKey(tx: Transaction, userId: string, key: string): Promise<Stream | undefined> {
  const [row] = await tx.query<StreamRow>(
    `select ${streamColumns} from streams s left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     where s.workspace_id = $1 and s.created_by = $2 and s.idempotency_key = $3`,
    [tx.workspaceId, userId, key],
  );
  return row && streamOf(row);
}

export interface NewStream {
  id: string;
  streamType: string;
  name: string;
  slug: string | null;
  description: string | null;
  visibility: string;
  gen: string;
  createdBy: string;
  idempotencyKey: string | null;
  createdAt: Date;
}

/** Adds the stream with its creator as owner, unless its slug or its idempotency key is taken: then undefined. */
export async function insertStream(tx: Transaction, stream: NewStream): Promise<Stream | undefined> {
  const [row] = await tx.query<StreamRow>(
    `with s as (
       insert into streams (id, workspace_id, stream_type, name, slug, description, visibility, gen, created_by, idempotency_key, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict do nothing
       returning *
     ), m as (
       insert into stream_members (stream_id, user_id, workspace_id, role, joined_at, last_read_at)
       select id, created_by, workspace_id, 'owner', created_at, created_at from s
       returning *
     )
     select ${streamColumns} from s, m`,
    [
      stream.id,
      tx.workspaceId,
      stream.streamType,
      stream.name,
      stream.slug,
      stream.description,
      stream.visibility,
      stream.gen,
      stream.createdBy,
      stream.idempotencyKey,
      stream.createdAt,
    ],
  );
  return row && streamOf(row);
}

/** Takes the next revision of the workspace's own room, under the row lock of the workspace. */
export async function takeWorkspaceRevision(tx: Transaction): Promise<{ rev: number; gen: string }> {
  const [row] = await tx.query<{ rev: number; gen: string }>('update workspaces set rev = rev + 1 where id = $1 returning rev, gen', [
    tx.workspaceId,
  ]);
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row`);
  return row;
}

/** Where the workspace's own room is; undefined for who is not in the workspace. */
export async function findWorkspaceHead(tx: Transaction, userId: string): Promise<{ rev: number; gen: string } | undefined> {
  const [row] = await tx.query<{ rev: number; gen: string }>(
    `select w.rev, w.gen from workspaces w
     join workspace_members wm on wm.workspace_id = w.id and wm.user_id = $2 and wm.removed_at is null
     where w.id = $1`,
    [tx.workspaceId, userId],
  );
  return row;
}
