import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AwsError, type Input, type JsonService } from '../aws-endpoint.ts';
import type { GeneratedSecret, SecretDefinition } from '../definitions.ts';

export interface Secrets {
  readonly service: JsonService;
  /** Current text of a secret, by name or ARN; throws when it does not exist. */
  value(nameOrArn: string): string;
}

interface StoredSecret {
  readonly text: string;
  readonly versionId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** Secrets Manager's GetSecretValue and DescribeSecret. Secrets are generated once and kept in a file that only its owner can read. */
export function createSecrets({ secrets, file }: { secrets: readonly SecretDefinition[]; file?: string }): Secrets {
  const stored = loadAll(secrets, file);
  const find = (id: string) => secrets.find(({ name, arn }) => id === name || id === arn || id === arn.replace(/-[A-Za-z0-9]{6}$/, ''));
  const get = (input: Input) => {
    const secret = find(text(input, 'SecretId'));
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return { secret, current: stored.get(secret.name) as StoredSecret };
  };
  const permission = (action: string) => (input: Input) => {
    const id = text(input, 'SecretId');
    return { action: `secretsmanager:${action}`, resource: find(id)?.arn ?? id };
  };
  return {
    service: {
      targetPrefix: 'secretsmanager',
      jsonVersion: '1.1',
      errors: { namespace: '', queryCompatible: false, deniedStatus: 400 },
      operations: {
        GetSecretValue: { permission: permission('GetSecretValue'), run: (input) => readSecret(input, get(input)) },
        DescribeSecret: {
          permission: permission('DescribeSecret'),
          run: (input) => {
            const { secret, current } = get(input);
            const versions = { [current.versionId]: ['AWSCURRENT'] };
            return { ARN: secret.arn, Name: secret.name, CreatedDate: current.createdAt, VersionIdsToStages: versions };
          },
        },
      },
    },
    value: (id) => textOf(get({ SecretId: id })),
  };
}

function readSecret(input: Input, found: { secret: SecretDefinition; current: StoredSecret }) {
  const { secret, current } = found;
  const stage = input['VersionStage'] === undefined ? 'AWSCURRENT' : text(input, 'VersionStage');
  const versionId = input['VersionId'] === undefined ? current.versionId : text(input, 'VersionId');
  if (stage !== 'AWSCURRENT')
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${stage}`);
  if (versionId !== current.versionId)
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: current.versionId,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: current.createdAt,
    SecretString: textOf(found),
  };
}

function textOf({ secret, current }: { secret: SecretDefinition; current: StoredSecret }): string {
  return secret.attachment === undefined ? current.text : JSON.stringify({ ...JSON.parse(current.text), ...secret.attachment });
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `You must provide a value for the ${name} parameter.`);
}

function loadAll(secrets: readonly SecretDefinition[], file: string | undefined): Map<string, StoredSecret> {
  const kept: Record<string, StoredSecret> = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const now = { versionId: crypto.randomUUID(), createdAt: Date.now() / 1000 };
  const all = new Map<string, StoredSecret>();
  for (const { name, value } of secrets) {
    const before = kept[name];
    if ('text' in value) all.set(name, before?.text === value.text ? before : { ...now, text: value.text });
    else all.set(name, before ?? { ...now, text: generateSecret(value.generate) });
  }
  if (file !== undefined) save(file, { ...kept, ...Object.fromEntries(all) });
  return all;
}

/** Writes aside and renames. An incomplete file after a crash would lose the database's passwords. */
function save(file: string, secrets: Record<string, StoredSecret>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

const alphabets = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/** Generates a text as GetRandomPassword does, and wraps it as GenerateSecretString says. */
export function generateSecret(options: GeneratedSecret): string {
  const password = randomPassword(options);
  if (options.secretStringTemplate === undefined || options.generateStringKey === undefined) return password;
  return JSON.stringify({ ...JSON.parse(options.secretStringTemplate), [options.generateStringKey]: password });
}

function randomPassword(options: GeneratedSecret): string {
  const length = options.passwordLength ?? 32;
  const excluded = new Set(options.excludeCharacters ?? '');
  const kinds = [
    options.excludeLowercase ? '' : alphabets.lowercase,
    options.excludeUppercase ? '' : alphabets.uppercase,
    options.excludeNumbers ? '' : alphabets.numbers,
    options.excludePunctuation ? '' : alphabets.punctuation,
    options.includeSpace ? ' ' : '',
  ]
    .map((kind) => kind.split('').filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  const required = (options.requireEachIncludedType ?? true) ? kinds : [];
  const all = kinds.flat();
  if (all.length === 0 || required.length > length) throw new Error('this GenerateSecretString leaves no characters to choose from');
  for (;;) {
    const password = Array.from({ length }, () => all[randomInt(all.length)]);
    if (required.every((kind) => kind.some((character) => password.includes(character)))) return password.join('');
  }
}
