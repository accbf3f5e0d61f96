import type { ExportRecord } from '../../contract/transfer.ts';
import { exportedIds, exportedTimes, exportFormat } from '../../contract/transfer.ts';
import { conversationRecords } from './conversation.ts';
import type { PlacedConversation } from './conversation.ts';
import type { LeftOut } from './left-out.ts';
import { People } from './people.ts';
import type { UserIdField } from './people.ts';
import { oneLine, slugOf } from './plain-text.ts';
import type { SlackFolder } from './slack-files.ts';
import { slackId } from './slack-ids.ts';

/** Converts a Slack folder into the records of an import. Deterministic: the same folder always gives the same lines. */
export async function* slackRecords(
  folder: SlackFolder,
  options: { readonly field: UserIdField; readonly leftOut: LeftOut; readonly signal: AbortSignal },
): AsyncGenerator<ExportRecord> {
  let records = 0;
  for await (const record of bodyRecords(folder, options)) {
    records++;
    yield record;
  }
  yield { kind: 'end', records };
}

async function* bodyRecords(
  folder: SlackFolder,
  { field, leftOut, signal }: { readonly field: UserIdField; readonly leftOut: LeftOut; readonly signal: AbortSignal },
): AsyncGenerator<ExportRecord> {
  const exportedAt = new Date(newestTime(folder) * 1000).toISOString();
  const people = new People(folder.users, field, exportedAt);
  const placed = placeConversations(folder, people, leftOut);
  const byId = new Map(placed.map((one) => [one.conversation.id, one]));
  const names = {
    user: (id: string) => people.find(id),
    channel: (id: string) => {
      const found = byId.get(id);
      return found?.slug === undefined ? undefined : { streamId: found.streamId, slug: found.slug };
    },
  };
  yield headerOf(folder, exportedAt);
  yield* people.takeFresh();
  for (const one of placed) yield* conversationRecords({ folder, people, names, leftOut, signal }, one);
}

/** Newest time in the lists, in seconds. It stands for the export's own time, which no file holds. */
function newestTime({ users, conversations }: SlackFolder): number {
  const times = [...users.map(({ updated }) => updated ?? 0), ...conversations.map(({ created }) => created ?? 0)];
  return times.reduce((newest, time) => Math.max(newest, time), 0);
}

const headerOf = ({ users, conversations }: SlackFolder, exportedAt: string): ExportRecord =>
  ({
    kind: 'header',
    format: exportFormat,
    version: 1,
    workspaceId: slackId(
      'workspace',
      0,
      users.find(({ team_id: team }) => team !== undefined)?.team_id ?? JSON.stringify([users, conversations]),
    ),
    exportedAt,
    ids: [...exportedIds],
    times: [...exportedTimes],
    leftOut: ['content of files', 'custom emoji', 'what only Slack has'],
  }) as ExportRecord;

/** Assigns conversations to streams: unique slugs, and one DM for the same people. */
function placeConversations({ conversations }: SlackFolder, people: People, leftOut: LeftOut): PlacedConversation[] {
  const slugs = new Set<string>();
  const dms = new Set<string>();
  const freeSlug = (name: string): string => {
    const wanted = slugOf(name);
    let slug = wanted;
    for (let n = 2; slugs.has(slug); n++) slug = `${wanted}-${n}`;
    slugs.add(slug);
    return slug;
  };
  return conversations.map((conversation) => {
    const createdMs = (conversation.created ?? 0) * 1000;
    const place = { conversation, createdMs, streamId: slackId('stream', createdMs, conversation.id) };
    const memberIds = [...new Set(conversation.members.map((id) => people.idOf(id)))].sort();
    if (conversation.kind === 'dm' && memberIds.length > 0) {
      const key = memberIds.join(' ');
      if (!dms.has(key)) {
        dms.add(key);
        return { ...place, name: undefined, slug: undefined, dmMemberIds: memberIds };
      }
      leftOut.note('second DMs of the same people: they are private channels', conversation.id);
    }
    const name = oneLine(conversation.name, 80) ?? oneLine(`DM ${memberIds.join(', ')}`, 80) ?? conversation.id;
    return { ...place, name, slug: freeSlug(name), dmMemberIds: undefined };
  });
}
