import { SignJWT } from 'jose';
import { setting } from '../config.ts';
import { algorithm, type KeyPair, type KeyPurpose, keyIdOf, keyPairsOf, tokenTypeOf } from './key-pairs.ts';
import { readSecret } from './secrets.ts';
import { publicKeysSetting } from './verifier.ts';

/** Claims of a signed token: workspace, user, and epoch seconds. `jti` makes a token usable once. */
export interface TokenClaims {
  readonly ws: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti?: string;
  /** Version of the user's tokens. */
  readonly ver?: number | undefined;
  /** End of the token that a ticket was made with, in seconds since 1970. */
  readonly tokenExp?: number | undefined;
}

/** Signs tokens of one purpose. */
export interface Signer {
  sign(claims: TokenClaims): Promise<string>;
}

/** Environment variable that names the secret of each purpose. */
const secretSetting = { 'user-token': 'userTokenSecretArn', 'realtime-ticket': 'ticketSecretArn' } as const;

/** Opens the signer of a purpose with the secret that the environment names. Only one function may read the secret of each purpose. */
export const openSigner = (purpose: KeyPurpose) => (): Signer => {
  const arn = setting(secretSetting[purpose]);
  return createSigner(purpose, () => readSecret(arn), setting(publicKeysSetting[purpose]));
};

/**
 * Creates a signer. It signs with the first key of the secret that is among the published ones, so that a secret which changed before its
 * public key was published makes no tokens that every verifier refuses.
 */
export function createSigner(purpose: KeyPurpose, secret: () => Promise<string>, published: string): Signer {
  const known = new Set(published.split(','));
  let current: { readonly secret: string; readonly key: Promise<SigningKey> } | undefined;
  return {
    async sign(claims) {
      const text = await secret();
      if (current?.secret !== text) current = { secret: text, key: importKey(choose(purpose, text, known)) };
      const { id, key } = await current.key;
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: algorithm, typ: tokenTypeOf(purpose), kid: id }).sign(key);
    },
  };
}

interface SigningKey {
  readonly id: string;
  readonly key: CryptoKey;
}

function choose(purpose: KeyPurpose, secret: string, known: ReadonlySet<string>): KeyPair {
  const pair = keyPairsOf(purpose, secret).find(({ publicKey }) => known.has(publicKey));
  if (!pair) throw new Error(`No key of ${purpose} is published: deploy the service stack with another -c keys=... (docs/runbook.md)`);
  return pair;
}

async function importKey({ publicKey, privateKey }: KeyPair): Promise<SigningKey> {
  return { id: keyIdOf(publicKey), key: await crypto.subtle.importKey('pkcs8', privateKey, { name: 'Ed25519' }, false, ['sign']) };
}
