import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { startQdrant, type Qdrant } from '../../../local/qdrant/qdrant.ts';
import { quietLog } from '../emulators.ts';

/** A Qdrant under test: the local one, or a real one. */
export interface Subject {
  readonly url: string;
  readonly client: QdrantClient;
  /** The local one; undefined for a real server. */
  readonly local: Qdrant | undefined;
  /** A unique name. */
  name(): string;
  /** Deletes the collections with its names, and stops. */
  stop(): Promise<void>;
}

export async function startSubject(realUrl?: string): Promise<Subject> {
  const local = realUrl === undefined ? await startQdrant({ log: quietLog() }) : undefined;
  const url = realUrl ?? (local as Qdrant).url;
  const client = clientOf(url);
  const names: string[] = [];
  return {
    url,
    client,
    local,
    name() {
      const name = `test-${randomUUID()}`;
      names.push(name);
      return name;
    },
    async stop() {
      for (const name of names) await client.deleteCollection(name);
      await local?.stop();
    },
  };
}

/** The client in the app's configuration. Its version equals the server's, so it sends no version check. */
export function clientOf(url: string): QdrantClient {
  const apiKey = process.env['QDRANT_API_KEY'];
  return new QdrantClient({ url, checkCompatibility: false, ...(apiKey === undefined ? {} : { headers: { 'api-key': apiKey } }) });
}

/** Status and text of a refused call. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; error: string }> {
  try {
    await call;
  } catch (thrown) {
    const { status, data } = thrown as { status: number; data: { status: { error: string } } };
    return { status, error: data.status.error };
  }
  throw new Error('the call was not refused');
}
