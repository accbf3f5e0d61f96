import { createContext, use } from 'react';
import type { Streambed } from '../../../client/http/http.ts';
import type { LiveWorkspace, WorkspaceSnapshot } from '../../../client/workspace/live-workspace.ts';
import type { OpenEpochs } from './open-epochs.ts';
import { useLive } from '../ui/use-live.ts';
import type { Drafts } from './drafts.ts';
import type { PageActions, Notice } from './page-actions.ts';
import type { ReadProgress } from './new-messages.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Place } from './place.ts';
import type { ThreadRoots } from './thread-roots.ts';

/** What the pages of a workspace work with. */
export interface WorkspaceContext {
  readonly workspaceId: string;
  readonly me: { readonly id: string; readonly name: string };
  readonly streambed: Streambed;
  readonly list: LiveWorkspace;
  readonly open: OpenStreams;
  /** What memory made of the streams that are open. */
  readonly openEpochs: OpenEpochs;
  readonly drafts: Drafts;
  /** How far each stream was read since the page was loaded. */
  readonly readProgress: Map<string, ReadProgress>;
  /** Streams that the person made unread again while they were open. */
  readonly keptUnread: Set<string>;
  /** What the threads branched from. */
  readonly roots: ThreadRoots;
  readonly place: Place;
  /** `replace`: the way back does not lead here again. */
  readonly go: (place: Place, how?: 'push' | 'replace') => void;
  /** What rows, commands and headers ask of the page. The same object for as long as the page is open. */
  readonly pageActions: PageActions;
  /** Says something in passing. */
  readonly tell: (notice: Notice) => void;
  /** Ends the session; the notice tells why. */
  readonly signOut: (notice?: string) => void;
}

export const WorkspaceContext = createContext<WorkspaceContext | undefined>(undefined);

export function useWorkspace(): WorkspaceContext {
  const context = use(WorkspaceContext);
  if (!context) throw new Error('useWorkspace stands outside of a workspace');
  return context;
}

/** The list of streams as it is now. */
export function useStreamList(): WorkspaceSnapshot {
  return useLive(useWorkspace().list);
}
