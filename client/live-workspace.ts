import type { Problem } from '../contract/errors.ts';
import type { Stream } from '../contract/stream.ts';
import type { Clock } from './clock.ts';
import type { Streambed } from './http.ts';
import type { LiveState } from './live-stream.ts';
import type { RealtimeSocket } from './socket.ts';

export interface WorkspaceSnapshot {
  readonly state: LiveState;
  /** By name, as the server lists them. */
  readonly streams: readonly Stream[];
  /** Nothing has been read yet. */
  readonly loading: boolean;
  /** Why it ended for good, or why the list could not be read so far. */
  readonly problem?: Problem;
  readonly offlineSince?: number;
}

/** The list of streams that the caller may see, kept live. */
export interface LiveWorkspace {
  getSnapshot(): WorkspaceSnapshot;
  subscribe(listener: () => void): () => void;
  /** Puts a stream into the list that was just created or read, before the socket tells of it. */
  put(stream: Stream): void;
  close(): void;
}

export interface LiveWorkspaceOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly clock?: Clock;
}

/** Opens the list of streams and keeps it live until it is closed. */
export function openLiveWorkspace(options: LiveWorkspaceOptions): LiveWorkspace {
  throw new Error(`being written: ${options.workspaceId}`);
}
