import { createStreambed } from '../../client/http/http.ts';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import type { LiveSnapshot, LiveStream } from '../../client/stream/live-stream.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import type { Demo } from '../../local/demo/demo.ts';
import { limit } from '../support/slowness.ts';

/** A user of the demo workspace with the real client. */
export interface Person {
  readonly api: WorkspaceClient;
  readonly socket: RealtimeSocket;
  open(streamId: string): LiveStream;
  close(): void;
}

export function aPerson({ baseUrl, demo }: { readonly baseUrl: string; readonly demo: Demo | undefined }, index: number): Person {
  const user = demo?.users[index];
  if (!demo || !user) throw new Error(`There is no demo user ${index}`);
  const streambed = createStreambed({ baseUrl, token: user.token });
  const api = streambed.workspace(demo.workspaceId);
  const socket = new RealtimeSocket({ ticket: () => api.ticket() });
  const streams: LiveStream[] = [];
  return {
    api,
    socket,
    open(streamId) {
      const stream = openLiveStream({ streambed, socket, workspaceId: demo.workspaceId, streamId });
      streams.push(stream);
      return stream;
    },
    close() {
      for (const stream of streams) stream.close();
      socket.close();
    },
  };
}

/** Resolves with the first snapshot that meets the condition. */
export function until(
  stream: LiveStream,
  condition: (snapshot: LiveSnapshot) => boolean,
  milliseconds = limit(15_000),
): Promise<LiveSnapshot> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      stop();
      clearTimeout(timer);
      settle();
    };
    const look = () => {
      const snapshot = stream.getSnapshot();
      if (condition(snapshot)) finish(() => resolve(snapshot));
    };
    const timer = setTimeout(
      () =>
        finish(() =>
          reject(new Error(`It did not come to that within ${milliseconds} ms: ${JSON.stringify(stream.getSnapshot()).slice(0, 2_000)}`)),
        ),
      milliseconds,
    );
    const stop = stream.subscribe(look);
    look();
  });
}

/** Repeats a request until its answer meets the condition. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  wished: (answer: Answer) => boolean,
  milliseconds = limit(15_000),
): Promise<Answer> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (wished(answer)) return answer;
    if (Date.now() > end) throw new Error(`It did not come to that within ${milliseconds} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Texts of a snapshot, in order. */
export const texts = ({ events }: LiveSnapshot): (string | undefined)[] => events.map(({ content }) => content?.text);
