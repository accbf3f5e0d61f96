import { useEffect, useState } from 'react';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { relatedQueryOf } from './related-query.ts';

/** Pause after the last key before the draft becomes a query, in milliseconds. */
const restMs = 400;

/** The query for the draft of a stream, debounced. Undefined while the draft is too short; an emptied composer takes effect at once. */
export function useDraftQuery(streamId: string): string | undefined {
  const { drafts } = useWorkspace();
  const [ask, setAsk] = useState(() => relatedQueryOf(drafts.read(streamId)));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = drafts.watch(streamId, (text) => {
      clearTimeout(timer);
      const next = relatedQueryOf(text);
      if (next === undefined) setAsk(undefined);
      else timer = setTimeout(() => setAsk(next), restMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [drafts, streamId]);
  return ask;
}
