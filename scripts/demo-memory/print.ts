import { styleText } from 'node:util';
import type { Comparison, Found } from './key.ts';
import { earlierThan } from './read-memory.ts';
import type { RememberedEpoch, RememberedStream } from './read-memory.ts';

const dim = (text: string): string => styleText('dim', text);
const bold = (text: string): string => styleText('bold', text);

const maxLinks = 3;

/** Lines about a stream: one for each epoch, and below it the related earlier ones, best first. */
export function linesOfStream({ name, epochs }: RememberedStream): string[] {
  return [
    '',
    bold(`# ${name}: ${epochs.length} epochs`),
    ...epochs.flatMap((epoch) => [lineOfEpoch(epoch), ...earlierThan(epoch).slice(0, maxLinks).map(lineOfLink)]),
  ];
}

function lineOfEpoch(epoch: RememberedEpoch): string {
  const messages = `${String(epoch.messageCount).padStart(3)} ${epoch.messageCount === 1 ? 'message ' : 'messages'}`;
  const end = epoch.barrier === null ? 'open' : `closed: ${epoch.barrier}`;
  return `  ${rangeOf(epoch).padEnd(24)} ${messages}  ${bold(epoch.label ?? '(no label yet)')}  ${dim(end)}`;
}

function lineOfLink(link: RememberedEpoch['related'][number]): string {
  return `${' '.repeat(28)}${dim(`→ ${link.score.toFixed(2)}  ${link.label ?? '(no label yet)'}, ${link.streamName}, ${dayOf(link.openedAt)}`)}`;
}

/** Time range in UTC, as in the story: `Mon 28 Oct 09:10–09:24`. */
const rangeOf = ({ openedAt, lastEventAt }: RememberedEpoch): string =>
  `${dayOf(openedAt)} ${timeOfDay(openedAt)}–${timeOfDay(lastEventAt)}`;
const timeOfDay = (time: string): string => time.slice(11, 16);
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayOf = (time: string): string => dayFormat.format(new Date(time)).replace(',', '');

/** Lines about the comparison with the author's topics. They are informative; no outcome depends on them. */
export function linesOfComparison({ changes, changesInTalk, beginsElsewhere, returns, links }: Comparison): string[] {
  const found = ({ total, exact, near }: Found): string => `${near} of ${total} (${exact} to the message)`;
  const elsewhere = Object.entries(beginsElsewhere).map(([barrier, count]) => `${count} by ${barrier}`);
  return [
    '',
    bold('Beside what the author of the story says'),
    `  changes of subject found        ${found(changes)}`,
    `  of them within a conversation   ${found(changesInTalk)}`,
    `  epochs that begin elsewhere     ${elsewhere.length === 0 ? 'none' : elsewhere.join(', ')}`,
    `  subjects that came back, found  ${returns.found} of ${returns.total}`,
    `  links back to the same subject  ${links.sameTopic} of ${links.total}; ${links.acrossStreams} go to another stream`,
  ];
}
