import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAwsEndpoint, type AwsEndpoint } from '../../local/aws-endpoint.ts';
import type { SecretDefinition } from '../../local/definitions.ts';
import { createSecrets, generateSecret } from '../../local/secrets/secrets.ts';
import { accessFor, arnOf, clientOf, quietLog, refusedPrincipal } from './emulators.ts';

const database: SecretDefinition = {
  name: 'database',
  arn: arnOf('secretsmanager', 'secret:database-AbCdEf'),
  value: { generate: { secretStringTemplate: '{"username":"streambed_app"}', generateStringKey: 'password', excludeCharacters: '"@/\\ ' } },
  attachment: { host: '127.0.0.1', port: 5432 },
};
const signing: SecretDefinition = {
  name: 'signing',
  arn: arnOf('secretsmanager', 'secret:signing-GhIjKl'),
  value: { generate: { passwordLength: 64, excludePunctuation: true } },
};

let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint({ access: accessFor(), log: quietLog() });
  aws.serve(createSecrets({ secrets: [database, signing] }).service);
});
afterAll(() => aws.stop());
const client = (accessKeyId?: string) => new SecretsManagerClient(clientOf(aws.url, accessKeyId));
const read = (SecretId: string, accessKeyId?: string) => client(accessKeyId).send(new GetSecretValueCommand({ SecretId }));

test('a secret is read by ARN, by ARN without its suffix, and by name', async () => {
  const byArn = await read(signing.arn);
  expect(byArn).toMatchObject({ ARN: signing.arn, Name: 'signing', VersionStages: ['AWSCURRENT'], CreatedDate: expect.any(Date) });
  expect(byArn.SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
  expect((await read('signing')).SecretString).toBe(byArn.SecretString);
  expect((await read(signing.arn.slice(0, -7))).SecretString).toBe(byArn.SecretString);
});

test('a generated password stands in its template, beside what the attachment adds', async () => {
  const value = JSON.parse((await read(database.arn)).SecretString as string);
  expect(value).toEqual({ username: 'streambed_app', password: expect.stringMatching(/^[^"@/\\ ]{32}$/), host: '127.0.0.1', port: 5432 });
});

test('a secret or a version that is not there', async () => {
  await expect(read('nothing')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
    $metadata: { httpStatusCode: 400 },
  });
  const previous = new GetSecretValueCommand({ SecretId: 'signing', VersionStage: 'AWSPREVIOUS' });
  await expect(client().send(previous)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a refused call names who, what, and which secret', async () => {
  await expect(read('signing', 'AKIAREFUSED')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${refusedPrincipal} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${signing.arn} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
  });
});

test('secrets are kept in a file that only its owner reads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  const file = join(folder, 'state', 'secrets.json');
  const first = createSecrets({ secrets: [signing], file }).value('signing');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = createSecrets({ secrets: [signing, database], file });
  expect(again.value('signing')).toBe(first);
  expect(JSON.parse(again.value('database')).password).toHaveLength(32);
  await rm(folder, { recursive: true });
});

test('every kind of character that is not excluded is in a generated secret', () => {
  for (let i = 0; i < 200; i++) {
    const secret = generateSecret({ passwordLength: 4 });
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/]) expect(secret).toMatch(kind);
  }
  expect(() =>
    generateSecret({ excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, excludePunctuation: true }),
  ).toThrow();
});
