/** What is to be undone in the end, the last first. */
export interface Cleanup {
  add(undo: () => unknown): void;
  /** Undoes everything, also after one of it failed; throws the first failure at the end. */
  run(): Promise<void>;
}

/** Collects what a start has opened, for its end and for the case that it fails half-way. */
export function createCleanup(): Cleanup {
  const undos: (() => unknown)[] = [];
  return {
    add: (undo) => void undos.push(undo),
    async run() {
      const failures: unknown[] = [];
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
        try {
          await undo();
        } catch (thrown) {
          failures.push(thrown);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
