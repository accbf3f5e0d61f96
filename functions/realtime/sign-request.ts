import { createHash, createHmac } from 'node:crypto';

/** Credentials, region and service of a signature (AWS Signature Version 4). */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  readonly service: string;
}

export interface UnsignedRequest {
  readonly method: 'POST' | 'DELETE';
  readonly host: string;
  /** Path as sent, percent-encoded once; no query. */
  readonly path: string;
  /** SHA-256 of the body, in hex. */
  readonly bodyHash: string;
}

export const hashOf = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex');

/**
 * Creates the headers that sign a request. A fan-out signs the same body thousands of times: the caller hashes it once, and the day's key
 * is cached.
 */
export function signRequest(signer: Signer, { method, host, path, bodyHash }: UnsignedRequest, now: Date): Record<string, string> {
  const at = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const scope = `${at.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`;
  const headers: Record<string, string> = {
    host,
    'x-amz-date': at,
    ...(signer.sessionToken !== undefined && { 'x-amz-security-token': signer.sessionToken }),
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, encodePath(path), '', lines.join(''), names, bodyHash].join('\n');
  const signature = createHmac('sha256', dayKey(signer, at.slice(0, 8)))
    .update(`AWS4-HMAC-SHA256\n${at}\n${scope}\n${hashOf(canonical)}`)
    .digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** Encodes the path a second time, as the signature requires. */
const encodePath = (path: string): string =>
  encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

let held: { day: string; secret: string; key: Buffer } | undefined;

function dayKey({ secretAccessKey, region, service }: Signer, day: string): Buffer {
  if (held?.day !== day || held.secret !== secretAccessKey) {
    const parts = [day, region, service, 'aws4_request'];
    const key = parts.reduce<Buffer>(
      (made, part) => createHmac('sha256', made).update(part).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    held = { day, secret: secretAccessKey, key };
  }
  return held.key;
}
