import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccessKeys } from '../iam/access-keys.ts';
import { encode, type Address } from './address.ts';
import { accessDenied, S3Error } from './errors.ts';

/** Signer of a request, and the signed hash of its body. */
export interface Signed {
  readonly accessKeyId: string;
  /** SHA-256 of the body in hex; undefined for an unsigned body. */
  readonly bodyHash: string | undefined;
}

interface Claim {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261120T120000Z` */
  readonly at: string;
  readonly sessionToken: string | undefined;
  readonly bodyHash: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const unsigned = 'UNSIGNED-PAYLOAD';
const maxSkewMilliseconds = 15 * 60_000;

/** Verifies AWS Signature Version 4, in the query (a presigned address) or in the headers. Throws S3's errors. */
export function verifySignature(request: IncomingMessage, address: Address, keys: AccessKeys, region: string, now: Date): Signed {
  const claim = address.query.has('X-Amz-Signature') ? readQuery(request, address.query, now) : readHeader(request, now);
  checkScope(claim, region);
  checkSigned(request, claim);
  const { secretAccessKey, sessionToken } = keys.secretOf(claim.accessKeyId);
  if (claim.sessionToken !== sessionToken) throw new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  const expected = Buffer.from(sign(secretAccessKey, claim, canonicalRequest(request, address, claim)));
  const given = Buffer.from(claim.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return { accessKeyId: claim.accessKeyId, bodyHash: claim.bodyHash === unsigned ? undefined : claim.bodyHash };
}

function readQuery(request: IncomingMessage, query: Address['query'], now: Date): Claim {
  const fail = (message: string): never => {
    throw new S3Error(400, 'AuthorizationQueryParametersError', message);
  };
  const demand = (name: string): string => query.get(name) ?? fail(`The query must name ${name}`);
  if (demand('X-Amz-Algorithm') !== algorithm) fail(`X-Amz-Algorithm only supports "${algorithm}"`);
  const seconds = Number(demand('X-Amz-Expires'));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) fail('X-Amz-Expires must be a number between 1 and 604800');
  const at = demand('X-Amz-Date');
  const from = timeOf(at) ?? fail("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (from - maxSkewMilliseconds > now.getTime()) throw accessDenied('Request is not valid yet');
  if (from + seconds * 1000 < now.getTime()) throw accessDenied('Request has expired');
  const [accessKeyId, scope] = splitCredential(demand('X-Amz-Credential')) ?? fail('X-Amz-Credential is not of the form key/scope');
  const signedHeaders = demand('X-Amz-SignedHeaders').split(';');
  const bodyHash = signedHeaders.includes('x-amz-content-sha256') ? headerOf(request, 'x-amz-content-sha256') : unsigned;
  return {
    accessKeyId,
    scope,
    signedHeaders,
    signature: demand('X-Amz-Signature'),
    at,
    sessionToken: query.get('X-Amz-Security-Token'),
    bodyHash,
  };
}

function readHeader(request: IncomingMessage, now: Date): Claim {
  const { authorization } = request.headers;
  if (authorization === undefined) throw accessDenied();
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization);
  const [accessKeyId, scope] = splitCredential(parts?.[1] ?? '') ?? [];
  if (parts === null || accessKeyId === undefined || scope === undefined) {
    throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  }
  const at = headerOf(request, 'x-amz-date');
  const from = timeOf(at);
  if (from === undefined) throw accessDenied('AWS authentication requires a valid Date or x-amz-date header');
  if (Math.abs(from - now.getTime()) > maxSkewMilliseconds) {
    throw new S3Error(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
  }
  const bodyHash = headerOf(request, 'x-amz-content-sha256');
  if (bodyHash === '') throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  return {
    accessKeyId,
    scope,
    signedHeaders: (parts[2] ?? '').split(';'),
    signature: parts[3] ?? '',
    at,
    sessionToken: request.headersDistinct['x-amz-security-token']?.[0],
    bodyHash,
  };
}

/** `AKIA.../20261120/us-east-1/s3/aws4_request` */
function splitCredential(credential: string): [accessKeyId: string, scope: string] | undefined {
  const at = credential.indexOf('/');
  return at < 1 ? undefined : [credential.slice(0, at), credential.slice(at + 1)];
}

function timeOf(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkScope({ scope, at }: Claim, region: string): void {
  const expected = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
  if (scope !== expected) throw new S3Error(400, 'AuthorizationHeaderMalformed', `The credential is for ${scope}; expecting ${expected}`);
}

/** Refuses unsigned `x-amz-` headers, which S3 acts on: a third party must not extend a signed request. */
function checkSigned(request: IncomingMessage, { signedHeaders }: Claim): void {
  const added = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (added.length > 0) throw accessDenied(`There were headers present in the request which were not signed: ${added.join(', ')}`);
  if (!signedHeaders.includes('host')) throw accessDenied('The header host must be signed');
}

function canonicalRequest(request: IncomingMessage, { segments, query }: Address, claim: Claim): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    request.method,
    `/${segments.map(encode).join('/')}`,
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...claim.signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    claim.signedHeaders.join(';'),
    claim.bodyHash,
  ].join('\n');
}

/** All values of a header in signing form; empty when it is missing. */
const headerOf = (request: IncomingMessage, name: string): string =>
  (request.headersDistinct[name] ?? []).map((value) => value.trim().replaceAll(/ +/g, ' ')).join(',');

function sign(secretAccessKey: string, { at, scope }: Claim, canonical: string): string {
  const hash = createHash('sha256').update(canonical).digest('hex');
  const key = scope
    .split('/')
    .reduce<Buffer>((made, part) => createHmac('sha256', made).update(part).digest(), Buffer.from(`AWS4${secretAccessKey}`));
  return createHmac('sha256', key).update(`${algorithm}\n${at}\n${scope}\n${hash}`).digest('hex');
}
