/** Stack of undo functions, run in reverse order. */
export interface Cleanup {
  add(undo: () => unknown): void;
  /** Runs all undo functions, even after a failure; throws the first failure at the end. */
  run(): Promise<void>;
}

/** Collects the resources of a start, for the shutdown and for a start that fails half-way. */
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
