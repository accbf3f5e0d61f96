import { createECDH, hkdfSync } from 'node:crypto';
import * as z from 'zod';

/** A key pair that proves to push services who sends (RFC 8292), in base64url: the point uncompressed, and the scalar. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * Secret of the keys. Subscriptions are made with the key of `seed`. A subscription that was made with a key of `verifyOnly` is used with that
 * key until its browser subscribes anew.
 */
const VapidSecret = z.object({ seed: z.string().min(32), verifyOnly: z.array(z.string().min(32)).default([]) });

/** Order of P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Derives the key pairs of a secret, the current one first. Throws for a secret of another form, without a part of it in the message. */
export function vapidKeysOf(secret: string): readonly VapidKeys[] {
  const { seed, verifyOnly } = parseSecret(secret);
  return [seed, ...verifyOnly].map(keysOf);
}

function parseSecret(secret: string): z.infer<typeof VapidSecret> {
  try {
    return VapidSecret.parse(JSON.parse(secret));
  } catch {
    throw new Error('The secret of notifications is not {"seed": "...", "verifyOnly": [...]} with texts of 32 characters or more');
  }
}

function keysOf(seed: string): VapidKeys {
  // 128 bits more than the order has: the remainder is as good as uniform.
  const wide = Buffer.from(hkdfSync('sha256', seed, '', 'streambed:vapid', 48));
  const scalar = (BigInt(`0x${wide.toString('hex')}`) % (order - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  return { publicKey: ecdh.getPublicKey().toString('base64url'), privateKey: privateKey.toString('base64url') };
}
