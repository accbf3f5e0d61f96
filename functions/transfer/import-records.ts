import type { ExportRecord, Imported, RecordOf } from '../../contract/transfer.ts';
import type { App } from '../platform/app.ts';
import { recordAudits } from '../platform/audit.ts';
import type { AuditedChange } from '../platform/audit.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { nudge } from '../platform/nudge.ts';
import { closeImportedStreams } from './close-imported-streams.ts';
import { Faults } from './faults.ts';
import { insertContents, insertEvents, insertParts } from './import-event-store.ts';
import { linesOf } from './import-ids.ts';
import type { Line, Lines, PartLine } from './import-ids.ts';
import * as references from './import-references.ts';
import {
  findKnown,
  finishImport,
  insertImport,
  insertMembers,
  insertProviders,
  insertStreamMembers,
  insertStreams,
  lockImport,
  renameWorkspace,
  settleAccess,
} from './import-store.ts';

export type ImportApp = Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'clock'>;

/**
 * Imports the next lines of a file, all or none. Safe to repeat: an id of the file always maps to the same id here, existing rows stay as
 * they are, and a stream with its end accepts no more lines. An interrupted import can be restarted or continued. The number of statements
 * does not depend on the number of lines.
 */
export async function importRecords(app: ImportApp, caller: ApiKeyCaller, input: { records: readonly ExportRecord[] }): Promise<Imported> {
  const lines = linesOf(caller.workspaceId, input.records);
  const imported = await app.db.transaction(caller, async (tx) => {
    const finished = await accessImport(tx, lines, app.clock.now());
    const nothing = { members: 0, streams: 0, events: 0 };
    const added = finished ? nothing : await addLines(tx, { caller, at: app.clock.now() }, lines);
    const [end] = lines.end;
    if (end && !finished) await finish(tx, end, app.clock.now());
    return { records: input.records.length, added, finished: finished || end !== undefined };
  });
  await nudgeEpochs(app, caller.workspaceId, new Set(lines.stream_end.map(({ record }) => record.streamId)));
  return imported;
}

/** Concurrent nudges. */
const nudgesAtOnce = 10;

/** Nudges memory for imported streams. When a nudge fails, a repetition of the same lines sends it again. */
async function nudgeEpochs(app: ImportApp, workspaceId: string, streamIds: ReadonlySet<string>): Promise<void> {
  const left = streamIds.values();
  const lane = async () => {
    for (const streamId of left) {
      await nudge(app, 'epochs', { kind: 'stream', workspaceId, streamId });
    }
  };
  await Promise.all(Array.from({ length: Math.min(nudgesAtOnce, streamIds.size) }, lane));
}

/** Locks the workspace's import, or starts it; returns true when it had finished before. A workspace accepts one file in its life. */
async function accessImport(tx: Transaction, lines: Lines, now: Date): Promise<boolean> {
  const [header] = lines.header;
  let begun = await lockImport(tx);
  if (!begun) {
    if (!header) {
      const faults = new Faults();
      faults.add(0, 'kind', 'must be header: no import has begun in this workspace');
      faults.throwAny();
    } else if (!(await insertImport(tx, header.record, now))) {
      throw new AppError('not_empty', 'There are streams in the workspace. Import into one that has none.');
    }
    begun = await lockImport(tx);
  }
  if (begun && header && !isSameFile(begun, header.record)) {
    const { sourceWorkspaceId, exportedAt } = begun;
    const which = `the file of ${sourceWorkspaceId} that was exported at ${exportedAt.toISOString()}`;
    throw new AppError('not_empty', `The workspace holds an import of ${which}. Import another file into another workspace.`);
  }
  return begun?.finished ?? false;
}

const isSameFile = (begun: { sourceWorkspaceId: string; exportedAt: Date }, header: RecordOf<'header'>): boolean =>
  begun.sourceWorkspaceId === header.workspaceId && begun.exportedAt.getTime() === Date.parse(header.exportedAt);

