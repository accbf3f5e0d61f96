import { hkdfSync } from 'node:crypto';
import { setting } from './config.ts';
import { readSecret } from './secrets.ts';

/** Purpose of a signing key. A token signed for one purpose is invalid for another. */
export type KeyPurpose = 'user-token' | 'realtime-ticket';

/** Signing keys, one per purpose and workspace, all derived from one secret. They need no storage and no database lookup. */
export interface Keys {
  key(purpose: KeyPurpose, workspaceId: string): Promise<CryptoKey>;
}

export function openKeys(): Keys {
  const arn = setting('signingSecretArn');
  return createKeys(() => readSecret(arn));
}

/** Cache limit; no environment uses more keys than this. */
const maxCachedKeys = 200;

/**
 * Creates keys from one secret. Each is imported once, in the form the signing library takes, and cached; a rotated secret makes new ones.
 */
export function createKeys(secret: () => Promise<string>): Keys {
  const cache = new Map<string, Promise<CryptoKey>>();
  return {
    async key(purpose, workspaceId) {
      const current = await secret();
      const name = `${purpose}:${workspaceId}:${current}`;
      const known = cache.get(name);
      if (known) return known;
      const made = importKey(hkdfSync('sha256', current, '', `streambed:${purpose}:${workspaceId}`, 32));
      if (cache.size >= maxCachedKeys) cache.clear();
      cache.set(name, made);
      return made;
    },
  };
}

const importKey = (bytes: ArrayBuffer): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
