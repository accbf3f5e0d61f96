import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import * as z from 'zod';

/** Purpose of a key pair. Each purpose has a secret of its own, which only its signer reads. */
export type KeyPurpose = 'user-token' | 'realtime-ticket';

/** An Ed25519 key pair. The public key is 32 bytes in base64url, the private key is PKCS8. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: Buffer<ArrayBuffer>;
}

/**
 * Secret of a purpose. `seed` signs. Signatures made with a seed of `verifyOnly` are valid too: the next seed before it signs, and the last
 * one until its tokens have expired.
 */
const SigningSecret = z.object({ seed: z.string().min(32), verifyOnly: z.array(z.string().min(32)).default([]) });

/** Derives the key pairs of a secret, the signing one first. Throws for a secret of another form, without a part of it in the message. */
export function keyPairsOf(purpose: KeyPurpose, secret: string): readonly KeyPair[] {
  const { seed, verifyOnly } = parseSecret(purpose, secret);
  return [seed, ...verifyOnly].map((each) => keyPairOf(purpose, each));
}

/** Id of a public key, which stands in the header of each signature: its first 96 bits. */
export const keyIdOf = (publicKey: string): string => publicKey.slice(0, 16);

/** Algorithm and type of the tokens of a purpose. A token of one type is invalid as another, whatever key signed it (RFC 8725, 3.11). */
export const algorithm = 'EdDSA';
export const tokenTypeOf = (purpose: KeyPurpose): string => `${purpose}+jwt`;

function parseSecret(purpose: KeyPurpose, secret: string): z.infer<typeof SigningSecret> {
  try {
    return SigningSecret.parse(JSON.parse(secret));
  } catch {
    throw new Error(`The secret of ${purpose} is not {"seed": "...", "verifyOnly": [...]} with texts of 32 characters or more`);
  }
}

/** DER of an Ed25519 private key in PKCS8, up to the 32 bytes of the key (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyPairOf(purpose: KeyPurpose, seed: string): KeyPair {
  const privateKey = Buffer.concat([pkcs8Prefix, Buffer.from(hkdfSync('sha256', seed, '', `streambed:${purpose}`, 32))]);
  const { x } = createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' });
  if (x === undefined) throw new Error('An Ed25519 key has no public part');
  return { publicKey: x, privateKey };
}
