import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Address } from './address.ts';
import { S3Error } from './errors.ts';
import type { StoredObject } from './objects.ts';

/** Headers of the answer that the signed query may override. */
const overrides = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

/** Answers GET and HEAD: in full, as a range, or with 304. */
export async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  { query }: Address,
  object: StoredObject,
  file: string,
): Promise<void> {
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('etag', object.etag);
  response.setHeader('last-modified', new Date(object.modified).toUTCString());
  response.setHeader('content-type', object.mediaType);
  const tagCount = Object.keys(object.tags).length;
  if (tagCount > 0) response.setHeader('x-amz-tagging-count', tagCount);
  for (const name of overrides) {
    const value = query.get(`response-${name}`);
    if (value !== undefined) response.setHeader(name, value);
  }
  if (isKnown(request, object)) {
    response.writeHead(304).end();
    return;
  }
  const range = rangeOf(request, object);
  const [first, last] = range ?? [0, object.bytes - 1];
  if (range !== undefined) response.setHeader('content-range', `bytes ${first}-${last}/${object.bytes}`);
  response.setHeader('content-length', last - first + 1);
  response.writeHead(range === undefined ? 200 : 206);
  if (request.method === 'HEAD' || object.bytes === 0) {
    response.end();
    return;
  }
  await pipeline(createReadStream(file, { start: first, end: last }), response).catch((thrown: unknown) => {
    // A client that stops a video disconnects in the middle of it.
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw thrown;
  });
}

function isKnown({ headers }: IncomingMessage, { etag, modified }: StoredObject): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) return known.split(/\s*,\s*/).some((one) => one === '*' || one.replace(/^W\//, '') === etag);
  return inSeconds(modified) <= Date.parse(headers['if-modified-since'] ?? '');
}

/** Dates in headers have no milliseconds. */
const inSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000) * 1000;

/** First and last byte of the requested range; undefined for the whole object. Multiple ranges are answered with the whole object. */
function rangeOf({ headers }: IncomingMessage, { bytes, etag, modified }: StoredObject): [first: number, last: number] | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  const condition = headers['if-range'];
  if (typeof condition === 'string' && condition !== etag && inSeconds(modified) !== Date.parse(condition)) return undefined;
  const [, from = '', to = ''] = parts ?? [];
  if (from === '' && to === '') return undefined;
  const [first, last] = from === '' ? [Math.max(0, bytes - Number(to)), bytes - 1] : [Number(from), to === '' ? bytes - 1 : Number(to)];
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (first >= bytes || (from === '' && Number(to) === 0)) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return [first, Math.min(last, bytes - 1)];
}
