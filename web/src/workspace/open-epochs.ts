import type { LiveEpochs } from '../../../client/epochs/live-epochs.ts';

/** Streams whose epochs stay live after the reader has left them: the limit of open streams. */
const keepOpen = 6;

/** The live epochs of recently used streams, shared by all components. */
export interface OpenEpochs {
  /** The live epochs of this stream. Above the limit, closes those of the least recently used stream. */
  use(streamId: string): LiveEpochs;
  close(): void;
}

export function openEpochs(open: (streamId: string) => LiveEpochs, limit = keepOpen): OpenEpochs {
  /** Ordered by use, the latest last. */
  const all = new Map<string, LiveEpochs>();
  return {
    use(streamId) {
      let epochs = all.get(streamId);
      all.delete(streamId);
      // Epochs whose request was refused are opened again.
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
