import { hkdfSync } from 'node:crypto';
import { setting } from './config.ts';
import { readSecret } from './secrets.ts';

/** What a signing key is for: a key made for one purpose proves nothing for another. */
export type KeyPurpose = 'user-token' | 'realtime-ticket';

/** Signing keys, one per purpose and workspace, all derived from one secret: nothing to store, nothing to look up in the database. */
export interface Keys {
  key(purpose: KeyPurpose, workspaceId: string): Promise<CryptoKey>;
}

export function openKeys(): Keys {
  const arn = setting('signingSecretArn');
  return createKeys(() => readSecret(arn));
}

/** More keys than these are in no one environment's use. */
const maxHeld = 200;

/** Keys from one secret. Made once and held, as the signing library takes them; a rotated secret makes new ones. */
export function createKeys(secret: () => Promise<string>): Keys {
  const held = new Map<string, Promise<CryptoKey>>();
  return {
    async key(purpose, workspaceId) {
      const current = await secret();
      const name = `${purpose}:${workspaceId}:${current}`;
      const known = held.get(name);
      if (known) return known;
      const made = importKey(hkdfSync('sha256', current, '', `streambed:${purpose}:${workspaceId}`, 32));
      if (held.size >= maxHeld) held.clear();
      held.set(name, made);
      return made;
    },
  };
}

const importKey = (bytes: ArrayBuffer): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
