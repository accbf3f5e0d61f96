import { env } from '../../contract/names.ts';
import { optionalSetting } from '../platform/config.ts';
import { readSecret } from '../platform/keys/secrets.ts';
import { bedrockDimensions, bedrockModels, openBedrock } from './bedrock-embedder.ts';
import type { Embedder } from './embedder.ts';
import { guard } from './guarded.ts';
import type { Guarding } from './guarded.ts';
import { localEmbedder, localModel } from './local-embedder.ts';
import { openOpenAi } from './openai-embedder.ts';

/** The embedding settings of the environment; undefined when there are none. */
export interface EmbeddingSettings {
  readonly provider?: string;
  readonly model?: string;
  readonly dimension?: string;
  readonly url?: string;
  readonly apiKey?: string;
  readonly secretArn?: string;
}

/**
 * Opens the embedder that the environment names. Throws, with the name of the variable, for settings that cannot work. `openai` without
 * `EMBEDDING_DIMENSION` asks the provider, and throws `EmbeddingFailed` when it does not answer.
 */
export const openEmbedder = (guarding: Guarding): Promise<Embedder> =>
  createEmbedder(
    {
      provider: optionalSetting('embeddingProvider'),
      model: optionalSetting('embeddingModel'),
      dimension: optionalSetting('embeddingDimension'),
      url: optionalSetting('embeddingUrl'),
      apiKey: optionalSetting('embeddingApiKey'),
      secretArn: optionalSetting('embeddingSecretArn'),
    },
    guarding,
  );

/** Opens the embedder on first use. A failed opening is tried again by the next call. */
export function openEmbedderOnce(guarding: Guarding): () => Promise<Embedder> {
  let embedder: Promise<Embedder> | undefined;
  return () => {
    embedder ??= openEmbedder(guarding);
    embedder.catch(() => (embedder = undefined));
    return embedder;
  };
}

export async function createEmbedder(settings: EmbeddingSettings, guarding: Guarding): Promise<Embedder> {
  const { provider = 'local' } = settings;
  const dimension = readDimension(settings.dimension);
  switch (provider) {
    case 'local':
      return openLocal(settings, dimension);
    case 'openai':
      return guard(await openOpenAi({ ...readOpenAi(settings), ...(dimension !== undefined && { dimension }) }), guarding);
    case 'bedrock':
      return guard(openBedrock(...readBedrock(settings, dimension)), guarding);
    default:
      throw new Error(`${env.embeddingProvider} is "${provider}"; it is local, openai or bedrock.`);
  }
}

function readDimension(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(`${env.embeddingDimension} is "${text}"; it is a whole number of 1 or more, or not set.`);
}

function openLocal({ model, url, apiKey, secretArn }: EmbeddingSettings, dimension: number | undefined): Embedder {
  if (model !== undefined && model !== localModel)
    throw new Error(`${env.embeddingModel} is "${model}", but ${env.embeddingProvider} is local, which has ${localModel} only.`);
  if (dimension !== undefined && dimension !== localEmbedder.dimension)
    throw new Error(`${env.embeddingDimension} is ${dimension}, but ${localModel} has ${localEmbedder.dimension}.`);
  if (url !== undefined || apiKey !== undefined || secretArn !== undefined)
    throw new Error(
      `${env.embeddingUrl}, ${env.embeddingApiKey} and ${env.embeddingSecretArn} are for openai, but ${env.embeddingProvider} is local.`,
    );
  return localEmbedder;
}

function readOpenAi({ model, url = 'https://api.openai.com/v1', apiKey, secretArn }: EmbeddingSettings) {
  if (model === undefined) throw new Error(`${env.embeddingModel} is not set; with ${env.embeddingProvider}=openai it names the model.`);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${env.embeddingUrl} is "${url}"; it is an http or https address such as https://api.openai.com/v1.`);
  if (apiKey !== undefined && secretArn !== undefined)
    throw new Error(`${env.embeddingApiKey} and ${env.embeddingSecretArn} are both set; the key comes from one of them.`);
  if (new URL(url).hostname === 'api.openai.com' && apiKey === undefined && secretArn === undefined)
    throw new Error(`Neither ${env.embeddingApiKey} nor ${env.embeddingSecretArn} is set; OpenAI takes no calls without a key.`);
  const key = apiKey !== undefined ? () => Promise.resolve(apiKey) : secretArn !== undefined ? () => readSecret(secretArn) : undefined;
  return { url, model, ...(key && { apiKey: key }) };
}

function readBedrock({ model, url, apiKey, secretArn }: EmbeddingSettings, dimension: number | undefined): Parameters<typeof openBedrock> {
  const id = model ?? 'amazon.titan-embed-text-v2:0';
  const dimensions = bedrockDimensions(id);
  if (!dimensions)
    throw new Error(`${env.embeddingModel} is "${id}"; with ${env.embeddingProvider}=bedrock it is one of ${bedrockModels.join(', ')}.`);
  const [usual = 0] = dimensions;
  if (dimension !== undefined && !dimensions.includes(dimension))
    throw new Error(`${env.embeddingDimension} is ${dimension}; ${id} has ${dimensions.join(', ')}.`);
  if (apiKey !== undefined || secretArn !== undefined)
    throw new Error(
      `${env.embeddingApiKey} and ${env.embeddingSecretArn} are for openai; bedrock is called with the role of the function.`,
    );
  return [id, dimension ?? usual, url === undefined ? {} : { endpoint: url }];
}
