import type { IncomingMessage, ServerResponse } from 'node:http';
import { notImplemented, S3Error } from './errors.ts';
import type { ObjectFolder } from './objects.ts';
import type { Signed } from './signature.ts';

/** S3's limit for one request. */
const maxBytes = 5 * 2 ** 30;
/** Supported upload headers. Others are refused instead of silently ignored. */
const understood = new Set(['content-sha256', 'date', 'security-token', 'tagging', 'user-agent'].map((name) => `x-amz-${name}`));

/** Stores an object, after checking its length and its hash when these are given. */
export async function takeObject(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, key, signed, now }: { folder: ObjectFolder; key: string; signed: Signed; now: Date },
): Promise<void> {
  const { headers } = request;
  const strange = Object.keys(headers).find((name) => name.startsWith('x-amz-') && !understood.has(name));
  if (strange !== undefined) throw notImplemented(`uploads with the header ${strange}`);
  if (signed.bodyHash?.startsWith('STREAMING-')) throw notImplemented('uploads in signed chunks');
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*') throw notImplemented('If-None-Match with anything but *');
  const length = Number(headers['content-length']);
  if (headers['content-length'] === undefined)
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (length > maxBytes) throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.');
  const tags = parseTags(headers['x-amz-tagging']);
  if (condition !== undefined && folder.find(key) !== undefined) throw alreadyThere();

  const draft = await folder.receive(request);
  const md5 = headers['content-md5'];
  const fault =
    signed.bodyHash !== undefined && signed.bodyHash !== draft.sha256
      ? new S3Error(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.")
      : md5 !== undefined && md5 !== draft.md5.toString('base64')
        ? new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.')
        : undefined;
  if (fault !== undefined) {
    draft.drop();
    throw fault;
  }
  const mediaType = headers['content-type'] ?? 'binary/octet-stream';
  const kept = draft.keep({ key, mediaType, modified: now.toISOString(), tags }, condition !== undefined);
  if (kept === false) throw alreadyThere();
  response.setHeader('etag', kept.etag);
  response.setHeader('content-length', 0);
  response.writeHead(200).end();
}

const alreadyThere = (): S3Error =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold: If-None-Match');

/** `state=pending&colour=red` */
function parseTags(text: string | string[] | undefined): Record<string, string> {
  const pairs = [...new URLSearchParams(String(text ?? ''))];
  if (pairs.length > 10 || pairs.some(([name, value]) => name === '' || name.length > 128 || value.length > 256))
    throw new S3Error(400, 'InvalidTag', 'An object has at most 10 tags of 128 characters, with values of 256.');
  return Object.fromEntries(pairs);
}
