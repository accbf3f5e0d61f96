import { keyPairsOf } from '../platform/keys/key-pairs.ts';
import { originHashesOf } from '../platform/keys/origin.ts';
import { vapidKeysOf } from '../platform/keys/vapid.ts';

/** Values that verifiers get as environment variables. None of them is a secret. */
export interface PublicKeys {
  readonly userTokens: string;
  readonly tickets: string;
  readonly originHashes: string;
  readonly vapid: string;
}

/** Secrets of all purposes. */
export type Secrets = Readonly<Record<'userTokens' | 'tickets' | 'origin' | 'vapid', string>>;

/** Derives the public values of the secrets, each a list that is separated by commas. */
export const publicKeysOf = (secrets: Secrets): PublicKeys => ({
  userTokens: publicPartsOf('user-token', secrets.userTokens),
  tickets: publicPartsOf('realtime-ticket', secrets.tickets),
  originHashes: originHashesOf(secrets.origin),
  vapid: vapidKeysOf(secrets.vapid)
    .map(({ publicKey }) => publicKey)
    .join(','),
});

const publicPartsOf = (...given: Parameters<typeof keyPairsOf>): string =>
  keyPairsOf(...given)
    .map(({ publicKey }) => publicKey)
    .join(',');
