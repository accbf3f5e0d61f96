import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { EmbeddingPurpose } from './embedder.ts';
import { EmbeddingFailed } from './embedder.ts';
import type { Provider } from './provider.ts';
import { failureOfStatus, readRetryAfter } from './provider.ts';

/** Request and response format of a family of models, and its limits. */
interface Family {
  readonly dimensions: readonly number[];
  readonly maxTexts: number;
  readonly maxTokens: number;
  readonly maxCalls: number;
  body(texts: readonly string[], purpose: EmbeddingPurpose, dimension: number): object;
  vectors(answer: Answer): unknown;
}
interface Answer {
  readonly embedding?: unknown;
  readonly embeddings?: { readonly float?: unknown };
}

const families: Readonly<Record<string, Family>> = {
  'amazon.titan-embed-text-v2:0': {
    dimensions: [1024, 512, 256],
    maxTexts: 1,
    maxTokens: 8_000,
    maxCalls: 8,
    body: ([inputText], _, dimensions) => ({ inputText, dimensions, normalize: true }),
    vectors: ({ embedding }) => [embedding],
  },
  'cohere.embed-v4:0': {
    dimensions: [1536, 1024, 512, 256],
    maxTexts: 96,
    // The model takes 128,000, but one vector says little about a longer text.
    maxTokens: 8_000,
    maxCalls: 2,
    body: (texts, purpose, dimension) => ({
      texts,
      input_type: purpose === 'query' ? 'search_query' : 'search_document',
      embedding_types: ['float'],
      output_dimension: dimension,
    }),
    vectors: ({ embeddings }) => embeddings?.float,
  },
};

export const bedrockModels: readonly string[] = Object.keys(families);

/**
 * The model of an inference profile: `us.cohere.embed-v4:0` calls Cohere's model in any region of the United States, with the same
 * vectors.
 */
export const modelOfProfile = (id: string): string => id.replace(/^[a-z]{2,6}(-[a-z]+)?\.(?=(amazon|cohere)\.)/, '');

/** Dimensions of a model, the default first; undefined for an unknown model. */
export const bedrockDimensions = (id: string): readonly number[] | undefined => families[modelOfProfile(id)]?.dimensions;

const name = 'bedrock';

/** Opens Amazon Bedrock with the role of the function. The first call loads the client. */
export function openBedrock(id: string, dimension: number, config: BedrockRuntimeClientConfig = {}): Provider {
  const model = modelOfProfile(id);
  const family = families[model];
  if (!family) throw new Error(`${id} is not a model that is known here`);
  const { maxTexts, maxTokens, maxCalls } = family;
  let client: Promise<BedrockRuntimeClient> | undefined;
  return {
    name,
    model,
    dimension,
    maxTexts,
    maxTokens,
    maxCalls,
    async call(texts, purpose, signal) {
      const { InvokeModelCommand, BedrockRuntimeClient: Client } = await import('@aws-sdk/client-bedrock-runtime');
      // Retries are the job of `guarded.ts`, so those of the client are off.
      client ??= Promise.resolve(new Client({ ...config, maxAttempts: 1 }));
      const body = JSON.stringify(family.body(texts, purpose, dimension));
      const command = new InvokeModelCommand({ modelId: id, contentType: 'application/json', accept: 'application/json', body });
      const answer = await (await client).send(command, { abortSignal: signal }).catch((error: unknown) => {
        throw failureOf(error);
      });
      return family.vectors(parse(answer.body));
    },
  };
}

function parse(body: Uint8Array): Answer {
  try {
    const answer: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch {
    // An answer that is not JSON is rejected below.
  }
  throw new EmbeddingFailed('invalid', `${name} gave what is not JSON`);
}

/** Maps a failed call to the port's error. `ModelNotReadyException` is a 429 that is no throttling, so it is checked by name. */
function failureOf(error: unknown): unknown {
  const {
    $metadata,
    $response,
    name: kind,
  } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
    name?: string;
  };
  if (kind === 'CredentialsProviderError') return new EmbeddingFailed('refused', `${name} cannot be called: there are no credentials`);
  if (kind === 'ModelNotReadyException') return new EmbeddingFailed('unavailable', `${name} is not ready`);
  const status = $metadata?.httpStatusCode;
  // Bedrock answers 424 when the model itself failed.
  if (status === undefined) return error;
  if (status === 424) return new EmbeddingFailed('unavailable', `${name} answered 424`);
  return status < 400 ? error : failureOfStatus(name, status, readRetryAfter($response?.headers?.['retry-after'], new Date()));
}
