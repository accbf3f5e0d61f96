import type { MouseEvent } from 'react';
import type { SearchHit } from '../../../contract/search.ts';
import { writePlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import { dayLabel, fullTimeOf, timeOf } from '../ui/times.ts';
import { useToday } from '../ui/use-today.ts';
import classes from './search-page.module.css';
import { snippetParts } from './search-words.ts';

/** A message of the results, with a link to its place. */
export function SearchResult({ hit }: { hit: SearchHit }) {
  const { pageActions } = useWorkspace();
  const today = useToday();
  const { event, streamName, streamType, snippet } = hit;
  const at = Date.parse(event.createdAt);
  const open = (click: MouseEvent): void => {
    if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
    click.preventDefault();
    pageActions.openEvent(event.streamId, event.seq);
  };
  return (
    <li>
      <a className={classes.hit} href={writePlace({ kind: 'stream', streamId: event.streamId, at: event.seq }, '')} onClick={open}>
        <Avatar id={event.actorId} name={event.actorName} size={30} />
        <span className={classes.words}>
          <span className={classes.byline}>
            <bdi className={classes.author}>{event.actorName}</bdi> in <bdi>{streamName ?? placeWords[streamType] ?? 'a stream'}</bdi>
          </span>
          <span className={classes.snippet} dir="auto">
            {snippetParts(snippet).map(({ text, isMatch }, index) =>
              // oxlint-disable-next-line react/no-array-index-key -- the parts of one snippet never change places
              isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
            )}
          </span>
        </span>
        <time className={classes.time} dateTime={event.createdAt} title={fullTimeOf(at)}>
          {dayLabel(at, today)}, {timeOf(at)}
        </time>
      </a>
    </li>
  );
}

const placeWords: Record<string, string> = { dm: 'a direct message', thread: 'a thread' };
