import { useCallback } from 'react';
import type { Problem } from '../../../contract/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { useRequest } from '../ui/use-request.ts';
import { useWorkspace } from './workspace-context.ts';

/** The event that a thread branched from: the cached one at once, the current one after a read. */
export function useRootEvent(streamId: string | null, eventId: string | null): { event?: StreamEvent; problem?: Problem } {
  const { roots } = useWorkspace();
  const load = useCallback(() => roots.read(streamId ?? '', eventId ?? ''), [roots, streamId, eventId]);
  const { value, problem } = useRequest(streamId !== null && eventId !== null ? load : undefined, { reset: true });
  if (value) return { event: value };
  if (problem) return { problem };
  const event = eventId === null ? undefined : roots.known(eventId);
  return event ? { event } : {};
}
