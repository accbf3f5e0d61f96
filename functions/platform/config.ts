import { env } from '../../contract/names.ts';

type Name = keyof typeof env;

/** Reads one setting; the only place that reads the environment. Throws at start-up, naming the variable, when it is missing. */
export function setting(name: Name): string {
  const value = process.env[env[name]];
  if (value === undefined || value === '')
    throw new Error(`The environment variable ${env[name]} is not set; this function cannot work without it.`);
  return value;
}

/** Reads an optional setting; an empty value counts as missing. */
export function optionalSetting(name: Name): string | undefined {
  const value = process.env[env[name]];
  return value === '' ? undefined : value;
}

/** Reads the credentials and region of the function's role, which Lambda puts into the environment. */
export function credentials(): { accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined; region: string } {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_REGION) throw new Error('The environment holds no AWS credentials or region.');
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN, region: AWS_REGION };
}
