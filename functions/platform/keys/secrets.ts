import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const client = new SecretsManagerClient({ maxAttempts: 3 });
const freshMilliseconds = 10 * 60_000;
const cache = new Map<string, { value: Promise<string>; until: number }>();

/** Reads a secret's string, cached for ten minutes, so that a rotated secret takes effect without a deployment. */
export function readSecret(arn: string): Promise<string> {
  const now = Date.now();
  const known = cache.get(arn);
  if (known && known.until > now) return known.value;
  const value = fetchSecret(arn);
  cache.set(arn, { value, until: now + freshMilliseconds });
  // A failed read is not cached: the next call retries it.
  value.catch(() => cache.delete(arn));
  return value;
}

/** Reads a secret's string as it is now, for the functions of a deployment: an operator changes a secret and deploys at once. */
export async function fetchSecret(arn: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (SecretString === undefined) throw new Error(`The secret ${arn} holds no string`);
  return SecretString;
}
