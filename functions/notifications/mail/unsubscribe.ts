import type { App } from '../../platform/app.ts';
import { AppError } from '../../platform/errors.ts';
import { endMails } from '../settings/settings-store.ts';

/** Returns the page that asks whether mails are to end: programs that look at the links of a mail must change nothing. */
export const confirmUnsubscribe = (): string =>
  page('Stop these mails?', '<form method="post"><button type="submit">Stop mails about unread mentions</button></form>');

/** Ends mails to the member whose key stands in a mail. Throws `not_found` for an unknown key. */
export async function unsubscribe(app: Pick<App, 'db'>, { mailKey }: { mailKey: string }): Promise<string> {
  const [workspaceId = ''] = mailKey.split('.');
  if (!(await app.db.transaction({ workspaceId }, (tx) => endMails(tx, mailKey)))) throw new AppError('not_found');
  return page('You get no more mails', '<p>You can have them again in the settings of notifications.</p>');
}

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
  `<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style>` +
  `<h1>${title}</h1>${content}</html>`;
