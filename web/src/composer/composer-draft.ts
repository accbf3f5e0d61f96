import { useEffect, useState, useSyncExternalStore } from 'react';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The text of a composer. */
export interface Draft {
  readonly text: string;
  readonly change: (text: string) => void;
  /** Notes that the text was sent. */
  readonly sent: () => void;
  /** Another text of another device, which is to be chosen or not. */
  readonly other: string | undefined;
  readonly choose: (which: 'own' | 'other') => void;
}

/** Keeps the text of a stream's composer until it is sent, on all of the member's devices. */
export function useDraft(streamId: string): Draft {
  const { drafts } = useWorkspace();
  const [text, setText] = useState(() => drafts.read(streamId));
  useSyncExternalStore(drafts.subscribe, drafts.version);
  useEffect(() => drafts.watch(streamId, setText), [drafts, streamId]);
  const change = (next: string): void => {
    setText(next);
    drafts.write(streamId, next);
  };
  const sent = (): void => {
    setText('');
    drafts.sent(streamId);
  };
  return { text, change, sent, other: drafts.other(streamId), choose: (which) => drafts.choose(streamId, which) };
}
