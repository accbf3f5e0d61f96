/** Settings of the embeddings provider. */
export type EmbeddingSettings =
  /** Offline and lexical, inside the functions. */
  | { readonly provider: 'local' }
  /** `model` is the id of a model or of an inference profile (`us.cohere.embed-v4:0`). */
  | { readonly provider: 'bedrock'; readonly model: string; readonly dimension: number }
  /** Any service that implements OpenAI's `/v1/embeddings`. The secret is the key itself; undefined when the service needs none. */
  | {
      readonly provider: 'openai';
      readonly url: string;
      readonly model: string;
      readonly dimension: number;
      readonly secretArn: string | undefined;
    };

/** Settings of the memory index. */
export type QdrantSettings =
  | { readonly kind: 'instance'; /** Class of the machine; arm64. */ readonly instance: string; readonly volumeGiB: number }
  /** Qdrant Cloud or a server outside of the network. The secret is the key itself; undefined when the server needs none. */
  | { readonly kind: 'address'; readonly url: string; readonly secretArn: string | undefined };

type Read = (key: string) => string | undefined;

/** Titan is the one model in every region with Bedrock, and the cheapest. */
export const titan = { provider: 'bedrock', model: 'amazon.titan-embed-text-v2:0', dimension: 1024 } as const satisfies EmbeddingSettings;

/** Reads the embeddings settings from the context, `usual` by default. Throws on invalid combinations. */
export function readEmbeddings(read: Read, usual: EmbeddingSettings): EmbeddingSettings {
  const provider = read('embeddingProvider') ?? usual.provider;
  const given = keys.filter((key) => read(key) !== undefined);
  if (provider === 'local') {
    refuse(given, [], provider);
    return { provider };
  }
  if (provider === 'bedrock') {
    refuse(given, ['embeddingModel', 'embeddingDimension'], provider);
    const model = read('embeddingModel');
    if (model === undefined) return { ...titan, dimension: readDimension(read) ?? titan.dimension };
    return { provider, model, dimension: demand(readDimension(read), 'embeddingDimension', `-c embeddingModel=${model}`) };
  }
  if (provider !== 'openai') throw new Error(`There is no provider of embeddings "${provider}"; give bedrock, openai or local`);
  const because = '-c embeddingProvider=openai';
  return {
    provider,
    url: readUrl('embeddingUrl', read('embeddingUrl') ?? 'https://api.openai.com/v1'),
    model: demand(read('embeddingModel'), 'embeddingModel', because),
    dimension: demand(readDimension(read), 'embeddingDimension', because),
    secretArn: read('embeddingSecretArn'),
  };
}

/** Reads the index settings from the context, `usual` by default. Throws on invalid combinations. */
export function readQdrant(read: Read, usual: QdrantSettings): QdrantSettings {
  const url = read('qdrantUrl');
  const secretArn = read('qdrantSecretArn');
  if (url !== undefined) return { kind: 'address', url: readUrl('qdrantUrl', url), secretArn };
  if (secretArn !== undefined) throw new Error('-c qdrantSecretArn=... needs -c qdrantUrl=...');
  return usual;
}

const keys = ['embeddingModel', 'embeddingDimension', 'embeddingUrl', 'embeddingSecretArn'] as const;

function refuse(given: readonly string[], allowed: readonly string[], provider: string): void {
  const [stray] = given.filter((key) => !allowed.includes(key));
  if (stray !== undefined) throw new Error(`The provider of embeddings ${provider} takes no -c ${stray}=...`);
}

function readDimension(read: Read): number | undefined {
  const text = read('embeddingDimension');
  if (text === undefined || /^[1-9]\d{0,4}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`-c embeddingDimension=... must be a whole number above 0, and is ${text}`);
}

function readUrl(key: string, url: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new Error(`-c ${key}=... must be an https address, and is ${url}`);
  return url;
}

function demand<Value>(value: Value | undefined, key: string, because: string): Value {
  if (value === undefined) throw new Error(`${because} needs -c ${key}=... too`);
  return value;
}
