import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { optionalSetting, setting } from '../config.ts';

/** Tells requests that come through the front from those that call a gateway directly. */
export interface Origin {
  /** True for a value of the header `originHeader` that the front adds. */
  accepts(value: string | undefined): boolean;
}

/** Opens the check with the hashes of the environment. A function that is told only hashes cannot make a request look like the front's. */
export const openOrigin = (): Origin => createOrigin(setting('originSecretHashes'));

/** Opens the check for sockets. Without a domain the front has no name to tell clients, so sockets open at the gateway itself. */
export const openSocketOrigin = (): Origin => {
  const published = optionalSetting('originSecretHashes');
  return published === undefined ? { accepts: () => true } : createOrigin(published);
};

/** Creates the check for hashes that are separated by commas. */
export function createOrigin(published: string): Origin {
  const hashes = published.split(',').map((hash) => Buffer.from(hash, 'base64url'));
  return {
    accepts(value) {
      if (value === undefined) return false;
      const hash = hashOf(value);
      return hashes.some((known) => known.length === hash.length && timingSafeEqual(known, hash));
    },
  };
}

/** Secret that the front sends. `alsoAccepted` keeps the last value valid until the front sends the new one. */
const OriginSecret = z.object({ value: z.string().min(32), alsoAccepted: z.array(z.string().min(32)).default([]) });

/** Hashes of a secret's values, separated by commas. Throws for a secret of another form, without a part of it in the message. */
export function originHashesOf(secret: string): string {
  try {
    const { value, alsoAccepted } = OriginSecret.parse(JSON.parse(secret));
    return [value, ...alsoAccepted].map((each) => hashOf(each).toString('base64url')).join(',');
  } catch {
    throw new Error('The secret of the origin is not {"value": "...", "alsoAccepted": [...]} with texts of 32 characters or more');
  }
}

/** A plain hash is enough: the value is random and long. */
const hashOf = (value: string): Buffer => createHash('sha256').update(value).digest();
