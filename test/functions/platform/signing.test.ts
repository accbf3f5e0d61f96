import { describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { keyIdOf, keyPairsOf, type KeyPurpose } from '../../../functions/platform/keys/key-pairs.ts';
import { createSigner } from '../../../functions/platform/keys/signer.ts';
import { createVerifier } from '../../../functions/platform/keys/verifier.ts';

const old = 'the seed that signed until now, of 40 letters';
const fresh = 'the seed that signs from now on, as long as it';
const secretOf = (seed: string, ...verifyOnly: string[]): string => JSON.stringify({ seed, verifyOnly });
const published = (purpose: KeyPurpose, ...seeds: string[]): string =>
  seeds.map((seed) => keyPairsOf(purpose, secretOf(seed))[0]?.publicKey ?? '').join(',');

const now = new Date('2026-11-20T12:00:00Z');
const seconds = Math.floor(now.getTime() / 1000);
const claims = { ws: 'ws_1', sub: 'ada', iat: seconds, exp: seconds + 60 };
const signed = (seeds: readonly [string, ...string[]], known: readonly string[], purpose: KeyPurpose = 'user-token') =>
  createSigner(purpose, async () => secretOf(...seeds), published(purpose, ...known)).sign(claims);
const verifier = (...seeds: string[]) => createVerifier('user-token', published('user-token', ...seeds));

describe('A signed token', () => {
  test('is taken by its verifier with its claims, and names its key, type and algorithm', async () => {
    const token = await signed([old], [old]);
    expect(await verifier(old).verify(token, now)).toEqual(claims);
    const kid = keyIdOf(published('user-token', old));
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'user-token+jwt', kid });
  });

  test('ends when it says', async () => {
    const token = await signed([old], [old]);
    await expect(verifier(old).verify(token, new Date(now.getTime() + 60_000))).rejects.toThrow('"exp"');
  });

  test('of another purpose is refused twice: by the key, and by the type', async () => {
    const ticket = await signed([old], [old], 'realtime-ticket');
    await expect(verifier(old).verify(ticket, now)).rejects.toThrow('no applicable key');
    expect(published('realtime-ticket', old)).not.toBe(published('user-token', old));
    const [pair] = keyPairsOf('user-token', secretOf(old));
    const key = await crypto.subtle.importKey('pkcs8', pair!.privateKey, { name: 'Ed25519' }, false, ['sign']);
    for (const typ of ['realtime-ticket+jwt', 'JWT', undefined]) {
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: keyIdOf(pair!.publicKey), typ }).sign(key);
      await expect(verifier(old).verify(token, now)).rejects.toThrow('"typ"');
    }
  });

  test('with the id of another key is refused', async () => {
    const [header, ...rest] = (await signed([old], [old])).split('.');
    const named = (kid: string | undefined): string => {
      const parsed = { ...(JSON.parse(Buffer.from(header!, 'base64url').toString()) as object), kid };
      return [Buffer.from(JSON.stringify(parsed)).toString('base64url'), ...rest].join('.');
    };
    const both = verifier(old, fresh);
    await expect(both.verify(named(keyIdOf(published('user-token', fresh))), now)).rejects.toThrow('signature verification failed');
    for (const kid of [undefined, '', 'toString', '__proto__'])
      await expect(both.verify(named(kid), now)).rejects.toThrow('no applicable key');
  });
});

describe('A rotation', () => {
  test('refuses no token: the next key is published first, signs then, and the last one is taken away last', async () => {
    const before = await signed([old], [old]);
    // Both keys are published while the old one signs.
    const announced = await signed([old, fresh], [old, fresh]);
    // The new one signs.
    const after = await signed([fresh, old], [old, fresh]);
    for (const token of [before, announced, after]) expect(await verifier(old, fresh).verify(token, now)).toEqual(claims);
    expect(await verifier(old).verify(announced, now)).toEqual(claims);
    // Only the new one is published.
    expect(await verifier(fresh).verify(after, now)).toEqual(claims);
    for (const token of [before, announced]) await expect(verifier(fresh).verify(token, now)).rejects.toThrow('no applicable key');
  });

  test('signs with no key that is not published', async () => {
    const token = await signed([fresh, old], [old]);
    expect(await verifier(old).verify(token, now)).toEqual(claims);
    await expect(signed([fresh], [old])).rejects.toThrow('No key of user-token is published');
  });

  test('takes effect in a running signer', async () => {
    let secret = secretOf(old, fresh);
    const signer = createSigner('user-token', async () => secret, published('user-token', old, fresh));
    expect(await verifier(old).verify(await signer.sign(claims), now)).toEqual(claims);
    secret = secretOf(fresh, old);
    expect(await verifier(fresh).verify(await signer.sign(claims), now)).toEqual(claims);
  });
});

describe('A secret of another form', () => {
  test.each(['', 'not JSON', '{}', '{"seed":"short"}', '{"seed":7}', `["${old}"]`])('is refused without being told: %p', (secret) => {
    expect(() => keyPairsOf('user-token', secret)).toThrow(/^The secret of user-token is not/);
  });
});
