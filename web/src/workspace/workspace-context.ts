import { createContext, use } from 'react';
import type { Streambed } from '../../../client/http/http.ts';
import type { LivePresence } from '../../../client/presence/live-presence.ts';
import type { LiveWorkspace, WorkspaceSnapshot } from '../../../client/workspace/live-workspace.ts';
import type { OpenEpochs } from './open-epochs.ts';
import { useLive } from '../ui/use-live.ts';
import type { Drafts } from './drafts.ts';
import type { PageActions, Notice } from './page-actions.ts';
import type { ReadProgress } from './new-messages.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Place } from './place.ts';
import type { ThreadRoots } from './thread-roots.ts';

/** Everything that the pages of a workspace share. */
export interface WorkspaceContext {
  readonly workspaceId: string;
  readonly me: { readonly id: string; readonly name: string };
  readonly streambed: Streambed;
  readonly list: LiveWorkspace;
  readonly open: OpenStreams;
  /** The live epochs of the open streams. */
  readonly openEpochs: OpenEpochs;
  readonly drafts: Drafts;
  /** Presence of the members in view. */
  readonly presence: LivePresence;
  /** The reader's progress by stream id, since the page loaded. */
  readonly readProgress: Map<string, ReadProgress>;
  /** Streams that the member marked unread while they were open. */
  readonly keptUnread: Set<string>;
  /** The events that threads branched from. */
  readonly roots: ThreadRoots;
  readonly place: Place;
  /** Goes to a place; `replace` keeps the current one out of the history. */
  readonly go: (place: Place, how?: 'push' | 'replace') => void;
  /** Actions that any part of the page can start. The object stays the same while the page is open. */
  readonly pageActions: PageActions;
  /** Shows a notice. */
  readonly tell: (notice: Notice) => void;
  /** Ends the session; the notice gives the reason. */
  readonly signOut: (notice?: string) => void;
}

export const WorkspaceContext = createContext<WorkspaceContext | undefined>(undefined);

export function useWorkspace(): WorkspaceContext {
  const context = use(WorkspaceContext);
  if (!context) throw new Error('useWorkspace stands outside of a workspace');
  return context;
}

/** The current snapshot of the list of streams. */
export function useStreamList(): WorkspaceSnapshot {
  return useLive(useWorkspace().list);
}
