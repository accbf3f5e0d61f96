import type { LiveStream } from '../../../client/stream/live-stream.ts';

/** How many streams stay live after one has gone on to another. */
const keepOpen = 6;

/** The streams that are live on this page, so that going back to one is instant and what is being sent is not lost. */
export interface OpenStreams {
  /** The live stream with this id; the least recently used one is closed when there are too many. */
  use(streamId: string): LiveStream;
  /** The messages that wait to be sent, or could not be. */
  unsent(): { readonly streamId: string; readonly text: string }[];
  close(): void;
}

export function openStreams(open: (streamId: string) => LiveStream, limit = keepOpen): OpenStreams {
  /** In the order of use, the latest last. */
  const streams = new Map<string, LiveStream>();
  const trim = (): void => {
    for (const [streamId, stream] of streams) {
      if (streams.size <= limit) return;
      // Closing would drop what is not sent yet.
      if (stream.getSnapshot().pending.length > 0) continue;
      streams.delete(streamId);
      stream.close();
    }
  };
  return {
    use(streamId) {
      let stream = streams.get(streamId);
      streams.delete(streamId);
      // What was refused is asked for again.
      if (stream?.getSnapshot().problem && stream.getSnapshot().pending.length === 0) {
        stream.close();
        stream = undefined;
      }
      stream ??= open(streamId);
      streams.set(streamId, stream);
      trim();
      return stream;
    },
    unsent: () => [...streams].flatMap(([streamId, stream]) => stream.getSnapshot().pending.map(({ text }) => ({ streamId, text }))),
    close() {
      for (const stream of streams.values()) stream.close();
      streams.clear();
    },
  };
}