/** Caller and time of an import. */
interface Author {
  readonly caller: ApiKeyCaller;
  readonly at: Date;
}

const recordsOf = <Kind extends ExportRecord['kind']>(lines: readonly Line<Kind>[]): RecordOf<Kind>[] => lines.map(({ record }) => record);
/** Calls `work`, unless there are no items. */
const forAny = async <Item>(items: readonly Item[], work: (items: readonly Item[]) => Promise<number | void>): Promise<number> =>
  items.length === 0 ? 0 : ((await work(items)) ?? 0);

async function addLines(tx: Transaction, by: Author, lines: Lines): Promise<Imported['added']> {
  const faults = new Faults();
  for (const { record } of lines.workspace) renameWorkspace(tx, record.name);
  await forAny(recordsOf(lines.provider), (providers) => insertProviders(tx, providers));
  const members = await forAny(recordsOf(lines.member), (items) => addMembers(tx, by, items));

  const users = references.usersIn(lines);
  if (users.size > 0) references.checkUsers(lines, await findKnown(tx, { users }), faults);
  faults.throwAny();
  const streams = await forAny(recordsOf(lines.stream), (items) => insertStreams(tx, items));

  const ids = { streams: references.streamsIn(lines), providers: references.providersIn(lines) };
  const known = ids.streams.size + ids.providers.size > 0 ? await findKnown(tx, ids) : undefined;
  if (known) {
    references.checkStreams(lines, known, faults);
    references.checkProviders(lines, known, faults);
    faults.throwAny();
  }
  const isOpen = (streamId: string): boolean => known?.streams.get(streamId)?.open ?? false;
  const events = await addEvents(tx, lines, { faults, isOpen });
  const memberships = recordsOf(lines.stream_member).filter(({ streamId }) => isOpen(streamId));
  await forAny(memberships, (items) => insertStreamMembers(tx, items));
  const ends = [...new Map(lines.stream_end.map((end) => [end.record.streamId, end])).values()].filter(({ record }) =>
    isOpen(record.streamId),
  );
  if (ends.length > 0) await closeImportedStreams(tx, ends, faults);
  return { members, streams, events };
}

/** Adds the members of the file who are new, each with its entry in the audit log; returns their number. */
async function addMembers(tx: Transaction, { caller, at }: Author, records: readonly RecordOf<'member'>[]): Promise<number> {
  const added = await insertMembers(tx, records);
  const changes = added.map(({ user_id: id, role, removed }): AuditedChange => {
    const details = { role, imported: true, ...(removed && { removed }) };
    return { action: 'member.added', subject: { kind: 'member', id }, details, at };
  });
  recordAudits(tx, caller, changes);
  return added.length;
}

async function addEvents(
  tx: Transaction,
  lines: Lines,
  { faults, isOpen }: { faults: Faults; isOpen: (streamId: string) => boolean },
): Promise<number> {
  const open = recordsOf(lines.event).filter(({ streamId }) => isOpen(streamId));
  const added = await forAny(open, async (items) => {
    const count = await insertEvents(tx, items);
    insertContents(tx, items);
    return count;
  });
  const ids = references.eventsIn(lines);
  if (ids.size === 0) return added;
  const known = await findKnown(tx, { events: ids });
  references.checkEvents(lines, known, faults);
  faults.throwAny();
  const isOfOpen = ({ record: { eventId } }: PartLine): boolean => known.events.get(eventId)?.open ?? false;
  insertParts(tx, {
    versions: recordsOf(lines.version.filter(isOfOpen)),
    reactions: recordsOf(lines.reactions.filter(isOfOpen)),
    votes: recordsOf(lines.votes.filter(isOfOpen)),
  });
  return added;
}

async function finish(tx: Transaction, end: Line<'end'>, now: Date): Promise<void> {
  const left = await settleAccess(tx);
  if (left > 0) {
    const faults = new Faults();
    faults.add(end.at, 'kind', `comes too early: ${left} streams have no stream_end, or inherit from each other in a circle`);
    faults.throwAny();
  }
  finishImport(tx, now);
}
