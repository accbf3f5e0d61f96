import path from 'node:path';
import { createAccessKeys, type AccessKeys } from '../iam/access-keys.ts';
import { createHttpApi, type HttpApi } from '../api-gateway/http.ts';
import { createWebSocketApi, type WebSocketApi } from '../api-gateway/websocket.ts';
import { startAwsEndpoint } from '../aws-endpoint.ts';
import { createCustomResources, fillAttributes, type Attributes } from '../cloudformation/custom-resources.ts';
import type { HttpApiDefinition } from '../definitions.ts';
import type { Cleanup } from './cleanup.ts';
import { startDynamoDb, type DynamoDb } from '../dynamodb/dynamodb.ts';
import { createFaults, type Faults } from './faults.ts';
import { functionEnvironment, type Endpoints } from './function-environment.ts';
import { createFunctions, type LambdaFunctions } from '../lambda/functions.ts';
import { withLock } from './lock.ts';
import { logFunctionLine } from './log.ts';
import { withMemory, type LocalIndex } from './memory.ts';
import { createAccess } from '../iam/permissions.ts';
import type { Postgres } from '../postgres/postgres.ts';
import { createS3, type S3 } from '../s3/s3.ts';
import { createScheduler, type Scheduler } from '../scheduler/scheduler.ts';
import { createSecrets, type Secrets } from '../secrets/secrets.ts';
import { startSes, type Ses } from '../ses/ses.ts';
import { createSqs, type Sqs } from '../sqs/sqs.ts';
import { accessKeyOf, readApplication, type Application } from '../template/application.ts';
import { readAssembly } from '../template/assembly.ts';
import { readDatabase } from '../template/data.ts';
import type { Access, Account, Log } from '../types.ts';

/** All parts of the app behind the front. */
export interface Services {
  readonly application: Application;
  readonly functions: LambdaFunctions;
  readonly queues: Sqs;
  readonly tables: DynamoDb;
  readonly buckets: S3;
  readonly mail: Ses;
  readonly scheduler: Scheduler;
  readonly httpApis: ReadonlyMap<string, HttpApi>;
  readonly webSocketApis: ReadonlyMap<string, WebSocketApi>;
  readonly faults: Faults;
  /** Current text of a secret, by its ARN. */
  readonly secretText: (arn: string) => string;
}

export interface ServicesOptions {
  readonly assembly: string;
  readonly postgres: Postgres;
  readonly index: LocalIndex;
  /** Variables that override those of the template. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** Folder of secrets, tables and objects; undefined keeps nothing. */
  readonly stateDir: string | undefined;
  /** Folder for the secrets of runs that share a database server. */
  readonly sharedState: string;
  readonly log: Log;
  readonly cleanup: Cleanup;
}

/** The emulated account. */
export const account: Account = { region: 'us-east-1', accountId: '000000000000' };

/** Address of the buckets for browsers and functions: the one port, so that every client of the page can also reach the files. */
export const filesOrigin = (port: number): string => `http://127.0.0.1:${port}`;

/** Starts the services of the templates. Nothing is delivered, scheduled or answered yet. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { postgres, stateDir, log, cleanup, port } = options;
  const door: { access?: Access } = {};
  // The templates are resolved with this endpoint's address, and its permissions come from the templates.
  const access: Access = { check: (...question) => demand(door.access).check(...question) };
  const endpoint = await startAwsEndpoint({ access, log });
  cleanup.add(() => endpoint.stop());
  const application = readApplication(readAssembly(options.assembly), account, {
    queueUrl: (name) => `${endpoint.url}/${account.accountId}/${name}`,
    apiEndpoint: (_, protocol) => `${protocol === 'HTTP' ? 'http' : 'ws'}://127.0.0.1:${port}`,
    database: { host: postgres.host, port: postgres.port },
    frontHost: `127.0.0.1:${port}`,
    // Any port, because the page may come from its development server.
    pageOrigins: ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:*`),
  });
  door.access = createAccess(application.principals);

  const keys = createAccessKeys();
  const secrets = await openSecrets(application, options);
  const secretText = (arn: string): string => secrets.value(arn);
  const callers = new Map(application.functions.map(({ arn, constructId }) => [accessKeyOf(arn), constructId]));
  const faults = createFaults({ callerOf: (accessKeyId) => callers.get(accessKeyId), kill: (caller) => functions.kill(caller) });
  endpoint.serve(faults.around(secrets.service));
  const tables = await startDynamoDb({
    account,
    tables: application.tables,
    access,
    log,
    path: stateDir === undefined ? undefined : path.join(stateDir, 'dynamodb'),
    endpoint: process.env['DYNAMODB_ENDPOINT'] || undefined,
  });
  cleanup.add(() => tables.stop());
  await prepareDatabase(application, postgres, secretText);

  const mail = await startSes({ account, access, log, folder: stateDir === undefined ? undefined : path.join(stateDir, 'mail') });
  cleanup.add(() => mail.stop());
  const page = `http://127.0.0.1:${port}`;
  const endpoints = { json: endpoint.url, dynamoDb: tables.url, s3: filesOrigin(port), ses: mail.url, page };
  const attributes = await deployCustomResources(application, options, keys, endpoints);
  const functions = startFunctions(application, options, keys, endpoints, attributes);
  cleanup.add(() => functions.stop());
  const buckets = createS3({
    account,
    buckets: application.buckets,
    access,
    keys,
    log,
    folder: stateDir === undefined ? undefined : path.join(stateDir, 's3'),
    strike: (accessKeyId, action) => faults.strike(accessKeyId, action, 'before'),
  });
  cleanup.add(() => buckets.stop());
  const { queues: definitions, mappings } = application;
  const queues = createSqs({ account, endpointUrl: endpoint.url, queues: definitions, mappings, access, functions, log });
  cleanup.add(() => queues.stop());
  endpoint.serve(faults.around(queues.service));
  const scheduler = createScheduler({ account, schedules: application.schedules, functions, access, log });
  cleanup.add(() => scheduler.stop());

  const httpApis = createHttpApis(application, options, functions);
  const webSocketApis = new Map(
    application.webSocketApis.map((api) => [api.apiId, createWebSocketApi({ account, api, functions, access, log })]),
  );
  cleanup.add(() => Promise.all([...webSocketApis.values()].map((api) => api.stop())));
  return { application, functions, queues, tables, buckets, mail, scheduler, httpApis, webSocketApis, faults, secretText };
}

/** Opens the secrets. Roles are global to a server, so runs that share one must share the passwords. */
async function openSecrets({ secrets }: Application, { stateDir, sharedState, postgres }: ServicesOptions): Promise<Secrets> {
  if (postgres.isShared) {
    const file = path.join(sharedState, 'shared-secrets.json');
    return withLock(`${file}.lock`, async () => createSecrets({ secrets, file }));
  }
  return createSecrets({ secrets, file: stateDir === undefined ? undefined : path.join(stateDir, 'secrets.json') });
}

