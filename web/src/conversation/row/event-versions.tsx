import { useCallback } from 'react';
import { Button, Loader } from '@mantine/core';
import type { StreamEvent } from '../../../../contract/event.ts';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { dayLabel, timeOf } from '../../ui/times.ts';
import { useRequest } from '../../ui/use-request.ts';
import { useToday } from '../../ui/use-today.ts';
import { sentenceOf } from '../../ui/problem-words.ts';
import classes from './event-versions.module.css';
import { MessageBody } from './message-body.tsx';
import { noticeOf } from '../../workspace/stream-actions.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** The earlier versions of a message, newest first; undefined closes the dialog. */
export function EventVersions({ event, onClose }: { event: StreamEvent | undefined; onClose: () => void }) {
  return (
    <Dialog opened={event !== undefined} onClose={onClose} title="What it said before">
      {event && <Versions key={event.id} event={event} onPurged={onClose} />}
    </Dialog>
  );
}

function Versions({ event, onPurged }: { event: StreamEvent; onPurged: () => void }) {
  const { streambed, workspaceId, tell } = useWorkspace();
  const today = useToday();
  const { value: versions, problem } = useRequest(
    useCallback(
      (signal: AbortSignal) => streambed.workspace(workspaceId).events(event.streamId).versions(event.id, { signal }),
      [streambed, workspaceId, event],
    ),
  );
  if (problem) return <p role="alert">{sentenceOf(problem)}</p>;
  if (!versions) return <Loader size="sm" aria-label="Loading" />;
  const now = event.content && { text: event.content.text, mentions: event.content.mentions, at: event.editedAt ?? event.createdAt };
  const purge = () =>
    streambed
      .workspace(workspaceId)
      .events(event.streamId)
      .purgeVersions(event.id)
      .then(
        () => {
          tell({ text: 'The earlier versions are deleted for good.' });
          onPurged();
        },
        (error: unknown) => tell(noticeOf(error)),
      );
  return (
    <>
      <ol className={classes.versions}>
        {(now ? [now, ...versions] : versions).map(({ text, mentions, at }, index) => (
          <li key={at}>
            <p className={classes.at}>
              {index === 0 ? 'Now, since ' : 'From '}
              <time dateTime={at}>
                {dayLabel(Date.parse(at), today)}, {timeOf(Date.parse(at))}
              </time>
            </p>
            <MessageBody text={text} mentions={mentions} />
          </li>
        ))}
      </ol>
      {versions.length > 0 && (
        <DialogFooter>
          <Button variant="subtle" color="danger" onClick={() => void purge()}>
            Delete earlier versions for good
          </Button>
        </DialogFooter>
      )}
    </>
  );
}
