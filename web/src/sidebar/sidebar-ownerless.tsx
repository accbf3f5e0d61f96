import { useCallback } from 'react';
import { Button } from '@mantine/core';
import { Lock } from 'lucide-react';
import type { OwnerlessStream } from '../../../contract/stream.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { dayLabel } from '../ui/times.ts';
import { usePages } from '../ui/use-pages.ts';
import { useToday } from '../ui/use-today.ts';
import { useTask } from '../ui/use-task.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import classes from './sidebar-browse-dialog.module.css';

/** Private streams that lost their last owner, for owners of the workspace. Absent when there is none. */
export function OwnerlessStreams({ onPicked }: { onPicked: () => void }) {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      streambed.workspace(workspaceId).streams.ownerless({ cursor, limit: 20 }, { signal }),
    [streambed, workspaceId],
  );
  const { items, loading, problem, hasMore, more } = usePages(load);
  if (items.length === 0 && !problem) return null;
  return (
    <section aria-label="Streams without an owner">
      <h3 className={classes.heading}>Streams without an owner</h3>
      <ul className={classes.list}>
        {items.map((stream) => (
          <Item key={stream.id} stream={stream} onPicked={onPicked} />
        ))}
      </ul>
      <output className={classes.foot}>
        {problem && <span>{sentenceOf(problem)}</span>}
        {!loading && (hasMore || problem) && (
          <Button size="compact-sm" variant="default" onClick={more}>
            {problem ? 'Try again' : 'Show more'}
          </Button>
        )}
      </output>
    </section>
  );
}

function Item({ stream: { id, createdAt, memberCount }, onPicked }: { stream: OwnerlessStream; onPicked: () => void }) {
  const { streambed, workspaceId, list, go } = useWorkspace();
  const { busy, problem, run } = useTask();
  const began = dayLabel(Date.parse(createdAt), useToday());
  const recover = (): void => {
    void run(async () => {
      await list.put(streambed.workspace(workspaceId).streams.recover(id));
      onPicked();
      go({ kind: 'stream', streamId: id });
    });
  };
  return (
    <li className={classes.item}>
      <span className={classes.ownerless}>
        <Lock size={15} aria-hidden="true" />
        <span className={classes.words}>
          <span>Began: {began}</span>
          <span className={classes.description}>{readersOf(memberCount)}</span>
          {problem && <span role="alert">{sentenceOf(problem)}</span>}
        </span>
      </span>
      <Button size="compact-sm" variant="light" loading={busy} aria-label={`Recover the stream of ${began}`} onClick={recover}>
        Recover
      </Button>
    </li>
  );
}

/** Sentence about those who can still read the stream, and see who recovers it. */
function readersOf(count: number): string {
  if (count === 0) return 'Nobody can read it now';
  return count === 1 ? '1 member reads it and sees who recovers it' : `${count} members read it and see who recovers it`;
}
