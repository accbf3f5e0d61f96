import { useEffect, useState } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { GanttChart, Search } from 'lucide-react';
import type { Epoch } from '../../../contract/epoch.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { Empty } from '../ui/empty.tsx';
import { moveAmongLinks } from '../ui/move-among-links.ts';
import { spanLabel } from '../ui/times.ts';
import { useToday } from '../ui/use-today.ts';
import { filterEpochs } from './epoch-filter.ts';
import { EpochLink } from './epoch-link.tsx';
import { endOf, labelOf, messagesOf } from './epoch-words.ts';
import classes from './memory-list.module.css';
import type { EpochList } from './use-epochs.ts';

/** The epochs of a stream, newest first. */
export function TimelineView({ now }: { now: EpochList }) {
  const { epochs, loading, problem, hasMore, more, reload } = now;
  const [text, setText] = useState('');
  const today = useToday();
  // No frame reports the growth of the newest epoch, so the timeline reads it on opening.
  useEffect(reload, [reload]);
  const shown = filterEpochs(epochs, text).toSorted((a, b) => b.firstSeq - a.firstSeq);
  return (
    <>
      <TextInput
        className={classes.filter}
        type="search"
        size="xs"
        aria-label="Find a topic"
        placeholder="Find a topic"
        leftSection={<Search size={14} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.scroller}>
        {shown.length > 0 && (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move among the links inside
          <ol className={classes.list} aria-label="Topics of this stream, the newest first" aria-busy={loading} onKeyDown={moveAmongLinks}>
            {shown.map((epoch) => (
              <TimelineItem key={epoch.id} epoch={epoch} today={today} />
            ))}
          </ol>
        )}
        {shown.length === 0 && !loading && !problem && <EmptyTimeline isFiltered={text.trim() !== ''} hasMore={hasMore} />}
        <output className={classes.more}>
          {loading && <Loader size="sm" aria-label="Loading" />}
          {problem && <span>{sentenceOf(problem)}</span>}
          {!loading && (hasMore || problem) && (
            <Button size="compact-sm" variant="default" onClick={more}>
              {problem ? 'Try again' : text.trim() === '' ? 'Show earlier topics' : 'Look further back'}
            </Button>
          )}
        </output>
      </div>
    </>
  );
}

function TimelineItem({ epoch, today }: { epoch: Epoch; today: number }) {
  return (
    <li className={classes.card}>
      <EpochLink range={epoch} className={classes.link}>
        <bdi className={classes.label}>{labelOf(epoch)}</bdi>
        <span className={classes.meta}>
          <span>{spanLabel(Date.parse(epoch.openedAt), Date.parse(epoch.lastEventAt), today)}</span>
          <span>{messagesOf(epoch.messageCount)}</span>
          <span className={classes.status} data-open={epoch.status === 'open'}>
            {endOf(epoch)}
          </span>
        </span>
        {epoch.snippet !== null && (
          <span className={classes.snippet} dir="auto">
            {epoch.snippet}
          </span>
        )}
      </EpochLink>
    </li>
  );
}

function EmptyTimeline({ isFiltered, hasMore }: { isFiltered: boolean; hasMore: boolean }) {
  if (isFiltered) {
    return (
      <Empty icon={<GanttChart size={22} />} title="No topic matches">
        <p>{hasMore ? 'There are earlier ones that have not been looked through.' : 'Try fewer words, or search all of memory.'}</p>
      </Empty>
    );
  }
  return (
    <Empty icon={<GanttChart size={22} />} title="No topics yet">
      <p>The first one begins with the first message.</p>
    </Empty>
  );
}
