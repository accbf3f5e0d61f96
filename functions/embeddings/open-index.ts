import { optionalSetting, setting } from '../platform/config.ts';
import { readSecret } from '../platform/keys/secrets.ts';
import type { Embedder } from './embedder.ts';
import { openVectorIndex } from './vector-index.ts';
import type { VectorIndex } from './vector-index.ts';

/**
 * Opens the index that the environment names, for the vectors of one model. Throws, with the name of the variable, when the address is
 * missing.
 */
export async function openIndex({ model, dimension }: Pick<Embedder, 'model' | 'dimension'>): Promise<VectorIndex> {
  const secretArn = optionalSetting('qdrantSecretArn');
  const apiKey = optionalSetting('qdrantApiKey') ?? (secretArn === undefined ? undefined : await readSecret(secretArn));
  return openVectorIndex({ url: setting('qdrantUrl'), stage: setting('stage'), model, dimension, ...(apiKey !== undefined && { apiKey }) });
}