async function prepareDatabase(application: Application, postgres: Postgres, secretText: (arn: string) => string): Promise<void> {
  const definition = readDatabase(application.resolver, secretText);
  if (definition !== undefined) await postgres.prepare(definition);
}

/** Runs the functions of custom resources in environments of their own, because the others need the attributes to start. */
async function deployCustomResources(
  application: Application,
  options: ServicesOptions,
  keys: AccessKeys,
  endpoints: Endpoints,
): Promise<Attributes> {
  const { customResources } = application;
  const own = application.functions.filter(({ arn }) => customResources.some(({ functionArn }) => functionArn === arn));
  const functions = startFunctions({ ...application, functions: own }, options, keys, endpoints, new Map());
  try {
    return await createCustomResources(customResources, functions);
  } finally {
    await functions.stop();
  }
}

function startFunctions(
  application: Application,
  options: ServicesOptions,
  keys: AccessKeys,
  endpoints: Endpoints,
  attributes: Attributes,
): LambdaFunctions {
  const { postgres, index, environment, log } = options;
  const address = `//${postgres.host}:${postgres.port}/`;
  const definitions = application.functions.map((fn) => ({
    ...fn,
    env: Object.fromEntries(
      Object.entries(withOwnHosts(withMemory(functionEnvironment(fn, account, keys, endpoints), index, environment), environment)).map(
        ([name, given]) => {
          const value = fillAttributes(given, attributes);
          // On a shared server each run has its own database name.
          const at = value.indexOf(address);
          return [name, at < 0 ? value : `${value.slice(0, at)}${address}${postgres.databaseName(value.slice(at + address.length))}`];
        },
      ),
    ),
  }));
  return createFunctions({
    definitions,
    log,
    maxEnvironments: environmentsPerFunction(),
    onLine: ({ constructId }, line) => logFunctionLine(log, constructId, line),
  });
}

/** Makes the HTTP APIs. Pages of the origins that `ORIGINS` names may call them too. */
function createHttpApis(
  { httpApis }: Application,
  { log, environment }: ServicesOptions,
  functions: LambdaFunctions,
): Map<string, HttpApi> {
  const more = environment['ORIGINS']?.split(',') ?? [];
  const withMore = (api: HttpApiDefinition): HttpApiDefinition =>
    api.cors === undefined ? api : { ...api, cors: { ...api.cors, origins: [...api.cors.origins, ...more] } };
  return new Map(httpApis.map((api) => [api.apiId, createHttpApi({ account, api: withMore(api), functions, log })]));
}

/** Lets notifications go to push services that a test names. */
function withOwnHosts(variables: Record<string, string>, { PUSH_HOSTS }: ServicesOptions['environment']): Record<string, string> {
  return PUSH_HOSTS !== undefined && 'PUSH_CONTACT' in variables ? { ...variables, PUSH_HOSTS } : variables;
}

function environmentsPerFunction(): number {
  const given = process.env['STREAMBED_LOCAL_ENVIRONMENTS'];
  if (given === undefined || given === '') return 4;
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`STREAMBED_LOCAL_ENVIRONMENTS must be a whole number above 0, and is ${given}`);
  return count;
}

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The templates are not read yet');
  return value;
}
