import type { LiveStream } from '../../../client/stream/live-stream.ts';

/** Streams that stay live after the reader has left them. */
const keepOpen = 6;

/** The live streams of this page. Going back to one is instant, and messages in flight survive. */
export interface OpenStreams {
  /** The live stream with this id. Above the limit, closes the least recently used stream. */
  use(streamId: string): LiveStream;
  /** The messages that wait for sending, or failed. */
  unsent(): { readonly streamId: string; readonly text: string }[];
  close(): void;
}

export function openStreams(open: (streamId: string) => LiveStream, limit = keepOpen): OpenStreams {
  /** Ordered by use, the latest last. */
  const streams = new Map<string, LiveStream>();
  const trim = (): void => {
    for (const [streamId, stream] of streams) {
      if (streams.size <= limit) return;
      // Closing would drop unsent messages.
      if (stream.getSnapshot().pending.length > 0) continue;
      streams.delete(streamId);
      stream.close();
    }
  };
  return {
    use(streamId) {
      let stream = streams.get(streamId);
      streams.delete(streamId);
      // A stream that was refused is opened again.
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
