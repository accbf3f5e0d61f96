import { useState } from 'react';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** What is being written. */
export interface Draft {
  readonly text: string;
  readonly change: (text: string) => void;
}

/** What is typed is kept per stream until it is sent. */
export function useDraft(streamId: string): Draft {
  const { drafts } = useWorkspace();
  const [text, setText] = useState(() => drafts.read(streamId));
  const change = (next: string): void => {
    setText(next);
    drafts.write(streamId, next);
  };
  return { text, change };
}
