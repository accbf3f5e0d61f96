import { useEffect, useState } from 'react';
import { Loader, Modal } from '@mantine/core';
import { problemOf } from '../../../../client/errors.ts';
import type { Problem } from '../../../../contract/errors.ts';
import type { EventVersion, StreamEvent } from '../../../../contract/event.ts';
import type * as z from 'zod';
import { dayLabel, timeOf } from '../../ui/times.ts';
import { useToday } from '../../ui/use-today.ts';
import { sentenceOf } from '../../ui/problem-words.ts';
import classes from './event-versions.module.css';
import { MessageBody } from './message-body.tsx';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** What a message said before its edits, newest first; nothing shows without an event. */
export function EventVersions({ event, onClose }: { event: StreamEvent | undefined; onClose: () => void }) {
  return (
    <Modal opened={event !== undefined} onClose={onClose} title="What it said before" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      {event && <Versions key={event.id} event={event} />}
    </Modal>
  );
}

type Version = z.infer<typeof EventVersion>;

function Versions({ event }: { event: StreamEvent }) {
  const { streambed, workspaceId } = useWorkspace();
  const today = useToday();
  const [read, setRead] = useState<{ versions?: readonly Version[]; problem?: Problem }>({});
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    streambed
      .workspace(workspaceId)
      .events(event.streamId)
      .versions(event.id, { signal })
      .then((versions) => !signal.aborted && setRead({ versions }))
      .catch((error: unknown) => !signal.aborted && setRead({ problem: problemOf(error) }));
    return () => stop.abort();
  }, [streambed, workspaceId, event]);
  if (read.problem) return <p role="alert">{sentenceOf(read.problem)}</p>;
  if (!read.versions) return <Loader size="sm" aria-label="Loading" />;
  const now = event.content && { text: event.content.text, mentions: event.content.mentions, at: event.editedAt ?? event.createdAt };
  return (
    <ol className={classes.versions}>
      {(now ? [now, ...read.versions] : read.versions).map(({ text, mentions, at }, index) => (
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
  );
}
