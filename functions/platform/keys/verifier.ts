import { errors, jwtVerify, type JWTPayload } from 'jose';
import { setting } from '../config.ts';
import { algorithm, type KeyPurpose, keyIdOf, tokenTypeOf } from './key-pairs.ts';

/** Verifies tokens of one purpose with public keys only. A function with a verifier cannot make a token. */
export interface Verifier {
  /** Returns the claims; `sub`, `ws` and `exp` are there. Throws an error of `jose` for a token that is invalid at `now`. */
  verify(token: string, now: Date): Promise<JWTPayload>;
}

/** Environment variable that holds the public keys of each purpose, separated by commas. */
export const publicKeysSetting = { 'user-token': 'userTokenPublicKeys', 'realtime-ticket': 'ticketPublicKeys' } as const;

/** Opens the verifier of a purpose with the public keys of the environment. */
export const openVerifier = (purpose: KeyPurpose) => (): Verifier => createVerifier(purpose, setting(publicKeysSetting[purpose]));

/** Creates a verifier for public keys that are separated by commas. A token names its key; each key is imported once. */
export function createVerifier(purpose: KeyPurpose, published: string): Verifier {
  const publicKeys = new Map(published.split(',').map((publicKey) => [keyIdOf(publicKey), publicKey]));
  const imported = new Map<string, Promise<CryptoKey>>();
  const keyOf = (id: string | undefined): Promise<CryptoKey> => {
    const publicKey = publicKeys.get(id ?? '');
    if (id === undefined || publicKey === undefined) throw new errors.JWKSNoMatchingKey();
    const key = imported.get(id) ?? importKey(publicKey);
    imported.set(id, key);
    return key;
  };
  return {
    async verify(token, now) {
      const { payload } = await jwtVerify(token, ({ kid }) => keyOf(kid), {
        algorithms: [algorithm],
        typ: tokenTypeOf(purpose),
        requiredClaims: ['sub', 'ws', 'exp'],
        currentDate: now,
      });
      return payload;
    },
  };
}

const importKey = (publicKey: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Buffer.from(publicKey, 'base64url'), { name: 'Ed25519' }, false, ['verify']);
