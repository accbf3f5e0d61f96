import { useEffect, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { useWorkspace } from './workspace-context.ts';

/** The event that a thread branched from: what is known at once, what it says now as soon as that is read. */
export function useRootEvent(streamId: string | null, eventId: string | null): { event?: StreamEvent; problem?: Problem } {
  const { roots } = useWorkspace();
  const [read, setRead] = useState<{ event?: StreamEvent; problem?: Problem }>({});
  useEffect(() => {
    if (streamId === null || eventId === null) return;
    let isCurrent = true;
    roots
      .read(streamId, eventId)
      .then((event) => isCurrent && setRead({ event }))
      .catch((error: unknown) => isCurrent && setRead({ problem: problemOf(error) }));
    return () => {
      isCurrent = false;
    };
  }, [roots, streamId, eventId]);
  if (read.event?.id === eventId || read.problem) return read;
  const event = eventId === null ? undefined : roots.known(eventId);
  return event ? { event } : {};
}
