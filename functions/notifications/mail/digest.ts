import type { Notification } from '../../../contract/notification.ts';

/** The text of a mail, in plain text and in HTML. */
export interface Digest {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Puts unread mentions into one mail, the oldest first. `more`: there are further ones. */
export function digestOf(
  mentions: readonly Notification[],
  {
    workspaceName,
    publicUrl,
    unsubscribeUrl,
    showText,
    more,
  }: Readonly<Record<'workspaceName' | 'publicUrl' | 'unsubscribeUrl', string>> & {
    readonly showText: boolean;
    readonly more: boolean;
  },
): Digest {
  const lines = mentions.map(({ actor, streamName, streamId, seq, text }) => ({
    head: `${actor.name} mentioned you in ${streamName ?? 'a thread'}`,
    text: showText ? (text ?? '') : '',
    url: `${publicUrl}/?p=s:${streamId}&at=${seq}`,
  }));
  const [first] = lines;
  const subject =
    lines.length === 1 && first && !more
      ? `${first.head} (${workspaceName})`
      : `${lines.length}${more ? '+' : ''} unread mentions in ${workspaceName}`;
  const end = 'You get this mail because you were mentioned and no device of yours gets notifications.';
  return {
    subject: oneLine(subject),
    text: [
      ...lines.map(({ head, text, url }) => [head, text, url].filter((part) => part !== '').join('\n')),
      `${end}\nStop these mails: ${unsubscribeUrl}`,
    ].join('\n\n'),
    html:
      `<!doctype html><html lang="en"><meta charset="utf-8"><body style="font:16px/1.5 system-ui,sans-serif">` +
      lines
        .map(
          ({ head, text, url }) =>
            `<p><a href="${escapeHtml(url)}">${escapeHtml(head)}</a>${text === '' ? '' : `<br>${escapeHtml(text)}`}</p>`,
        )
        .join('') +
      `<p style="color:#666;font-size:13px">${end} <a href="${escapeHtml(unsubscribeUrl)}">Stop these mails</a></p></body></html>`,
  };
}

/** A header of a mail is one line. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, 200)
    .toWellFormed();

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
