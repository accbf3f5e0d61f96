import { EmbeddingFailed } from './embedder.ts';
import type { Provider } from './provider.ts';
import { failureOfStatus, readRetryAfter } from './provider.ts';

export interface OpenAiSettings {
  /** Base address with the version: `https://api.openai.com/v1`, `http://localhost:11434/v1`. */
  readonly url: string;
  readonly model: string;
  /** The requested dimension; without it the model's own is learned from the first call. */
  readonly dimension?: number;
  readonly apiKey?: () => Promise<string>;
}

const name = 'openai';
/** OpenAI takes 2,048 texts and 300,000 tokens per call. Self-hosted servers need smaller batches. */
const maxTexts = 32;
/** OpenAI's models take 8,191 tokens per text. */
const maxTokens = 8_000;
const maxCalls = 4;

/**
 * Opens any server with OpenAI's `/embeddings`. A missing dimension is learned by embedding one word, and that call may throw like any
 * other.
 */
export async function openOpenAi(settings: OpenAiSettings, learn = learnDimension): Promise<Provider> {
  const dimension = settings.dimension ?? (await learn(settings));
  return {
    name,
    model: settings.model,
    dimension,
    maxTexts,
    maxTokens,
    maxCalls,
    call: (texts, _, signal) => post(settings, texts, signal),
  };
}

const learnSeconds = 10;

async function learnDimension(settings: OpenAiSettings): Promise<number> {
  const [vector] = await post(settings, ['word'], AbortSignal.timeout(learnSeconds * 1000)).catch((error: unknown) => {
    throw error instanceof EmbeddingFailed
      ? error
      : new EmbeddingFailed('unavailable', `${name} could not be reached to learn its dimension`);
  });
  if (!Array.isArray(vector) || vector.length === 0) throw new EmbeddingFailed('invalid', `${name} gave something that is no vector`);
  return vector.length;
}

async function post(settings: OpenAiSettings, texts: readonly string[], signal: AbortSignal): Promise<unknown[]> {
  const { url, model, dimension, apiKey } = settings;
  const key = await apiKey?.();
  const response = await fetch(`${url.replace(/\/+$/, '')}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, input: texts, encoding_format: 'float', ...(dimension !== undefined && { dimensions: dimension }) }),
    // A redirect would send the key to another address.
    redirect: 'error',
    signal,
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw failureOfStatus(name, response.status, readRetryAfter(response.headers.get('retry-after'), new Date()));
  }
  return readAnswer(await response.text());
}

/** Sorts the vectors by their `index`: servers may answer in another order. */
function readAnswer(text: string): unknown[] {
  let answer: { data?: unknown };
  try {
    answer = JSON.parse(text) as { data?: unknown };
  } catch {
    throw new EmbeddingFailed('invalid', `${name} gave what is not JSON`);
  }
  const items = answer?.data;
  if (!Array.isArray(items)) throw new EmbeddingFailed('invalid', `${name} gave no list of vectors`);
  const vectors: unknown[] = [];
  for (const [at, item] of (items as ({ index?: unknown; embedding?: unknown } | null)[]).entries()) {
    const index = typeof item?.index === 'number' ? item.index : at;
    if (index in vectors || !Number.isInteger(index) || index < 0 || index >= items.length)
      throw new EmbeddingFailed('invalid', `${name} gave vectors in no order`);
    vectors[index] = item?.embedding;
  }
  return vectors;
}
