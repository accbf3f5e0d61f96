import { hkdfSync } from 'node:crypto';
import { setting } from './config.ts';
import { readSecret } from './secrets.ts';

/** What a signing key is for: a key made for one purpose proves nothing for another. */
export type KeyPurpose = 'user-token' | 'realtime-ticket';

/** Signing keys, one per purpose and workspace, all derived from one secret: nothing to store, nothing to look up in the database. */
export interface Keys {
  key(purpose: KeyPurpose, workspaceId: string): Promise<Uint8Array>;
}

export function openKeys(): Keys {
  const arn = setting('signingSecretArn');
  return createKeys(() => readSecret(arn));
}

export function createKeys(secret: () => Promise<string>): Keys {
  return {
    key: async (purpose, workspaceId) => new Uint8Array(hkdfSync('sha256', await secret(), '', `streambed:${purpose}:${workspaceId}`, 32)),
  };
}
