import { createDebugLog } from '../../../client/debug-log.ts';
import { createStreambed, type Streambed } from '../../../client/http/http.ts';
import { openLiveEpochs } from '../../../client/epochs/live-epochs.ts';
import { openLiveStream } from '../../../client/stream/live-stream.ts';
import { openLiveWorkspace, type LiveWorkspace } from '../../../client/workspace/live-workspace.ts';
import { RealtimeSocket } from '../../../client/socket/socket.ts';
import { openEpochs, type OpenEpochs } from '../workspace/open-epochs.ts';
import { openDrafts, type Drafts } from '../workspace/drafts.ts';
import type { ReadProgress } from '../workspace/new-messages.ts';
import { openStreams, type OpenStreams } from '../workspace/open-streams.ts';
import { openThreadRoots, type ThreadRoots } from '../workspace/thread-roots.ts';
import { deviceStore } from '../ui/text-store.ts';
import type { Session } from './session.ts';

export interface Connection {
  readonly streambed: Streambed;
  readonly list: LiveWorkspace;
  readonly open: OpenStreams;
  readonly openEpochs: OpenEpochs;
  readonly drafts: Drafts;
  readonly readProgress: Map<string, ReadProgress>;
  readonly keptUnread: Set<string>;
  readonly roots: ThreadRoots;
  close(): void;
}

/** Opens everything that a signed-in page needs: one socket, the list of streams, the open streams. */
export function connect({ token, workspaceId, userId }: Pick<Session, 'token' | 'workspaceId' | 'userId'>): Connection {
  // Browsers hide console.debug until the user turns it on.
  const debugLog = createDebugLog({ write: ({ name, fields }) => console.debug(`streambed: ${name}`, fields) });
  const streambed = createStreambed({ baseUrl: '', token, debugLog });
  const socket = new RealtimeSocket({ ticket: () => streambed.workspace(workspaceId).ticket(), device: 'web', debugLog });
  const list = openLiveWorkspace({ streambed, socket, workspaceId });
  const open = openStreams((streamId) => openLiveStream({ streambed, socket, workspaceId, streamId, userId }));
  const epochs = openEpochs((streamId) => openLiveEpochs({ streambed, socket, workspaceId, streamId }));
  const stopWatching = watchDevice(() => socket.wake());
  return {
    streambed,
    list,
    open,
    openEpochs: epochs,
    drafts: openDrafts(deviceStore, { workspaceId, userId }),
    readProgress: new Map(),
    keptUnread: new Set(),
    roots: openThreadRoots((streamId, eventId) => streambed.workspace(workspaceId).events(streamId).read(eventId)),
    close() {
      stopWatching();
      open.close();
      epochs.close();
      list.close();
      socket.close();
    },
  };
}

/** Calls `wake` when the connection needs a check: the network changed, or the page became visible. */
function watchDevice(wake: () => void): () => void {
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  addEventListener('online', wake);
  addEventListener('offline', wake);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    removeEventListener('online', wake);
    removeEventListener('offline', wake);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
