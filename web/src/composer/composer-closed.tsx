import { Button } from '@mantine/core';
import { Archive } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { useTask } from '../ui/use-task.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import classes from './composer.module.css';
import { useRights } from '../workspace/stream-rights.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The replacement of the composer where the reader may not write: the reason, and the next action. */
export function ComposerClosed({ closed: stream, isOther }: { closed: Stream; isOther: boolean }) {
  const { streambed, workspaceId, list } = useWorkspace();
  const rights = useRights(stream);
  const { busy, problem, run } = useTask();
  const bringBack = (): void => void run(() => list.put(streambed.workspace(workspaceId).streams.update(stream.id, { status: 'active' })));
  return (
    <section className={classes.closed} aria-label="Composer">
      <Archive size={16} aria-hidden="true" />
      <p>
        {isOther ? 'The stream of this thread' : `This ${stream.streamType === 'dm' ? 'conversation' : stream.streamType}`} is archived: it
        can be read, and nobody can write in it.
      </p>
      {rights.archive && (
        <Button size="compact-sm" variant="default" loading={busy} onClick={bringBack}>
          Bring it back
        </Button>
      )}
      {problem && <p role="alert">{sentenceOf(problem)}</p>}
    </section>
  );
}
