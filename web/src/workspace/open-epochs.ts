import type { LiveEpochs } from '../../../client/epochs/live-epochs.ts';

/** The epochs of how many streams stay live after one has gone on to another: as many as streams do. */
const keepOpen = 6;

/** The epochs of the streams in use, each read once for all who show them. */
export interface OpenEpochs {
  /** The live epochs of this stream; those of the least recently used one are closed when there are too many. */
  use(streamId: string): LiveEpochs;
  close(): void;
}

export function openEpochs(open: (streamId: string) => LiveEpochs, limit = keepOpen): OpenEpochs {
  /** In the order of use, the latest last. */
  const all = new Map<string, LiveEpochs>();
  return {
    use(streamId) {
      let epochs = all.get(streamId);
      all.delete(streamId);
      // What was refused is asked for again.
      if (epochs?.getSnapshot().problem?.retry === 'never') {
        epochs.close();
        epochs = undefined;
      }
      epochs ??= open(streamId);
      all.set(streamId, epochs);
      const [oldest] = all;
      if (all.size > limit && oldest) {
        all.delete(oldest[0]);
        oldest[1].close();
      }
      return epochs;
    },
    close() {
      for (const epochs of all.values()) epochs.close();
      all.clear();
    },
  };
}
