import { keyPairsOf } from '../platform/keys/key-pairs.ts';
import { originHashesOf } from '../platform/keys/origin.ts';

/** Values that verifiers get as environment variables. None of them is a secret. */
export interface PublicKeys {
  readonly userTokens: string;
  readonly tickets: string;
  readonly originHashes: string;
}

/** Derives the public values of the three secrets, each a list that is separated by commas. */
export const publicKeysOf = (secrets: { readonly userTokens: string; readonly tickets: string; readonly origin: string }): PublicKeys => ({
  userTokens: publicPartsOf('user-token', secrets.userTokens),
  tickets: publicPartsOf('realtime-ticket', secrets.tickets),
  originHashes: originHashesOf(secrets.origin),
});

const publicPartsOf = (...given: Parameters<typeof keyPairsOf>): string =>
  keyPairsOf(...given)
    .map(({ publicKey }) => publicKey)
    .join(',');
