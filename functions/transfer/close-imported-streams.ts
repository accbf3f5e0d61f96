import type { Transaction } from '../platform/database.ts';
import { AppError, isDuplicate } from '../platform/errors.ts';
import type { Faults } from './faults.ts';
import type { Line } from './import-ids.ts';
import { closeStreams, listBranched, numberSlugs, settlePointers } from './import-store.ts';

/** Places imported streams below their parents, sets their counts, and checks the counts against their `stream_end` lines. */
export async function closeImportedStreams(tx: Transaction, ends: readonly Line<'stream_end'>[], faults: Faults): Promise<void> {
  const branches = ends.flatMap(({ record }) => record.branchedFromEventId ?? []);
  const taken = new Set(branches.length === 0 ? [] : await listBranched(tx, branches));
  for (const { at, record } of ends) {
    if (record.branchedFromEventId === null) continue;
    if (taken.has(record.branchedFromEventId)) faults.add(at, 'branchedFromEventId', 'is an event that another stream branched from');
    taken.add(record.branchedFromEventId);
  }
  faults.throwAny();
  const records = ends.map(({ record }) => record);
  const open = records.filter(({ visibility }) => visibility === 'public').map(({ streamId }) => streamId);
  if (open.length > 0) await numberSlugs(tx, open);
  const closed = new Map((await closeStreams(tx, records).catch(slugTaken)).map((stream) => [stream.id, stream]));
  for (const { at, record } of ends) {
    const stream = closed.get(record.streamId);
    if (!stream) throw new Error(`The stream ${record.streamId} could not be closed`);
    if (stream.events !== record.events) faults.add(at, 'events', `says ${record.events}, but ${stream.events} came`);
    if (stream.messages !== record.messages) faults.add(at, 'messages', `says ${record.messages}, but ${stream.messages} came`);
    else if (stream.lastOrdinal !== stream.messages)
      faults.add(at, 'messages', `are not numbered from 1 to ${stream.messages}: the last ordinal is ${stream.lastOrdinal}`);
    if (stream.streamType === 'thread' && record.visibility !== 'inherit') faults.add(at, 'visibility', 'of a thread must be inherit');
    if (stream.streamType === 'dm' && record.visibility !== 'private') faults.add(at, 'visibility', 'of a DM must be private');
  }
  faults.throwAny();
  settlePointers(tx, [...closed.keys()]);
}

/** Somebody made a public stream with the same slug in the moment after it was found free. */
function slugTaken(error: unknown): never {
  if (isDuplicate(error)) throw new AppError('unavailable', 'A new stream took the same slug at this moment.', { retryAfterSeconds: 1 });
  throw error;
}
