import { S3Client } from '@aws-sdk/client-s3';
import { createAccessKeys, type AccessKeys } from '../../../local/iam/access-keys.ts';
import type { BucketDefinition } from '../../../local/definitions.ts';
import { createS3, type S3 } from '../../../local/s3/s3.ts';
import type { Access } from '../../../local/types.ts';
import { accessFor, account, quietLog } from '../emulators.ts';
import { serve } from '../servers.ts';

export const pageOrigin = 'https://talk.example.com';
export const bucket: BucketDefinition = {
  name: 'files',
  arn: 'arn:aws:s3:::files',
  cors: [
    {
      allowedOrigins: [pageOrigin],
      allowedMethods: ['GET', 'PUT'],
      allowedHeaders: ['content-type', 'if-none-match', 'x-amz-tagging'],
      exposedHeaders: ['etag'],
      maxAgeSeconds: 3600,
    },
  ],
  lifecycle: [{ expireDays: 1, prefix: '', tags: { state: 'pending' } }],
};

export interface RunningBucket {
  readonly url: string;
  readonly s3: S3;
  readonly log: ReturnType<typeof quietLog>;
  readonly keys: AccessKeys;
  /** A client that signs with the secret of a key. */
  client(accessKeyId?: string): S3Client;
  stop(): Promise<void>;
}

export interface BucketOptions {
  readonly access?: Access;
  readonly folder?: string;
  readonly now?: () => Date;
}

/** Starts an S3 with one bucket on a port of loopback. */
export async function startBucket({ access = accessFor(), folder, now }: BucketOptions = {}): Promise<RunningBucket> {
  const log = quietLog();
  const keys = createAccessKeys();
  const s3 = createS3({ account, buckets: [bucket], access, keys, log, folder, now });
  const server = await serve({ handle: (request, response) => s3.handle(request, response) });
  const clients: S3Client[] = [];
  return {
    url: server.url,
    s3,
    log,
    keys,
    client(accessKeyId = 'AKIAALLOWED') {
      const client = new S3Client({
        endpoint: server.url,
        region: account.region,
        maxAttempts: 1,
        credentials: { accessKeyId, ...keys.secretOf(accessKeyId) },
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.stop();
      s3.stop();
    },
  };
}
