import { room } from '../../contract/frames.ts';
import type { DraftFrame } from '../../contract/draft.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import type { Streambed, WorkspaceClient } from '../http/http.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { withoutLog } from '../socket/subscriptions.ts';
import type { RoomListener } from '../socket/subscriptions.ts';
import { chosen, edited, noDraft, saved, sent, stored } from './draft-copy.ts';
import type { DraftCopies, DraftCopy, StoredDraft } from './draft-copy.ts';

export interface LiveDraftsOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly userId: string;
  /** The copies of this device. */
  readonly copies: DraftCopies;
  readonly clock?: Clock;
}

/** A member's drafts, kept alike on all their devices. Texts are on this device at once, and on the server soon. */
export interface LiveDrafts {
  read(streamId: string): DraftCopy;
  /** Ids of the streams with a draft. */
  streamIds(): readonly string[];
  edit(streamId: string, text: string): void;
  /** Notes that the draft was sent as a message: the server empties it with the message. */
  sent(streamId: string): void;
  /** Settles that another device saved another text. */
  choose(streamId: string, which: 'own' | 'other'): void;
  /** Saves now what waits to be saved, as for a page that is about to be hidden. */
  flush(): void;
  /** Calls back with the stream of each change. Returns a function that unsubscribes. */
  subscribe(listener: (streamId: string) => void): () => void;
  close(): void;
}

/** Opens the drafts of a member, and keeps them alike until they are closed. */
export function openLiveDrafts(options: LiveDraftsOptions): LiveDrafts {
  return new DraftFollower(options);
}

/** Rest after the last keystroke until a draft is saved, and the longest time that typing on delays it. */
const restMs = 1_000;
const longestMs = 5_000;

class DraftFollower implements LiveDrafts {
  readonly #workspace: WorkspaceClient;
  readonly #copies: DraftCopies;
  readonly #clock: Clock;
  /** As this page knows them: the place of the copies is shared with other pages. */
  readonly #known = new Map<string, DraftCopy>();
  readonly #waiting = new Map<string, { readonly timer: unknown; readonly since: number }>();
  readonly #busy = new Set<string>();
  readonly #listeners = new Set<(streamId: string) => void>();
  readonly #leave: () => void;
  #failures = 0;
  #closed = false;

  constructor({ streambed, socket, workspaceId, userId, copies, clock = systemClock }: LiveDraftsOptions) {
    this.#workspace = streambed.workspace(workspaceId);
    this.#copies = copies;
    this.#clock = clock;
    for (const streamId of copies.streamIds()) this.#known.set(streamId, copies.read(streamId) ?? noDraft);
    this.#leave = socket.join(room.user(workspaceId, userId), this.#listener());
  }

  read(streamId: string): DraftCopy {
    return this.#known.get(streamId) ?? noDraft;
  }

  streamIds(): readonly string[] {
    return [...this.#known].filter(([, { text }]) => text.trim() !== '').map(([streamId]) => streamId);
  }

  edit(streamId: string, text: string): void {
    this.#set(streamId, edited(this.read(streamId), text));
    this.#saveSoon(streamId);
  }

  sent(streamId: string): void {
    this.#stopWaiting(streamId);
    this.#set(streamId, sent(this.read(streamId)));
  }

  choose(streamId: string, which: 'own' | 'other'): void {
    this.#set(streamId, chosen(this.read(streamId), which));
    this.#saveSoon(streamId);
  }

  flush(): void {
    for (const streamId of this.#waiting.keys()) {
      this.#stopWaiting(streamId);
      void this.#save(streamId);
    }
  }

  subscribe(listener: (streamId: string) => void): () => void {
    const own = (streamId: string): void => listener(streamId);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  close(): void {
    this.flush();
    this.#closed = true;
    this.#leave();
    this.#listeners.clear();
  }

  #listener(): RoomListener {
    return {
      ...withoutLog,
      // Frames before the subscription were missed.
      joined: () => void this.#readAll().catch(() => undefined),
      draft: (frame) => void this.#take(frame).catch(() => undefined),
    };
  }

  async #take({ streamId, revision, isEmpty }: DraftFrame): Promise<void> {
    const { revision: own, other } = this.read(streamId);
    if (revision <= (other?.revision ?? own)) return;
    if (isEmpty) this.#store(streamId, { text: '', revision });
    else await this.#read(streamId);
  }

