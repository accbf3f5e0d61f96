import { useState } from 'react';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The text of a composer. */
export interface Draft {
  readonly text: string;
  readonly change: (text: string) => void;
}

/** Keeps the text of a stream's composer until it is sent. */
export function useDraft(streamId: string): Draft {
  const { drafts } = useWorkspace();
  const [text, setText] = useState(() => drafts.read(streamId));
  const change = (next: string): void => {
    setText(next);
    drafts.write(streamId, next);
  };
  return { text, change };
}
