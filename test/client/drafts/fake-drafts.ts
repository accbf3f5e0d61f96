import { StreambedError, clientProblem } from '../../../client/errors.ts';
import type { DraftCopies, DraftCopy } from '../../../client/drafts/draft-copy.ts';
import { openLiveDrafts } from '../../../client/drafts/live-drafts.ts';
import type { LiveDrafts } from '../../../client/drafts/live-drafts.ts';
import type { Streambed } from '../../../client/http/http.ts';
import type { RealtimeSocket } from '../../../client/socket/socket.ts';
import type { RoomListener } from '../../../client/socket/subscriptions.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { FakeClock } from '../fake-clock.ts';

export const draftStream = 'str_01kb0000000000000000000000';

/** The server's half of drafts, with a way there that takes time and loses frames and answers. */
export class FakeDrafts {
  readonly clock: FakeClock;
  stored = { text: '', revision: 0 };
  saves = 0;
  /** Longest delay of a request, an answer or a frame, in milliseconds. */
  delayMs = 0;
  /** Part of requests and answers that are lost, and of frames. */
  loss = 0;
  refuses: ErrorCode | undefined;
  readonly #listeners = new Set<RoomListener>();

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  device(kept = new Map<string, DraftCopy>()): { drafts: LiveDrafts; kept: Map<string, DraftCopy> } {
    const copies: DraftCopies = {
      read: (id) => kept.get(id),
      write: (id, copy) => void kept.set(id, copy),
      streamIds: () => [...kept.keys()],
    };
    const streambed = { workspace: () => ({ kit: this.#kit(), drafts: () => this.#ask(() => this.#list()) }) } as unknown as Streambed;
    const socket = {
      join: (_room: string, listener: RoomListener) => {
        this.#listeners.add(listener);
        this.clock.after(0, () => listener.joined({ room: '', gen: '', from: 0, head: 0 }));
        return () => this.#listeners.delete(listener);
      },
    } as unknown as RealtimeSocket;
    const drafts = openLiveDrafts({ streambed, socket, workspaceId: 'ws_x', userId: 'ann', copies, clock: this.clock });
    return { drafts, kept };
  }

  /** Everybody connects again, and reads what was missed. */
  rejoin(): void {
    for (const listener of this.#listeners) listener.joined({ room: '', gen: '', from: 0, head: 0 });
  }

  /** The message was posted: the worker empties what was saved until then. */
  posted(): void {
    if (this.stored.text !== '') this.#write('');
  }

  #kit() {
    return {
      draft: () => this.#ask(() => ({ ...this.stored })),
      saveDraft: (_id: string, { text, revision }: { text: string; revision: number }) =>
        this.#ask(() => {
          this.saves++;
          if (this.refuses) throw new StreambedError(clientProblem(this.refuses, 'refused', { retry: 'never' }));
          if (revision !== this.stored.revision) {
            const conflict = { stored: { ...this.stored }, given: { text } };
            throw new StreambedError({ ...clientProblem('draft_conflict', 'both', { retry: 'never' }), conflict });
          }
          this.#write(text);
          return { ...this.stored };
        }),
    };
  }

  #list() {
    const { text, revision } = this.stored;
    return { items: text === '' ? [] : [{ streamId: draftStream, revision }], nextCursor: null };
  }

  #write(text: string): void {
    this.stored = { text, revision: this.stored.revision + 1 };
    const frame = { op: 'draft', room: '', streamId: draftStream, revision: this.stored.revision, updatedAt: '', isEmpty: text === '' };
    for (const listener of this.#listeners) {
      if (this.clock.random() >= this.loss) this.#later(() => listener.draft?.(frame as never));
    }
  }

  #later(run: () => void): void {
    this.clock.after(this.clock.random() * this.delayMs, run);
  }

  #ask<Answer>(answer: () => Answer): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const lost = (): void => reject(new StreambedError(clientProblem('unavailable', 'the network', { retry: 'after' })));
    this.#later(() => {
      if (this.clock.random() < this.loss) return lost();
      const outcome = ((): (() => void) => {
        try {
          const value = answer();
          return () => resolve(value);
        } catch (error) {
          return () => reject(error);
        }
      })();
      this.#later(this.clock.random() < this.loss ? lost : outcome);
    });
    return promise;
  }
}
