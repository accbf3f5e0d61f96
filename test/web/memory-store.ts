import type { TextStore } from '../../web/src/ui/text-store.ts';

/** A device's storage in memory, for one test. */
export function memoryStore(entries: Record<string, string> = {}): TextStore {
  const map = new Map(Object.entries(entries));
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  };
}
