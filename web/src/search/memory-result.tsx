import type { MemoryHit } from '../../../contract/epoch.ts';
import { EpochLink } from '../epochs/epoch-link.tsx';
import { labelOf, messagesOf } from '../epochs/epoch-words.ts';
import { streamWords } from '../epochs/stream-words.ts';
import { spanLabel } from '../ui/times.ts';
import classes from './search-page.module.css';
import { snippetParts } from './search-words.ts';

/** An epoch of the results with its matching messages; links lead to its beginning and to each message. */
export function MemoryResult({ hit, today }: { hit: MemoryHit; today: number }) {
  const { epoch, highlights } = hit;
  const { streamId } = epoch;
  return (
    <li className={classes.topic}>
      <EpochLink range={epoch} className={classes.topicLink}>
        <bdi className={classes.author}>{labelOf(epoch)}</bdi>
        <span className={classes.byline}>
          in <bdi>{streamWords(hit)}</bdi>, {spanLabel(Date.parse(epoch.openedAt), Date.parse(epoch.lastEventAt), today)},{' '}
          {messagesOf(epoch.messageCount)}
        </span>
        {highlights.length === 0 && epoch.snippet !== null && (
          <span className={classes.snippet} dir="auto">
            {epoch.snippet}
          </span>
        )}
      </EpochLink>
      {highlights.map(({ eventId, seq, text }) => (
        <EpochLink key={eventId} range={{ streamId, firstSeq: seq, lastSeq: seq }} className={classes.highlight}>
          <span className={classes.snippet} dir="auto">
            {snippetParts(text).map((part, index) =>
              // oxlint-disable-next-line react/no-array-index-key -- the parts of one snippet never change places
              part.isMatch ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
            )}
          </span>
        </EpochLink>
      ))}
    </li>
  );
}
