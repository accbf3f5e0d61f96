import type { Mention } from '../../contract/event.ts';
import type { ExportRecord, RecordOf } from '../../contract/transfer.ts';
import { importedId, isImportable } from './imported-id.ts';

/** A line with its index in the records of the request. */
export interface Line<Kind extends ExportRecord['kind']> {
  readonly at: number;
  readonly record: RecordOf<Kind>;
}

/** A line that belongs to an event. */
export type PartLine = Line<'version'> | Line<'reactions'> | Line<'votes'>;

/** Lines of a request by kind, with the ids that they have in the workspace. */
export type Lines = { readonly [Kind in ExportRecord['kind']]: readonly Line<Kind>[] };

export function linesOf(workspaceId: string, records: readonly ExportRecord[]): Lines {
  const lines: Lines = {
    header: [],
    workspace: [],
    provider: [],
    member: [],
    stream: [],
    event: [],
    version: [],
    reactions: [],
    votes: [],
    stream_member: [],
    stream_end: [],
    end: [],
  };
  for (const [at, record] of records.entries()) {
    (lines[record.kind] as Line<ExportRecord['kind']>[]).push({ at, record: withNewIds(workspaceId, record) });
  }
  return lines;
}

function withNewIds(workspaceId: string, record: ExportRecord): ExportRecord {
  const anew = <Id extends string>(id: Id): Id => importedId(workspaceId, id) as Id;
  const orNull = <Id extends string>(id: Id | null): Id | null => (id === null ? null : anew(id));
  const mentions = (list: readonly Mention[]): Mention[] =>
    list.map((mention) => (mention.type === 'stream' && isImportable(mention.id) ? { ...mention, id: anew(mention.id) } : mention));
  switch (record.kind) {
    case 'provider':
    case 'stream':
      return { ...record, id: anew(record.id) } as typeof record;
    case 'event':
      return {
        ...record,
        id: anew(record.id),
        streamId: anew(record.streamId),
        providerId: orNull(record.providerId),
        content: record.content && { ...record.content, mentions: mentions(record.content.mentions) },
        sharedRef: record.sharedRef && { ...record.sharedRef, originalEventId: anew(record.sharedRef.originalEventId) },
        file: record.file && { ...record.file, id: anew(record.file.id) },
        payload: inPayload(record.payload, anew) as typeof record.payload,
      };
    case 'version':
      return { ...record, eventId: anew(record.eventId), mentions: mentions(record.mentions) };
    case 'reactions':
    case 'votes':
      return { ...record, eventId: anew(record.eventId) };
    case 'stream_member':
      return { ...record, streamId: anew(record.streamId) };
    case 'stream_end':
      return {
        ...record,
        streamId: anew(record.streamId),
        parentStreamId: orNull(record.parentStreamId),
        branchedFromEventId: orNull(record.branchedFromEventId),
      };
    case 'header':
    case 'workspace':
    case 'member':
    case 'end':
      return record;
    default:
      return record satisfies never;
  }
}

/** Replaces the ids in a payload, at any depth. */
function inPayload(value: unknown, anew: (id: string) => string): unknown {
  if (typeof value === 'string') return isImportable(value) ? anew(value) : value;
  if (Array.isArray(value)) return value.map((item) => inPayload(item, anew));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inPayload(item, anew)]));
}
