import { env } from '../../contract/names.ts';

type Name = keyof typeof env;

/** Reads one setting; the only place that reads the environment. Throws at start-up, naming the variable, when it is missing. */
export function setting(name: Name): string {
  const value = process.env[env[name]];
  if (value === undefined || value === '')
    throw new Error(`The environment variable ${env[name]} is not set; this function cannot work without it.`);
  return value;
}
