import { Button, Loader } from '@mantine/core';
import { Layers } from 'lucide-react';
import { sentenceOf } from '../ui/problem-words.ts';
import { Empty } from '../ui/empty.tsx';
import { moveAmongLinks } from '../ui/move-among-links.ts';
import { useToday } from '../ui/use-today.ts';
import { memoryNotes } from './epoch-words.ts';
import classes from './memory-list.module.css';
import { RelatedCard } from './related-card.tsx';
import type { RelatedState } from './use-related.ts';

/** The epochs that are related to the conversation, or to the draft. */
export function RelatedView({ now }: { now: RelatedState }) {
  const { items, about, memory, loading, problem, retry, reject } = now;
  const today = useToday();
  const note = memory && memoryNotes[memory];
  return (
    <>
      {note !== undefined && (
        <p className={classes.behind} role="status">
          {note}
        </p>
      )}
      {/* Silent while the reader writes: an announcement would interrupt each pause. */}
      <output className="sb-hidden">{about === 'stream' && items.length > 0 ? relatedTopics(items.length) : ''}</output>
      <div className={classes.scroller}>
        {items.length > 0 && (
          <>
            <p className={classes.note}>{about === 'text' ? 'Related to what you are writing' : 'Related to what is being said'}</p>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move among the links inside */}
            <ul className={classes.list} aria-label="Related topics" aria-busy={loading} onKeyDown={moveAmongLinks}>
              {items.map((related) => (
                <RelatedCard key={related.epochId} related={related} today={today} onReject={about === 'text' ? undefined : reject} />
              ))}
            </ul>
          </>
        )}
        {items.length === 0 && !loading && !problem && <EmptyRelated />}
        <output className={classes.more}>
          {loading && items.length === 0 && <Loader size="sm" aria-label="Loading" />}
          {problem && <span>{sentenceOf(problem)}</span>}
          {problem && (
            <Button size="compact-sm" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
        </output>
      </div>
    </>
  );
}

const relatedTopics = (count: number): string => `${count} related ${count === 1 ? 'topic' : 'topics'}`;

function EmptyRelated() {
  return (
    <Empty icon={<Layers size={22} />} title="Nothing related yet">
      <p>Memory grows as conversations end: what this one has to do with earlier ones shows here while you read and write.</p>
    </Empty>
  );
}
