import { createDecipheriv, createECDH, createHmac } from 'node:crypto';
import type { ECDH } from 'node:crypto';

/** A device that opens notifications by RFC 8291 and RFC 8188 alone: HMAC, ECDH and AES of Node, none of the library that encrypts. */
export interface TestDevice {
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** Decrypts the body of a push request. Throws when it is not for this device. */
  open(body: Buffer): string;
}

export function createTestDevice(): TestDevice {
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys();
  const auth = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  return {
    keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
    open: (body) => open(body, ecdh, auth),
  };
}

const hmac = (key: Buffer, ...parts: Buffer[]): Buffer => {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};
/** HKDF of RFC 5869 for at most one block. */
const hkdf = (salt: Buffer, ikm: Buffer, info: Buffer, length: number): Buffer =>
  hmac(hmac(salt, ikm), info, Buffer.from([1])).subarray(0, length);
const text = (words: string): Buffer => Buffer.from(`${words}\0`, 'latin1');

function open(body: Buffer, device: ECDH, auth: Buffer): string {
  // RFC 8188, 2.1: salt, record size, length of the key id, key id. RFC 8291, 4: the key id is the public key of the sender.
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (idLength !== 65 || record.length > recordSize) throw new Error('The header is not of RFC 8291');
  // RFC 8291, 3.4.
  const info = Buffer.concat([text('WebPush: info'), device.getPublicKey(), senderKey]);
  const ikm = hkdf(auth, device.computeSecret(senderKey), info, 32);
  const key = hkdf(salt, ikm, text('Content-Encoding: aes128gcm'), 16);
  const nonce = hkdf(salt, ikm, text('Content-Encoding: nonce'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  // RFC 8188, 2: the last record ends with 2 and zeros.
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('The last record has no delimiter');
  return padded.subarray(0, end).toString('utf8');
}
