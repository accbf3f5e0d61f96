import { createDebugLog } from '../../../client/debug-log.ts';
import { createStreambed, type Streambed } from '../../../client/http/http.ts';
import { openLiveEpochs } from '../../../client/epochs/live-epochs.ts';
import { openLiveDrafts } from '../../../client/drafts/live-drafts.ts';
import { openLivePresence, type LivePresence } from '../../../client/presence/live-presence.ts';
import { openLiveStream } from '../../../client/stream/live-stream.ts';
import { openLiveWorkspace, type LiveWorkspace } from '../../../client/workspace/live-workspace.ts';
import { RealtimeSocket } from '../../../client/socket/socket.ts';
import { watchPresence } from '../workspace/presence/device-presence.ts';
import { openEpochs, type OpenEpochs } from '../workspace/open-epochs.ts';
import { draftCopies, openDrafts, type Drafts } from '../workspace/drafts.ts';
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
  readonly presence: LivePresence;
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
  const copies = draftCopies(deviceStore, { workspaceId, userId });
  const liveDrafts = openLiveDrafts({ streambed, socket, workspaceId, userId, copies });
  const presence = openLivePresence({ streambed, socket, workspaceId });
  const device = crypto.randomUUID();
  const stopPresence = watchPresence((state) => {
    socket.present(device, state);
    presence.pause(state === 'hidden' || state === 'gone');
  });
  const stopWatching = watchDevice(
    () => socket.wake(),
    () => liveDrafts.flush(),
  );
  const drafts = openDrafts(liveDrafts, deviceStore, { workspaceId, userId });
  return {
    streambed,
    list,
    open,
    openEpochs: epochs,
    drafts,
    presence,
    readProgress: new Map(),
    keptUnread: new Set(),
    roots: openThreadRoots((streamId, eventId) => streambed.workspace(workspaceId).events(streamId).read(eventId)),
    close() {
      stopWatching();
      drafts.close();
      stopPresence();
      presence.close();
      open.close();
      epochs.close();
      list.close();
      socket.close();
    },
  };
}

/** Calls `wake` when the connection needs a check: the network changed, or the page became visible; and `hide` when the page is hidden. */
function watchDevice(wake: () => void, hide: () => void): () => void {
  const onVisible = (): void => (document.visibilityState === 'visible' ? wake() : hide());
  addEventListener('online', wake);
  addEventListener('offline', wake);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    removeEventListener('online', wake);
    removeEventListener('offline', wake);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
