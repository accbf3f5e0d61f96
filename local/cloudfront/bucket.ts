import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { wildcard } from '../wildcard.ts';
import { contentTypeOf, isCompressible } from './content-type.ts';

/** Files deployed to a bucket. Files of a later deployment replace those of an earlier one. */
export interface BucketDeployment {
  readonly folder: string;
  /** Patterns as in `aws s3 sync`; `include` overrides `exclude`. */
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  readonly cacheControl: string | undefined;
}

export interface BucketOptions {
  readonly deployments: readonly BucketDeployment[];
  readonly compress: boolean;
  /** True when the caller may list the bucket. A missing object then gives 404, else 403. */
  readonly listable: boolean;
}

interface StoredFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly cacheControl: string | undefined;
  readonly etag: string;
  readonly modified: Date;
}

/** Serves GET and HEAD from folders, as a bucket behind CloudFront does. */
export function createBucket({ deployments, compress, listable }: BucketOptions) {
  const cached = new Map<string, StoredFile>();
  const compressed = new WeakMap<StoredFile, Map<string, Promise<Buffer>>>();

  const find = async (key: string): Promise<StoredFile | undefined> => {
    for (const deployment of deployments.toReversed()) {
      if (!isDeployed(deployment, key)) continue;
      const path = join(deployment.folder, key);
      const about = await stat(path).catch(() => undefined);
      if (!about?.isFile()) continue;
      const known = cached.get(path);
      if (known && known.modified.getTime() === about.mtime.getTime()) return known;
      const bytes = await readFile(path);
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      const { cacheControl } = deployment;
      const found = { bytes, type: contentTypeOf(extname(path)), cacheControl, etag, modified: about.mtime };
      cached.set(path, found);
      return found;
    }
    return undefined;
  };

  const encode = (found: StoredFile, encoding: string): Promise<Buffer> => {
    const variants = compressed.get(found) ?? new Map<string, Promise<Buffer>>();
    compressed.set(found, variants);
    const made = variants.get(encoding) ?? compressors[encoding as keyof typeof compressors](found.bytes);
    variants.set(encoding, made);
    return made;
  };

  return async (request: IncomingMessage, response: ServerResponse, uri: string): Promise<void> => {
    const key = keyOf(uri);
    const found = key === undefined ? undefined : await find(key);
    if (!found) return sendMissing(response, listable, request.method === 'HEAD');
    const encoding = compress ? encodingFor(request, found) : undefined;
    const bytes = encoding === undefined ? found.bytes : await encode(found, encoding);
    response.setHeader('content-type', found.type);
    if (found.cacheControl !== undefined) response.setHeader('cache-control', found.cacheControl);
    response.setHeader('etag', encoding === undefined ? found.etag : `W/${found.etag}`);
    response.setHeader('last-modified', found.modified.toUTCString());
    if (compress && isCompressible(found.type)) response.setHeader('vary', 'Accept-Encoding');
    if (isFresh(request, found)) {
      response.writeHead(304).end();
      return;
    }
    if (encoding !== undefined) response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', bytes.length);
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : bytes);
  };
}

/** Key of a path; undefined when the path cannot name a file or leads out of the bucket. */
function keyOf(uri: string): string | undefined {
  try {
    const key = decodeURIComponent(uri.slice(1));
    return key === '' || key.includes('\0') || key.split(/[\\/]/).includes('..') ? undefined : key;
  } catch {
    return undefined;
  }
}

function isDeployed({ exclude, include }: BucketDeployment, key: string): boolean {
  const matches = (pattern: string) => wildcard(pattern).test(key);
  return !exclude.some(matches) || include.some(matches);
}

const compressors = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
};

/** CloudFront compresses text of 1 kB to 10 MB, Brotli first. */
function encodingFor(request: IncomingMessage, { bytes, type }: StoredFile): 'br' | 'gzip' | undefined {
  if (!isCompressible(type) || bytes.length < 1000 || bytes.length > 10_000_000) return undefined;
  const accepted = (request.headers['accept-encoding'] ?? '').split(/\s*,\s*/);
  const accepts = (name: string) => accepted.some((one) => new RegExp(`^${name}(;\\s*q=(?!0(\\.0*)?$).*)?$`).test(one));
  return accepts('br') ? 'br' : accepts('gzip') ? 'gzip' : undefined;
}

function isFresh(request: IncomingMessage, { etag, modified }: StoredFile): boolean {
  const known = request.headers['if-none-match'];
  if (known !== undefined) return known.split(/\s*,\s*/).some((one) => one === '*' || one.replace(/^W\//, '') === etag);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

function sendMissing(response: ServerResponse, listable: boolean, isHead: boolean): void {
  const [status, code, text] = listable
    ? ([404, 'NoSuchKey', 'The specified key does not exist.'] as const)
    : ([403, 'AccessDenied', 'Access Denied'] as const);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${text}</Message></Error>`;
  response.setHeader('content-type', 'application/xml');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status).end(isHead ? undefined : body);
}
