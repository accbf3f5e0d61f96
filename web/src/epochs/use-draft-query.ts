import { useEffect, useState } from 'react';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { relatedQueryOf } from './related-query.ts';

/** Who pauses this long has written something that can be looked for; in milliseconds. */
const restMs = 400;

/** What is being written in a stream, once the writer pauses; undefined while it says nothing yet. An empty composer is told at once. */
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
