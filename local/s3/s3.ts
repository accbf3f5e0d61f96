import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AccessKeys } from '../iam/access-keys.ts';
import { AwsError } from '../aws-endpoint.ts';
import type { BucketDefinition } from '../definitions.ts';
import type { Access, Account, Log } from '../types.ts';
import { addressOf, type Address } from './address.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { accessDenied, notImplemented, S3Error, sendBasics, sendError } from './errors.ts';
import { sendObject } from './get-object.ts';
import { expireObjects } from './lifecycle.ts';
import { openObjectFolder, type ObjectFolder, type StoredObject } from './objects.ts';
import { takeObject } from './put-object.ts';
import { verifySignature, type Signed } from './signature.ts';

export interface S3Options {
  readonly account: Account;
  readonly buckets: readonly BucketDefinition[];
  readonly access: Access;
  readonly keys: AccessKeys;
  readonly log: Log;
  /** Folder of the objects; a temporary one by default. */
  readonly folder?: string;
  readonly now?: () => Date;
  /** Called before each call takes effect, for fault injection. */
  readonly strike?: (accessKeyId: string, action: string) => Promise<void>;
}

export interface S3 {
  /** True for a path of a bucket (`/<bucket>/...`). */
  owns(url: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Deletes objects that lifecycle rules have expired; returns their number. */
  expire(): number;
  stop(): void;
}

interface Bucket {
  readonly definition: BucketDefinition;
  readonly folder: ObjectFolder;
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: Address;
  readonly bucket: Bucket;
  readonly signed: Signed;
}

const sweepMilliseconds = 3_600_000;

/**
 * A small S3, path-style: put, get, head and delete of objects with their tags, presigned or signed, with the signer's permissions.
 * Unlike the other services it verifies signatures, because browsers reach it too.
 */
export function createS3(options: S3Options): S3 {
  const { buckets: definitions, log, now = () => new Date() } = options;
  const root = options.folder ?? mkdtempSync(path.join(tmpdir(), 'streambed-s3-'));
  const buckets = new Map<string, Bucket>(
    definitions.map((definition) => [definition.name, { definition, folder: openObjectFolder(path.join(root, definition.name)) }]),
  );
  const serve = createServing({ ...options, now });
  const expire = (): number =>
    [...buckets.values()].reduce((sum, { definition, folder }) => sum + expireObjects(folder, definition.lifecycle, now()), 0);
  expire();
  const timer = setInterval(expire, sweepMilliseconds).unref();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    sendBasics(response);
    const address = addressOf(request);
    const bucket = buckets.get(address.bucket);
    if (bucket === undefined) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (request.method === 'OPTIONS') return answerPreflight(bucket.definition.cors, request, response);
    // Errors need the headers too, so that pages can read them.
    allowOrigin(bucket.definition.cors, request, response);
    const signed = verifySignature(request, address, options.keys, options.account.region, now());
    await serve({ request, response, address, bucket, signed });
  };

  return {
    owns: (url) => buckets.has(/^\/([^/?]+)/.exec(url)?.[1] ?? ''),
    handle: (request, response) => {
      answer(request, response).catch((thrown: unknown) => {
        if (thrown instanceof S3Error) return sendError(request, response, thrown);
        if (thrown instanceof AwsError) return sendError(request, response, new S3Error(thrown.status, thrown.code, thrown.message));
        // The caller left before its upload was complete.
        if (request.destroyed && !request.complete) return;
        log('error', 'the emulated S3 failed', { error: String((thrown as Error).stack ?? thrown) });
        if (response.headersSent) response.destroy();
        else sendError(request, response, new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.'));
      });
    },
    expire,
    stop: () => {
      clearInterval(timer);
      if (options.folder === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Checks the permissions of a call and executes it. */
function createServing({ access, now, strike = async () => undefined }: S3Options & { readonly now: () => Date }) {
  const may = ({ signed, bucket: { definition }, address }: Call, action: string, on: 'object' | 'bucket' = 'object'): boolean =>
    access.check(signed.accessKeyId, action, on === 'bucket' ? definition.arn : `${definition.arn}/${address.key}`).allowed;
  const demand = (call: Call, action: string): void => {
    if (!may(call, action)) throw accessDenied(`Not authorized to perform ${action} on ${call.address.key}`);
  };
  /** Reports a missing object only to callers that may list the bucket. */
  const find = (call: Call): StoredObject => {
    const object = call.bucket.folder.find(call.address.key);
    if (object !== undefined) return object;
    throw may(call, 's3:ListBucket', 'bucket') ? new S3Error(404, 'NoSuchKey', 'The specified key does not exist.') : accessDenied();
  };
  const operations: Record<string, { readonly action: string; run(call: Call): void | Promise<void> }> = {
    'GET object': { action: 's3:GetObject', run: get },
    'HEAD object': { action: 's3:GetObject', run: get },
    'PUT object': { action: 's3:PutObject', run: put },
    'DELETE object': {
      action: 's3:DeleteObject',
      run({ bucket, address, response }) {
        bucket.folder.delete(address.key);
        response.writeHead(204).end();
      },
    },
    'DELETE tagging': {
      action: 's3:DeleteObjectTagging',
      run(call) {
        call.bucket.folder.retag(find(call), {});
        call.response.writeHead(204).end();
      },
    },
  };
  return serve;

  async function serve(call: Call): Promise<void> {
    const { request, address, signed } = call;
    const operation = operations[`${request.method} ${subjectOf(address)}`];
    if (operation === undefined) throw notImplemented(`${request.method} of ${address.key === '' ? 'a bucket' : subjectOf(address)}`);
    demand(call, operation.action);
    await strike(signed.accessKeyId, operation.action);
    await operation.run(call);
  }
  async function get(call: Call): Promise<void> {
    const object = find(call);
    await sendObject(call.request, call.response, call.address, object, call.bucket.folder.pathOf(object));
  }
  async function put(call: Call): Promise<void> {
    const { request, response, bucket, address, signed } = call;
    if (request.headers['x-amz-tagging'] !== undefined) demand(call, 's3:PutObjectTagging');
    await takeObject(request, response, { folder: bucket.folder, key: address.key, signed, now: now() });
  }
}

/** Subresource that the query selects: the object itself, or `?tagging`. */
function subjectOf({ key, query }: Address): string {
  if (key === '') return 'bucket';
  const about = [...query.keys()].filter((name) => !/^(X-Amz-|x-id$|response-)/.test(name));
  return about.length === 0 ? 'object' : about.join(' ');
}
