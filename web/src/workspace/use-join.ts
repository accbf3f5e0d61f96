import type { Stream } from '../../../contract/stream.ts';
import { useTask } from '../ui/use-task.ts';
import { noticeOf } from './stream-actions.ts';
import { useWorkspace } from './workspace-context.ts';

/** Joins a stream; joining a thread means following it. */
export function useJoin(stream: Stream | undefined): { readonly busy: boolean; readonly join: () => void } {
  const { streambed, workspaceId, list, tell } = useWorkspace();
  const { busy, run } = useTask();
  const join = (): void => {
    if (!stream) return;
    void run(async () => {
      try {
        await list.put(streambed.workspace(workspaceId).streams.join(stream.id));
      } catch (error) {
        tell(noticeOf(error));
      }
    });
  };
  return { busy, join };
}
