import type { Mention } from '../../contract/event.ts';
import type { LeftOut } from './left-out.ts';
import { markdownOf } from './markup.ts';
import type { Names } from './markup.ts';
import { messageParts, oneLine, storableText } from './plain-text.ts';
import type { SlackMessage } from './slack-files.ts';

/** The result of one Slack message: text (a long one in several parts), a note of what happened, or a deleted message. */
export type Draft =
  | { readonly kind: 'words'; readonly parts: readonly string[]; readonly mentions: readonly Mention[]; readonly inChannelToo: boolean }
  | { readonly kind: 'note'; readonly eventType: string; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly kind: 'gone' };

/** Subtypes that carry text of a person or a bot. */
const spoken = new Set(['bot_message', 'me_message', 'thread_broadcast', 'reply_broadcast', 'file_share', 'file_comment']);

/** Converts a Slack message; undefined when it has no counterpart here, with the reason noted in `leftOut`. */
export function draftOf(
  message: SlackMessage,
  context: { names: Names; authorId: string; leftOut: LeftOut; place: string },
): Draft | undefined {
  const { subtype } = message;
  if (message.hidden === true) return undefined;
  if (subtype === 'tombstone') return message.thread_ts === message.ts ? { kind: 'gone' } : undefined;
  const note = subtype === undefined ? undefined : noteOf(subtype, message, context.authorId);
  if (note) return { kind: 'note', ...note };
  if (subtype !== undefined && !spoken.has(subtype)) {
    context.leftOut.note(`messages of the type ${subtype}`, context.place);
    return undefined;
  }
  return wordsOf(message, context);
}

function noteOf(
  subtype: string,
  message: SlackMessage,
  authorId: string,
): { eventType: string; payload: Record<string, unknown> } | undefined {
  const about = subtype.replace(/^(channel|group|mpim)_/, '');
  if (about === subtype) return undefined;
  switch (about) {
    case 'join':
      return { eventType: 'member_joined', payload: { userIds: [authorId] } };
    case 'leave':
      return { eventType: 'member_left', payload: { userIds: [authorId] } };
    case 'topic':
    case 'purpose':
      return { eventType: 'system', payload: { kind: 'description_changed', to: oneLine(message.topic ?? message.purpose, 500) ?? null } };
    case 'name':
      return { eventType: 'renamed', payload: { from: oneLine(message.old_name, 80) ?? null, to: oneLine(message.name, 80) ?? null } };
    case 'archive':
      return { eventType: 'archived', payload: { from: 'active', to: 'archived' } };
    case 'unarchive':
      return { eventType: 'unarchived', payload: { from: 'archived', to: 'active' } };
    default:
      return undefined;
  }
}

function wordsOf(message: SlackMessage, { names, leftOut, place }: { names: Names; leftOut: LeftOut; place: string }): Draft | undefined {
  const said = markdownOf(storableText(message.text ?? ''), names);
  const own = message.subtype === 'me_message' && said.text.trim() !== '' ? `_${said.text.trim()}_` : said.text;
  const blocks = [own, ...attachmentsOf(message, names), ...filesOf(message, leftOut, place)];
  const parts = messageParts(blocks.filter((block) => block.trim() !== '').join('\n\n'));
  if (parts.length === 0) {
    leftOut.note('messages without a text (only blocks, or files that are gone)', place);
    return undefined;
  }
  if (parts.length > 1) leftOut.note('messages longer than 16 KB: nothing is lost, they are in several parts', place);
  return { kind: 'words', parts, mentions: said.mentions, inChannelToo: /^(thread|reply)_broadcast$/.test(message.subtype ?? '') };
}

/** Texts that bots attach to a message. Link previews are dropped because the link itself is kept. */
function attachmentsOf({ attachments = [] }: SlackMessage, names: Names): string[] {
  return attachments
    .filter(({ from_url: previewOf }) => previewOf === undefined)
    .map(({ pretext, title, title_link: address, text, fallback }) => {
      const heading = title === undefined || title === '' ? '' : address === undefined ? `**${title}**` : `<${address}|${title}>`;
      const lines = [pretext, heading, text].filter((line) => line !== undefined && line !== '');
      return markdownOf(storableText(lines.length > 0 ? lines.join('\n') : (fallback ?? '')), names).text;
    });
}

/** Files stay where they are, as links. */
function filesOf({ files = [] }: SlackMessage, leftOut: LeftOut, place: string): string[] {
  return files.flatMap((file) => {
    const address = file.permalink ?? file.url_private;
    if (address === undefined || !/^https?:\/\//.test(address) || file.mode === 'tombstone' || file.mode === 'hidden_by_limit') {
      leftOut.note('files that Slack does not have any more', place);
      return [];
    }
    leftOut.note('files: there is a link to them, their content stays at Slack', place);
    const name = oneLine(file.title ?? file.name, 200) ?? 'file';
    return [
      `[${name.replaceAll(/[[\]]/g, String.raw`\$&`)}](${address.replaceAll(' ', '%20').replaceAll('(', '%28').replaceAll(')', '%29')})`,
    ];
  });
}
