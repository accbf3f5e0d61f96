import { metric } from '../../contract/names.ts';
import type { Log } from '../platform/log.ts';
import type { AppMetrics } from '../platform/metrics.ts';
import { readVectors } from './answers.ts';
import { EmbeddingFailed, vectorOfNothing } from './embedder.ts';
import type { Embedder } from './embedder.ts';
import { createGuards, usualGuards } from './guards.ts';
import type { Guards } from './guards.ts';
import type { Provider } from './provider.ts';
import { cutToTokens, estimateTokens } from './tokens.ts';

export interface Guarding {
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<AppMetrics, 'count'>;
  readonly guards?: Partial<Guards>;
}

/**
 * Builds an embedder over a provider. It cuts texts to the model's limit and sends batches at a limited rate. It retries failures, ends
 * calls that time out, and breaks the circuit when the provider keeps failing. Every answer is checked. Use one per provider and process,
 * because breaker and rate belong to it.
 */
export function guard(provider: Provider, { log, metrics, guards }: Guarding): Embedder {
  const guarded = createGuards(provider.name, { ...usualGuards, ...guards });
  const { name, model, dimension } = provider;
  return {
    model,
    dimension,
    isOffline: false,
    async embed(texts, purpose) {
      const cut = texts.map((text) => cutToTokens(text.trim(), provider.maxTokens));
      // A provider rejects a whole batch because of one empty text.
      const sent = cut.filter((text) => text !== '');
      const stop = new AbortController();
      const send = async (batch: readonly string[]) => {
        const vectors = await guarded(
          async (signal) => readVectors(name, await provider.call(batch, purpose, signal), batch.length, dimension),
          { purpose, texts: batch.length, signal: stop.signal },
        );
        metrics.count(metric.embeddingsMade, batch.length);
        metrics.count(metric.embeddingTokens, sum(batch.map(estimateTokens)));
        return vectors;
      };
      try {
        const vectors = (await atMost(provider.maxCalls, inBatches(sent, provider.maxTexts), send)).flat().values();
        return cut.map((text) => (text === '' ? vectorOfNothing(dimension) : (vectors.next().value as Float32Array)));
      } catch (error) {
        stop.abort();
        metrics.count(metric.embeddingFailures);
        if (error instanceof EmbeddingFailed)
          log.warn('No embeddings', { provider: name, model, kind: error.kind, reason: error.message, texts: texts.length });
        throw error;
      }
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function inBatches(texts: readonly string[], size: number): string[][] {
  const batches: string[][] = [];
  for (let start = 0; start < texts.length; start += size) batches.push(texts.slice(start, start + size));
  return batches;
}

/** Maps items with a limited number of calls at a time. Results keep the order; no call starts after a failure. */
async function atMost<T, R>(count: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [at, item] of waiting) {
      if (failed) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
  return results;
}
