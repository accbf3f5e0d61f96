import { env as names } from '../../contract/names.ts';
import { startQdrant, type Qdrant } from '../qdrant/qdrant.ts';
import type { Log } from '../types.ts';

/** The index of memory: the one that the runner brings along, or the machine's own. */
export interface LocalIndex {
  readonly url: string;
  /** Throws with the machine's own index, which is not the runner's to break. */
  readonly faults: Qdrant['faults'];
  /** Ends it as if its machine were gone; what it holds stays in its folder, if it has one. */
  stop(): Promise<void>;
  /** Begins again at the same address. */
  start(): Promise<void>;
}

export interface MemoryOptions {
  /** Folder of the index; none: it goes with the process. */
  readonly folder: string | undefined;
  /** Variables of the machine, and those that a test gives. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Starts the index, unless the machine names one. */
export async function startIndex({ folder, environment, log }: MemoryOptions): Promise<LocalIndex> {
  const given = environment[names.qdrantUrl];
  if (given) return ownIndex(given);
  const options = { log, ...(folder !== undefined && { folder }) };
  let running: Qdrant | undefined = await startQdrant(options);
  const { url, faults } = running;
  return {
    url,
    get faults() {
      return running?.faults ?? faults;
    },
    async stop() {
      const ending = running;
      running = undefined;
      await ending?.stop();
    },
    async start() {
      running ??= await startQdrant({ ...options, port: Number(new URL(url).port) });
    },
  };
}

function ownIndex(url: string): LocalIndex {
  return {
    url,
    get faults(): never {
      throw new Error(`The index at ${url} is not the runner's`);
    },
    stop: () => Promise.resolve(),
    start: () => Promise.resolve(),
  };
}

/** What embeddings are asked of, and how: all of it changes with the provider. */
const embedding = [
  names.embeddingProvider,
  names.embeddingModel,
  names.embeddingDimension,
  names.embeddingUrl,
  names.embeddingApiKey,
  names.embeddingSecretArn,
];
/** Bedrock's own key: the one way in for who has no role there. */
const bedrockKey = 'AWS_BEARER_TOKEN_BEDROCK';

/**
 * The variables of a function as this machine has them: the index that runs here, and the provider of embeddings that the machine names.
 * A function that has to do with neither keeps its own.
 */
export function withMemory(
  variables: Readonly<Record<string, string>>,
  { url }: Pick<LocalIndex, 'url'>,
  environment: MemoryOptions['environment'],
): Record<string, string> {
  const own = { ...variables };
  if (names.qdrantUrl in own) {
    own[names.qdrantUrl] = url;
    if (environment[names.qdrantUrl]) {
      delete own[names.qdrantSecretArn];
      copy(own, environment, [names.qdrantApiKey]);
    }
  }
  if (names.embeddingProvider in own) {
    if (environment[names.embeddingProvider]) for (const name of embedding) delete own[name];
    copy(own, environment, [...embedding, bedrockKey]);
  }
  return own;
}

function copy(to: Record<string, string>, from: MemoryOptions['environment'], some: readonly string[]): void {
  for (const name of some) {
    const value = from[name];
    if (value) to[name] = value;
  }
}

/** What people are told of the embedder: `local, offline, by words only`. */
export function describeEmbedder(environment: MemoryOptions['environment']): string {
  const provider = environment[names.embeddingProvider] || 'local';
  if (provider === 'local') return 'local, offline, by words only';
  return [provider, environment[names.embeddingModel], environment[names.embeddingUrl]].filter(Boolean).join(', ');
}
