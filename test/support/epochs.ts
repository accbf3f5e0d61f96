import type { Epoch } from '../../contract/epoch.ts';
import type { StreamEvent } from '../../contract/event.ts';
import { EpochId, newId } from '../../contract/ids.ts';
import { encodeAssociations } from '../../functions/epochs/segmenter/association-model.ts';
import type { AssociationModel } from '../../functions/epochs/segmenter/association-model.ts';
import { listEpochContents } from '../../functions/epochs/epochs/epoch-store.ts';
import type { TestApp } from './app.ts';

/** An epoch to write into the database, as the worker would have cut it. */
export interface EpochSeed {
  readonly from: Pick<StreamEvent, 'seq'>;
  readonly to: Pick<StreamEvent, 'seq'>;
  readonly label?: string;
  readonly labelSource?: Epoch['labelSource'];
  /** True for an open epoch; only for the last one. */
  readonly open?: true;
  /** Seconds since it closed, without having reached the index. */
  readonly waitingSeconds?: number;
}

/** Writes the epochs of a stream in order, with the cursor at the stream's last event. */
export async function putEpochs(
  app: TestApp,
  stream: { readonly id: string; readonly workspaceId: string },
  seeds: readonly EpochSeed[],
): Promise<EpochId[]> {
  const { owner } = app.test;
  await owner.query(
    `insert into epoch_cursors (stream_id, workspace_id, seq, changed_seq, rev, updated_at)
     select id, workspace_id, last_seq, last_seq, $2, $3 from streams where id = $1
     on conflict (stream_id) do update set seq = excluded.seq, changed_seq = excluded.changed_seq, rev = excluded.rev`,
    [stream.id, seeds.length, app.time],
  );
  const ids: EpochId[] = [];
  for (const [index, seed] of seeds.entries()) {
    const id = EpochId.parse(newId('epoch'));
    ids.push(id);
    const closedAt = new Date(app.time.getTime() - (seed.waitingSeconds ?? 0) * 1000);
    const isIndexed = seed.open === undefined && seed.waitingSeconds === undefined;
    await owner.query(
      `insert into epochs (id, workspace_id, stream_id, status, barrier, first_seq, last_seq, message_count, label, label_source, terms, snippet,
         rev, content_at, indexed_rev, opened_at, last_event_at, closed_at)
       select $1, $2, $3, $4, case $4 when 'closed' then 'gap' end, $5, $6, count(*) filter (where e.ordinal is not null), $7, $8,
         array['one', 'two'], 'How it begins', $9, $10, case when $11::boolean then 0 end, min(e.created_at), max(e.created_at),
         case $4 when 'closed' then $10::timestamptz end
       from stream_events e where e.stream_id = $3 and e.seq between $5 and $6`,
      [
        id,
        stream.workspaceId,
        stream.id,
        seed.open ? 'open' : 'closed',
        seed.from.seq,
        seed.to.seq,
        seed.label ?? null,
        seed.labelSource ?? (seed.label === undefined ? null : 'terms'),
        index + 1,
        closedAt,
        isIndexed,
      ],
    );
  }
  return ids;
}

/** Writes epochs into the index, with vectors of the current embedder. */
export async function putIntoIndex(app: TestApp, workspaceId: string, epochIds: readonly string[]): Promise<void> {
  const embedder = await app.index.embedder();
  const index = await app.index.open(embedder);
  const found = await app.db.transaction({ workspaceId }, (tx) => listEpochContents(tx, epochIds));
  const texts = found.map(({ texts: said }) => said.join('\n'));
  const vectors = await embedder.embed(texts, 'document');
  await index.upsert(
    found.map(({ epoch, isPublic }, at) => ({
      id: epoch.id,
      kind: 'epoch',
      workspaceId,
      streamId: epoch.streamId,
      visibility: isPublic ? 'public' : 'private',
      at: new Date(epoch.lastEventAt),
      text: texts[at] ?? '',
      vector: vectors[at] ?? new Float32Array(),
    })),
  );
}

/** Links one epoch to another, as the worker does. */
export async function putLink(
  app: TestApp,
  workspaceId: string,
  { from, to, score }: { from: string; to: string; score: number },
): Promise<void> {
  await app.test.owner.query(
    `insert into epoch_links (epoch_id, target_kind, target_id, workspace_id, score, linked_at) values ($1, 'epoch', $2, $3, $4, $5)`,
    [from, to, workspaceId, score, app.time],
  );
}

/** A minimal association model. */
const learned: AssociationModel = {
  trust: 0.5,
  background: { messageCount: 10, frequencies: new Map([['hello', 3]]) },
  dimension: 2,
  rows: new Map([['hello', 0]]),
  vectors: Int8Array.of(127, 0),
};

/** Writes one row of each other kind of memory: a vector, a barrier, a correction, a model, and a finished job. */
export async function putWhatMemoryKeeps(
  app: TestApp,
  workspaceId: string,
  { epochId, streamId }: { epochId: string; streamId: string },
): Promise<void> {
  const { model, dimension } = await app.index.embedder();
  const at = app.time;
  const put = (table: string, row: Readonly<Record<string, unknown>>) => {
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${index + 1}`);
    return app.test.owner.query(`insert into ${table} (${columns.join(', ')}) values (${values.join(', ')})`, Object.values(row));
  };
  const here = { workspace_id: workspaceId };
  const hash = Buffer.from('hash');
  await put('epoch_vectors', { ...here, epoch_id: epochId, model, dimension, content_hash: hash, vector: hash, embedded_at: at });
  await put('epoch_barriers', { ...here, stream_id: streamId, after_seq: 1, set_by: 'ada', set_at: at });
  const correction = { id: newId('correction'), stream_id: streamId, seq: 1, kind: 'merge', corrected_by: 'ada', corrected_at: at };
  await put('epoch_corrections', { ...here, ...correction });
  await put('association_models', {
    ...here,
    version: 2,
    model: Buffer.from(encodeAssociations(learned)),
    trust: 0.5,
    epoch_count: 3,
    learned_at: at,
  });
  await put('workspace_memory', { ...here, model, dimension });
  const job = { id: newId('job'), kind: 'reindex', status: 'done', done: 2, total: 2, started_at: at, moved_at: at, finished_at: at };
  await put('jobs', { ...here, ...job });
}
