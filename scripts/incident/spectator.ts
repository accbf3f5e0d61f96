import { StreambedError } from '../../client/errors.ts';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { LiveWorkspace } from '../../client/workspace/live-workspace.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';
import { badgeOf, lineOf, shortName } from './describe.ts';

/** Limit of waiting for a change. Badges arrive at most every 3 s. */
const patienceMs = 20_000;

/** A member with an open app: a live sidebar, and each stream of the story that the member can read. */
export class Spectator {
  readonly id: string;
  readonly name: string;
  readonly workspace: WorkspaceClient;
  readonly #workspaceId: string;
  readonly #streambed: ReturnType<typeof createStreambed>;
  readonly #socket: RealtimeSocket;
  readonly #sidebar: LiveWorkspace;
  readonly #open = new Map<string, LiveStream>();
  /** Last printed line of each event. */
  readonly #told = new Map<string, string>();

  constructor(baseUrl: string, workspaceId: string, person: { id: string; name: string; token: string }) {
    this.id = person.id;
    this.name = person.name;
    this.#workspaceId = workspaceId;
    const streambed = createStreambed({ baseUrl, token: person.token });
    this.#streambed = streambed;
    this.workspace = streambed.workspace(workspaceId);
    this.#socket = new RealtimeSocket({ ticket: () => this.workspace.ticket(), device: 'demo' });
    this.#sidebar = openLiveWorkspace({ streambed, socket: this.#socket, workspaceId });
  }

  /** Waits until the sockets have caught up with these streams, then returns the visible state. */
  async look(streamIds: readonly string[]): Promise<{ badges: string[]; news: string[] }> {
    const badges: string[] = [];
    const news: string[] = [];
    for (const streamId of streamIds) {
      const truth = await this.#read(streamId);
      if (truth === undefined) continue;
      const live = this.#follow(streamId);
      await until(`${this.name} sees all of ${shortName(truth.name)}`, () => {
        const { state, position } = live.getSnapshot();
        return state === 'live' && position >= truth.lastSeq && this.#previewsAreThere(live);
      });
      if (truth.isMember || truth.streamType !== 'thread') {
        await until(`the sidebar of ${this.name} shows ${badgeOf(truth)}`, () => isShown(this.#sidebar.find(streamId), truth));
        badges.push(badgeOf(this.#sidebar.find(streamId) ?? truth));
      }
      news.push(...this.#newsOf(live.getSnapshot().events, truth), ...(await this.#openedAgain(live, truth)));
    }
    return { badges, news };
  }

  close(): void {
    for (const live of this.#open.values()) live.close();
    this.#sidebar.close();
    this.#socket.close();
  }

  /** Reads a stream; undefined when it does not exist for this member. */
  async #read(streamId: string): Promise<Stream | undefined> {
    try {
      return await this.workspace.streams.read(streamId);
    } catch (error) {
      if (error instanceof StreambedError && error.problem.code === 'not_found') return undefined;
      throw error;
    }
  }

  #follow(streamId: string): LiveStream {
    const known = this.#open.get(streamId);
    if (known && known.getSnapshot().problem === undefined) return known;
    known?.close();
    const options = { streambed: this.#streambed, socket: this.#socket, workspaceId: this.#workspaceId, streamId, userId: this.id };
    const live = openLiveStream(options);
    this.#open.set(streamId, live);
    return live;
  }

  #previewsAreThere(live: LiveStream): boolean {
    return live.getSnapshot().events.every(({ sharedRef }) => sharedRef === null || sharedRef.preview !== undefined);
  }

  #newsOf(events: readonly StreamEvent[], stream: Stream): string[] {
    return events.flatMap((event) => {
      const line = lineOf(event);
      const before = this.#told.get(event.id);
      this.#told.set(event.id, line);
      return before === line ? [] : [`${before === undefined ? '+' : '~'} ${shortName(stream.name)}: ${line}`];
    });
  }

  /**
   * Reads shared originals that were hidden before. A member who gains access to an original sees it after opening the stream again,
   * because no frame announces it.
   */
  async #openedAgain(live: LiveStream, stream: Stream): Promise<string[]> {
    const hidden = live.getSnapshot().events.filter(({ sharedRef }) => sharedRef?.preview?.state === 'hidden');
    const now = await Promise.all(hidden.map(({ id }) => this.workspace.events(stream.id).read(id)));
    return now
      .filter(({ sharedRef }) => sharedRef?.preview?.state === 'visible')
      .map((event) => `~ ${shortName(stream.name)}, opened again: ${lineOf(event)}`);
  }
}

const isShown = (shown: Stream | undefined, truth: Stream): boolean => shown !== undefined && badgeOf(shown) === badgeOf(truth);

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`It took longer than ${patienceMs / 1000} s until ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
