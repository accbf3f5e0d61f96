import type { EmbeddingPurpose } from './embedder.ts';
import { EmbeddingFailed } from './embedder.ts';

/** One call of somebody else's model, and what a call may carry. What is around it (waiting, repeating, checking) is `guarded.ts`. */
export interface Provider {
  /** For logs and sentences: `openai`. */
  readonly name: string;
  readonly model: string;
  readonly dimension: number;
  /** Texts a call. */
  readonly maxTexts: number;
  /** Tokens a text, as `estimateTokens` has it. */
  readonly maxTokens: number;
  /** Calls at a time. */
  readonly maxCalls: number;
  /** One vector per text, as the provider gives them: nothing of it has been checked. Throws `EmbeddingFailed`, or whatever stopped it. */
  call(texts: readonly string[], purpose: EmbeddingPurpose, signal: AbortSignal): Promise<unknown>;
}

/** What an HTTP status says of a provider. The answer's own words stay out of it: they may hold what was to be embedded. */
export function failureOfStatus(name: string, status: number, retryAfterSeconds?: number): EmbeddingFailed {
  const said = `${name} answered ${status}`;
  if (status === 429) return new EmbeddingFailed('throttled', said, retryAfterSeconds);
  if (status === 408 || status === 425 || status >= 500) return new EmbeddingFailed('unavailable', said, retryAfterSeconds);
  return new EmbeddingFailed('refused', said);
}

/** `Retry-After`: seconds, or a date. Undefined for what is neither. */
export function readRetryAfter(header: string | null | undefined, now: Date): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}
