import { env as names } from '../../contract/names.ts';
import { startQdrant, type Qdrant } from '../qdrant/qdrant.ts';
import type { Log } from '../types.ts';

/** The index of memory: the runner's own, or an external one. */
export interface LocalIndex {
  readonly url: string;
  /** Throws with an external index, which the runner must not break. */
  readonly faults: Qdrant['faults'];
  /** Stops the index as if its machine were gone. Data in a folder stay. */
  stop(): Promise<void>;
  /** Starts the index again at the same address. */
  start(): Promise<void>;
}

export interface MemoryOptions {
  /** Folder of the index; without it the index is in memory. */
  readonly folder: string | undefined;
  /** The machine's variables, overridden by a test's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Starts the index, unless the environment names an external one. */
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

/** Variables of the embeddings provider. They are replaced together. */
const embedding = [
  names.embeddingProvider,
  names.embeddingModel,
  names.embeddingDimension,
  names.embeddingUrl,
  names.embeddingApiKey,
  names.embeddingSecretArn,
];
/** Bedrock's API key, the only credential for callers without a role. */
const bedrockKey = 'AWS_BEARER_TOKEN_BEDROCK';

/**
 * Overrides a function's variables with this machine's: the running index and the configured embeddings provider. A function that uses
 * neither keeps its own.
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

/** Description of the embedder for people: `local, offline, by words only`. */
export function describeEmbedder(environment: MemoryOptions['environment']): string {
  const provider = environment[names.embeddingProvider] || 'local';
  if (provider === 'local') return 'local, offline, by words only';
  return [provider, environment[names.embeddingModel], environment[names.embeddingUrl]].filter(Boolean).join(', ');
}
