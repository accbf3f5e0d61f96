import type { EmbeddingPurpose } from './embedder.ts';
import { EmbeddingFailed } from './embedder.ts';

/** A provider's API and its limits. Retries, batching and checks are in `guarded.ts`. */
export interface Provider {
  /** The name in logs and messages: `openai`. */
  readonly name: string;
  readonly model: string;
  readonly dimension: number;
  /** Texts per call. */
  readonly maxTexts: number;
  /** Tokens per text, by `estimateTokens`. */
  readonly maxTokens: number;
  /** Concurrent calls. */
  readonly maxCalls: number;
  /** The provider's vectors, one per text and not checked yet. Throws `EmbeddingFailed` or the error of the transport. */
  call(texts: readonly string[], purpose: EmbeddingPurpose, signal: AbortSignal): Promise<unknown>;
}

/** Maps an HTTP status to the port's error. The body of the answer is left out: it may quote the text. */
export function failureOfStatus(name: string, status: number, retryAfterSeconds?: number): EmbeddingFailed {
  const message = `${name} answered ${status}`;
  if (status === 429) return new EmbeddingFailed('throttled', message, retryAfterSeconds);
  if (status === 408 || status === 425 || status >= 500) return new EmbeddingFailed('unavailable', message, retryAfterSeconds);
  return new EmbeddingFailed('refused', message);
}

/** Parses `Retry-After`: seconds, or a date; undefined for anything else. */
export function readRetryAfter(header: string | null | undefined, now: Date): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}
