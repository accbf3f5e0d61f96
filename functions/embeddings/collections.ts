import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { isMissing, isTaken } from './index-errors.ts';
import { denseVector, keywordsVector } from './point.ts';

/**
 * The name of the collection of one model and dimension. Vectors of two models never share a collection: a new model is filled beside the
 * old one. `stage` separates stages that share a server.
 */
export function collectionName(stage: string, model: string, dimension: number): string {
  const slug = model.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `streambed-${stage}-${slug}-${dimension}`;
}

/** Payload fields that filters use. `workspace_id` is the tenant key: the index stores the points of a workspace together. */
const payloadIndexes: Readonly<Record<string, Schemas['PayloadFieldSchema']>> = {
  workspace_id: { type: 'keyword', is_tenant: true },
  stream_id: 'keyword',
  kind: 'keyword',
  visibility: 'keyword',
  at: 'integer',
};

/**
 * Creates the collection and its payload indexes, before any data: the server builds the vector index for them. Idempotent, also for two
 * concurrent callers.
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
