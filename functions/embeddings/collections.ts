import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { isMissing, isTaken } from './index-errors.ts';
import { denseVector, keywordsVector } from './point.ts';

/**
 * The name of the collection of one model and dimension: vectors of two models never lie side by side, and a new model is filled beside
 * the old one. `stage` keeps apart what shares an index.
 */
export function collectionName(stage: string, model: string, dimension: number): string {
  const slug = model.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `streambed-${stage}-${slug}-${dimension}`;
}

/** What points are filtered by. `workspace_id` is the tenant: the index keeps what belongs to one together. */
const payloadIndexes: Readonly<Record<string, Schemas['PayloadFieldSchema']>> = {
  workspace_id: { type: 'keyword', is_tenant: true },
  stream_id: 'keyword',
  kind: 'keyword',
  visibility: 'keyword',
  at: 'integer',
};

/**
 * Makes the collection with its payload indexes, which come before the data: the index is built for them. Safe to repeat, and to be done
 * by two at once: who comes second finds it made.
 */
export async function ensureCollection(client: QdrantClient, name: string, dimension: number): Promise<void> {
  const missing = await missingIndexes(client, name);
  if (missing === 'collection') {
    await client
      .createCollection(name, {
        vectors: { [denseVector]: { size: dimension, distance: 'Cosine' } },
        sparse_vectors: { [keywordsVector]: { modifier: 'idf' } },
      })
      .catch((error: unknown) => {
        if (!isTaken(error)) throw error;
      });
  }
  const fields = missing === 'collection' ? Object.keys(payloadIndexes) : missing;
  for (const field of fields) {
    await client.createPayloadIndex(name, { field_name: field, field_schema: payloadIndexes[field], wait: true });
  }
}

async function missingIndexes(client: QdrantClient, name: string): Promise<'collection' | string[]> {
  try {
    const { payload_schema: there } = await client.getCollection(name);
    return Object.keys(payloadIndexes).filter((field) => !(field in there));
  } catch (error) {
    if (isMissing(error)) return 'collection';
    throw error;
  }
}