  async #read(streamId: string): Promise<void> {
    this.#store(streamId, await this.#workspace.kit.draft(streamId));
  }

  #store(streamId: string, draft: StoredDraft): void {
    this.#set(streamId, stored(this.read(streamId), draft));
    if (this.#maySave(streamId)) this.#saveSoon(streamId);
  }

  /** Reads what other devices saved, and saves what waits here since the page or the connection was lost. */
  async #readAll(): Promise<void> {
    const outdated = new Set(this.streamIds().filter((streamId) => !this.read(streamId).isDirty));
    let cursor: string | null | undefined;
    do {
      const page = await this.#workspace.drafts({ limit: 50, ...(cursor && { cursor }) });
      for (const { streamId, revision } of page.items) {
        if (revision > this.read(streamId).revision) outdated.add(streamId);
        else outdated.delete(streamId);
      }
      cursor = page.nextCursor;
    } while (cursor !== null && !this.#closed);
    for (const streamId of outdated) if (!this.#closed) await this.#read(streamId).catch(() => undefined);
    for (const streamId of this.#known.keys()) if (this.#maySave(streamId)) this.#saveSoon(streamId);
  }

  #maySave(streamId: string): boolean {
    const { isDirty, other } = this.read(streamId);
    return isDirty && other === undefined && !this.#closed;
  }

  #saveSoon(streamId: string, afterMs = restMs): void {
    if (!this.#maySave(streamId) || this.#busy.has(streamId)) return;
    const since = this.#waiting.get(streamId)?.since ?? this.#clock.now();
    this.#stopWaiting(streamId);
    const ms = Math.max(0, Math.min(afterMs, since + longestMs - this.#clock.now()));
    const timer = this.#clock.after(Math.max(ms, afterMs > restMs ? afterMs : 0), () => {
      this.#waiting.delete(streamId);
      void this.#save(streamId);
    });
    this.#waiting.set(streamId, { timer, since });
  }

  #stopWaiting(streamId: string): void {
    this.#clock.cancel(this.#waiting.get(streamId)?.timer);
    this.#waiting.delete(streamId);
  }

  /** Saves a draft. Changes that come meanwhile are saved after it. */
  async #save(streamId: string): Promise<void> {
    if (!this.#maySave(streamId) || this.#busy.has(streamId)) return;
    const { text, revision } = this.read(streamId);
    this.#busy.add(streamId);
    let again: number | undefined = restMs;
    try {
      const draft = await this.#workspace.kit.saveDraft(streamId, { text, revision });
      this.#failures = 0;
      this.#set(streamId, saved(this.read(streamId), text, draft.revision));
    } catch (error) {
      const { code, retry, conflict } = problemOf(error);
      if (code === 'draft_conflict' && conflict)
        this.#set(streamId, stored(this.read(streamId), conflict.stored as unknown as StoredDraft));
      // A draft that the server refuses stays on this device.
      else again = retry === 'never' ? undefined : backoffMs(reconnectBackoff, this.#failures++, this.#clock);
    } finally {
      this.#busy.delete(streamId);
    }
    if (again !== undefined) this.#saveSoon(streamId, again);
  }

  #set(streamId: string, copy: DraftCopy): void {
    const before = this.read(streamId);
    if (copy === before) return;
    this.#known.set(streamId, copy);
    this.#copies.write(streamId, copy);
    if (copy.text !== before.text || copy.other !== before.other) for (const listener of new Set(this.#listeners)) listener(streamId);
  }
}
