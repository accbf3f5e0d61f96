import { createHmac, randomBytes } from 'node:crypto';

/** Secret of an access key of this run. */
export interface AccessKeys {
  secretOf(accessKeyId: string): { readonly secretAccessKey: string; readonly sessionToken: string };
}

/** Generates secrets at each start. S3 verifies signatures, since browsers reach it too. */
export function createAccessKeys(): AccessKeys {
  const seed = randomBytes(32);
  const derive = (purpose: string, accessKeyId: string): string =>
    createHmac('sha256', seed).update(`${purpose} ${accessKeyId}`).digest('base64url');
  return {
    secretOf: (accessKeyId) => ({ secretAccessKey: derive('secret', accessKeyId), sessionToken: derive('session', accessKeyId) }),
  };
}
