import { maxMentions } from '../../contract/event.ts';
import type { Mention } from '../../contract/event.ts';
import { emojiOf } from './emoji.ts';

/** Names for the ids in a text. */
export interface Names {
  user(slackId: string): { readonly id: string; readonly name: string } | undefined;
  channel(slackId: string): { readonly streamId: string; readonly slug: string } | undefined;
}

const code = /(```[\s\S]*?```|`[^`\n]+`)/;

/** Converts Slack's markup into Markdown and collects the mentions. Code keeps its text, apart from Slack's own tokens inside it. */
export function markdownOf(text: string, names: Names): { text: string; mentions: Mention[] } {
  const mentions = new Map<string, Mention>();
  const mention = (found: Mention): void => void mentions.set(`${found.type} ${found.id}`, found);
  const parts = text
    .split(code)
    .map((part, i) => (i % 2 === 1 ? unescaped(plainTokens(part)) : emojis(unescaped(tokens(styled(part), names, mention)))));
  return { text: parts.join(''), mentions: [...mentions.values()].slice(0, maxMentions) };
}

/** Slack marks bold with one star and Markdown with two; the same for strike-through. */
const styled = (text: string): string =>
  text
    .replace(/(?<![\w*])\*(?![\s*])([^*\n]*[^\s*])\*(?![\w*])/g, '**$1**')
    .replace(/(?<![\w~])~(?![\s~])([^~\n]*[^\s~])~(?![\w~])/g, '~~$1~~');

const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const emojis = (text: string): string =>
  text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (written, name: string) => emojiOf(name) ?? written);

/** In code a link is just its text. */
const plainTokens = (text: string): string => text.replace(/<(?:(?:https?|mailto):[^|>]*\|)?([^<>|]*)>/g, '$1');

function tokens(text: string, names: Names, mention: (found: Mention) => void): string {
  return text.replace(/<([^<>]+)>/g, (_, token: string) => {
    const bar = token.indexOf('|');
    const target = bar === -1 ? token : token.slice(0, bar);
    const label = bar === -1 ? undefined : token.slice(bar + 1);
    const rest = target.slice(1);
    if (target.startsWith('@')) return userToken(rest, label, names, mention);
    if (target.startsWith('#')) return channelToken(rest, label, names, mention);
    if (target.startsWith('!')) return specialToken(rest, label, mention);
    return link(target, label);
  });
}

function userToken(slackId: string, label: string | undefined, names: Names, mention: (found: Mention) => void): string {
  const user = names.user(slackId);
  if (!user) return `@${label ?? slackId}`;
  mention({ type: 'user', id: user.id, label: user.name });
  return `@${user.id}`;
}

function channelToken(slackId: string, label: string | undefined, names: Names, mention: (found: Mention) => void): string {
  const channel = names.channel(slackId);
  if (!channel) return `#${label === undefined || label === '' ? slackId : label}`;
  mention({ type: 'stream', id: channel.streamId, label: channel.slug });
  return `#${channel.slug}`;
}

function specialToken(target: string, label: string | undefined, mention: (found: Mention) => void): string {
  if (/^(here|channel|everyone)$/.test(target)) {
    mention({ type: 'here', id: 'here', label: 'here' });
    return '@here';
  }
  // User groups and dates carry their own label behind the bar.
  return label ?? target;
}

function link(target: string, label: string | undefined): string {
  const plain = target.replace(/^mailto:/, '');
  if (label === undefined || label === '' || label === target || label === plain) return plain;
  const address = target.replaceAll(' ', '%20').replaceAll('(', '%28').replaceAll(')', '%29');
  return `[${label.replaceAll('[', '\\[').replaceAll(']', '\\]')}](${address})`;
}
