import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { exitCodes, Failure } from '../failure.ts';

const SlackUser = z.looseObject({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_admin: z.boolean().optional(),
  is_owner: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  updated: z.number().optional(),
  profile: z.looseObject({ real_name: z.string().optional(), display_name: z.string().optional(), email: z.string().nullish() }).optional(),
});
export type SlackUser = z.infer<typeof SlackUser>;

const Words = z.looseObject({ value: z.string().optional() }).optional();
const SlackConversation = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  created: z.number().optional(),
  creator: z.string().optional(),
  is_archived: z.boolean().optional(),
  members: z.array(z.string()).default([]),
  topic: Words,
  purpose: Words,
});
/** `folder` holds one file a day. */
export type SlackConversation = z.infer<typeof SlackConversation> & {
  readonly kind: 'channel' | 'private' | 'dm';
  readonly folder: string;
};

const SlackMessage = z.looseObject({
  type: z.string().optional(),
  subtype: z.string().optional(),
  hidden: z.boolean().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  username: z.string().nullish(),
  text: z.string().nullish(),
  ts: z.string().regex(/^\d{1,11}\.\d{1,6}$/),
  thread_ts: z.string().optional(),
  edited: z.looseObject({ ts: z.string() }).optional(),
  reactions: z.array(z.looseObject({ name: z.string(), users: z.array(z.string()).default([]), count: z.number().optional() })).optional(),
  files: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        title: z.string().nullish(),
        mode: z.string().optional(),
        permalink: z.string().optional(),
        url_private: z.string().optional(),
      }),
    )
    .optional(),
  attachments: z
    .array(
      z.looseObject({
        pretext: z.string().optional(),
        title: z.string().optional(),
        title_link: z.string().optional(),
        text: z.string().optional(),
        fallback: z.string().optional(),
        from_url: z.string().optional(),
      }),
    )
    .optional(),
  user_profile: z.looseObject({ real_name: z.string().nullish(), name: z.string().nullish() }).optional(),
  topic: z.string().optional(),
  purpose: z.string().optional(),
  name: z.string().optional(),
  old_name: z.string().optional(),
});
export type SlackMessage = z.infer<typeof SlackMessage>;

/** The lists of an export folder. Messages are read separately, day by day. */
export interface SlackFolder {
  readonly root: string;
  readonly users: readonly SlackUser[];
  readonly conversations: readonly SlackConversation[];
}

/** Reads the lists of an export. Only users.json is always there; the others depend on the exporting role. */
export async function readSlackFolder(root: string): Promise<SlackFolder> {
  const users = await readList(root, 'users.json', SlackUser);
  if (users === undefined)
    throw new Failure(`${root} has no users.json: it is not the folder of a Slack export. Unpack the archive first.`, exitCodes.usage);
  const lists = [
    { file: 'channels.json', kind: 'channel', byName: true },
    { file: 'groups.json', kind: 'private', byName: true },
    { file: 'mpims.json', kind: 'dm', byName: true },
    { file: 'dms.json', kind: 'dm', byName: false },
  ] as const;
  const conversations: SlackConversation[] = [];
  for (const { file, kind, byName } of lists) {
    for (const found of (await readList(root, file, SlackConversation)) ?? []) {
      conversations.push({ ...found, kind, folder: byName ? (found.name ?? found.id) : found.id });
    }
  }
  return { root, users, conversations };
}

async function readList<Item>(root: string, name: string, schema: z.ZodType<Item>): Promise<Item[] | undefined> {
  const file = path.join(root, name);
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  return check(file, z.array(schema).safeParse(parseJson(file, content)));
}

/** The days of a conversation, oldest first; none where it has no folder. */
export async function listDays({ root }: SlackFolder, { folder }: SlackConversation): Promise<string[]> {
  if (folder === '' || folder !== path.basename(folder)) return [];
  const names = await readdir(path.join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names
    .filter((name) => /^\d{4}-\d{2}-\d{2}\.json$/.test(name))
    .sort()
    .map((name) => path.join(root, folder, name));
}

/** Reads the messages of a day, oldest first, each with its place in words. Calls `unreadable` for each entry that is not a message. */
export async function readDay(
  file: string,
  signal: AbortSignal,
  unreadable: (place: string) => void,
): Promise<{ message: SlackMessage; place: string }[]> {
  signal.throwIfAborted();
  const list = check(file, z.array(z.unknown()).safeParse(parseJson(file, await text(createReadStream(file, { signal })))));
  const messages = list.flatMap((item, i) => {
    const place = `${path.basename(path.dirname(file))}/${path.basename(file)} message ${i + 1}`;
    const parsed = SlackMessage.safeParse(item);
    if (parsed.success) return [{ message: parsed.data, place }];
    unreadable(place);
    return [];
  });
  return messages.sort((a, b) => compareTs(a.message.ts, b.message.ts));
}

/** Compares two timestamps; the digits behind the point are microseconds. */
export function compareTs(one: string, two: string): number {
  const [a, b] = [one.split('.'), two.split('.')];
  return Number(a[0]) - Number(b[0]) || Number(a[1]?.padEnd(6, '0')) - Number(b[1]?.padEnd(6, '0'));
}

/** Milliseconds since 1970. */
export function millisecondsOf(ts: string): number {
  const [seconds, micros = '0'] = ts.split('.');
  return Number(seconds) * 1000 + Math.floor(Number(micros.padEnd(6, '0')) / 1000);
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Failure(`${file}: is not JSON: ${(error as Error).message}`);
  }
}

function check<Value>(file: string, parsed: z.ZodSafeParseResult<Value>): Value {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(`${file}: is not as Slack writes it: ${issue?.path.join('.')} ${issue?.message}`);
}
