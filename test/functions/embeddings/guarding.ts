import type { Guarding } from '../../../functions/embeddings/guarded.ts';
import type { Guards } from '../../../functions/embeddings/guards.ts';

/** Reports of an embedder: counts by name, and log lines. */
export interface Told {
  readonly counts: Map<string, number>;
  readonly lines: { message: unknown; details: unknown }[];
}

/** Guards without delays, and what is reported to them. */
export function quickGuarding(guards: Partial<Guards> = {}): Guarding & { told: Told } {
  const told: Told = { counts: new Map(), lines: [] };
  return {
    told,
    log: { warn: (message: unknown, details: unknown) => told.lines.push({ message, details }) } as unknown as Guarding['log'],
    metrics: { count: (name, value = 1) => told.counts.set(name, (told.counts.get(name) ?? 0) + value) },
    guards: { backoffSeconds: 0.002, timeoutSeconds: 2, queryTimeoutSeconds: 2, breakAfter: 100, textsPerSecond: 100_000, ...guards },
  };
}
