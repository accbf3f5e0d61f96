import type { StackProps } from 'aws-cdk-lib/core';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { type PushSettings, readMailFrom, readPublicUrl, readPush } from './notification-settings.ts';
import { type EmbeddingSettings, type QdrantSettings, readEmbeddings, readQdrant, titan } from './memory-settings.ts';

export const stageNames = ['dev', 'prod', 'local'] as const;
export type StageName = (typeof stageNames)[number];

/** Steady requests a second, and burst. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

export interface Named {
  readonly name: string;
  readonly certificateArn: string;
}

/** Settings that differ between deployments. */
export interface Stage {
  readonly name: StageName;
  /** Availability zones that hold the interface endpoints, and the NAT gateways if any: one is cheap, two survive the loss of a zone. */
  readonly endpointZones: 1 | 2;
  readonly database: {
    /** Instance class without the `db.`. */
    readonly instance: string;
    readonly storageGiB: number;
    /** Limit of the storage's automatic growth. */
    readonly maxStorageGiB: number;
    readonly multiAz: boolean;
    readonly backupDays: number;
    readonly deletionProtection: boolean;
    /** `off` only when Postgres listens on loopback. */
    readonly tls: 'verify' | 'off';
    /**
     * Reserved environments for each function that answers people from Postgres; each holds one connection. Undefined reserves none,
     * which a new account requires.
     */
    readonly environmentsPerFunction: number | undefined;
    /** Connections above which the alarm rings; about 80 % of the instance's limit. */
    readonly connectionsAlarm: number;
  };
  readonly logs: { readonly level: 'DEBUG' | 'INFO' | 'WARN'; readonly retention: RetentionDays; readonly keep: boolean };
  readonly http: Throttle;
  readonly socket: Throttle;
  /** Rooms that the fan-out handles at once. It limits calls of `@connections`, which share the account's quota with all other requests. */
  readonly fanOutConcurrency: number;
  /** Streams whose follow-up runs at once; each holds a connection to Postgres. */
  readonly followUpConcurrency: number;
  /** Searches that run or wait at once, of all workspaces; each holds a connection to Postgres. */
  readonly searchConcurrency: number;
  /** Streams that are cut into epochs at once; each holds a connection to Postgres. */
  readonly epochsConcurrency: number;
  /** Epochs that are embedded and indexed at once. It limits the load on the embeddings provider; each holds a connection to Postgres. */
  readonly embeddingsConcurrency: number;
  /** Batches of purges and erasures at once. */
  readonly retentionConcurrency: number;
  /** Streams whose news are decided on at once; each holds a connection to Postgres. */
  readonly notifyConcurrency: number;
  /** Batches of notifications and mails that are delivered at once. */
  readonly deliverConcurrency: number;
  readonly embeddings: EmbeddingSettings;
  readonly qdrant: QdrantSettings;
  /** True makes CloudFormation refuse to delete the stacks. */
  readonly terminationProtection: boolean;
  /** Recipient of a mail for each alarm. */
  readonly alarmEmail: string | undefined;
  /** Name of the keys' generation. Another one makes a deployment publish the public keys of changed secrets. */
  readonly keys: string;
  /** Public domain name with its certificate (in us-east-1). Undefined uses CloudFront's own name. */
  readonly domain: Named | undefined;
  /** Origins of pages besides our own that may call the API, such as of a React kit. */
  readonly origins: readonly string[];
  /** Settings of notifications to browsers. */
  readonly push: PushSettings;
  /** Address that mails come from, an identity of SES. Undefined sends none. */
  readonly mailFrom: string | undefined;
  /** Address of the page, for links in mails. */
  readonly publicUrl: string | undefined;
  /**
   * Domain of the gateways, with a certificate for all names below it in the stage's own region. CloudFront reaches them at `http.` and
   * `sockets.` of it, and their default endpoints are disabled.
   */
  readonly gateways: Named | undefined;
}

type Fixed = Omit<Stage, 'alarmEmail' | 'keys' | 'domain' | 'gateways' | 'origins' | 'push' | 'mailFrom' | 'publicUrl'>;

const dev: Fixed = {
  name: 'dev',
  endpointZones: 1,
  database: {
    instance: 't4g.micro',
    storageGiB: 20,
    maxStorageGiB: 50,
    multiAz: false,
    backupDays: 1,
    deletionProtection: false,
    tls: 'verify',
    environmentsPerFunction: undefined,
    connectionsAlarm: 60,
  },
  logs: { level: 'DEBUG', retention: RetentionDays.TWO_WEEKS, keep: false },
  http: { rate: 500, burst: 1_000 },
  socket: { rate: 500, burst: 500 },
  fanOutConcurrency: 10,
  followUpConcurrency: 2,
  searchConcurrency: 8,
  epochsConcurrency: 2,
  embeddingsConcurrency: 4,
  retentionConcurrency: 2,
  notifyConcurrency: 2,
  deliverConcurrency: 4,
  embeddings: titan,
  qdrant: { kind: 'instance', instance: 't4g.small', volumeGiB: 20 },
  terminationProtection: false,
};

const prod: Fixed = {
  name: 'prod',
  endpointZones: 2,
  database: {
    instance: 't4g.medium',
    storageGiB: 50,
    maxStorageGiB: 500,
    multiAz: true,
    backupDays: 14,
    deletionProtection: true,
    tls: 'verify',
    // Ten functions answer people; tickets, search and the workers have widths of their own, and seven have one environment. Together they
    // stay below the 400 connections that 4 GiB of memory allow.
    environmentsPerFunction: 29,
    connectionsAlarm: 320,
  },
  logs: { level: 'INFO', retention: RetentionDays.THREE_MONTHS, keep: true },
  http: { rate: 2_000, burst: 4_000 },
  socket: { rate: 2_000, burst: 2_000 },
  fanOutConcurrency: 50,
  followUpConcurrency: 20,
  searchConcurrency: 16,
  epochsConcurrency: 20,
  embeddingsConcurrency: 10,
  retentionConcurrency: 4,
  notifyConcurrency: 5,
  deliverConcurrency: 20,
  embeddings: titan,
  qdrant: { kind: 'instance', instance: 't4g.medium', volumeGiB: 50 },
  terminationProtection: true,
};

/** Stage of `npm start`: dev's settings, with Postgres on loopback without a certificate, and offline embeddings. */
const local: Fixed = {
  ...dev,
  name: 'local',
  database: { ...dev.database, tls: 'off' },
  logs: { ...dev.logs, level: 'INFO' },
  embeddings: { provider: 'local' },
};

const stages: Record<StageName, Fixed> = { dev, prod, local };

/** Reads the stage and its settings from CDK context (`-c stage=prod`); nothing else reads context. Throws on unknown keys and values. */
export function readStage(scope: IConstruct): Stage {
  const name = readContext(scope, 'stage') ?? 'dev';
  if (!isStageName(name)) throw new Error(`There is no stage "${name}"; give -c stage=${stageNames.join(' or -c stage=')}`);
  const fixed = stages[name];
  const read = (key: string) => readContext(scope, key);
  const domain = readDomain(scope);
  const publicUrl = readPublicUrl(read, { name, domain: domain?.name });
  return {
    ...fixed,
    embeddings: readEmbeddings(read, fixed.embeddings),
    qdrant: readQdrant(read, fixed.qdrant),
    alarmEmail: read('alarmEmail'),
    keys: read('keys') ?? '1',
    domain,
    origins: readOrigins(read('origins') ?? (name === 'local' ? kitExample : undefined)),
    push: readPush(read, { name, domain: domain?.name, alarmEmail: read('alarmEmail') }),
    mailFrom: readMailFrom(read, { name }, publicUrl),
    publicUrl,
    gateways: readGateways(scope),
  };
}

/** Origin of the page in docs/examples/kit, which `npm run demo:kit` serves. */
const kitExample = 'http://127.0.0.1:5176';

function readOrigins(text: string | undefined): string[] {
  const origins = text?.split(',') ?? [];
  for (const origin of origins) {
    const isSafe = URL.canParse(origin) && (origin.startsWith('https://') || /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(origin));
    if (!isSafe || new URL(origin).origin !== origin)
      throw new Error(`-c origins=... must be origins such as https://app.example.com, separated by commas, and has ${origin}`);
  }
  return origins;
}

/** True when memory needs a service outside of the network. */
export const needsWayOut = ({ embeddings, qdrant }: Pick<Stage, 'embeddings' | 'qdrant'>): boolean =>
  embeddings.provider === 'openai' || qdrant.kind === 'address';

/** The name of a stack of a stage: `Streambed-dev-Data`. */
export const stackName = (stage: Stage, part: string): string => `Streambed-${stage.name}-${part}`;

/** Properties of all stacks of a stage. The tags are for cost reports. */
export const stackProps = (stage: Stage, holds: string): StackProps => ({
  description: `Streambed ${stage.name}: ${holds}`,
  terminationProtection: stage.terminationProtection,
  tags: { application: 'streambed', stage: stage.name },
});

const isStageName = (name: string): name is StageName => stageNames.some((known) => known === name);

function readDomain(scope: IConstruct): Stage['domain'] {
  const name = readContext(scope, 'domainName');
  const certificateArn = readContext(scope, 'certificateArn');
  if (name === undefined && certificateArn === undefined) return undefined;
  if (name === undefined || certificateArn === undefined)
    throw new Error('A domain needs both -c domainName=... and -c certificateArn=...');
  return { name, certificateArn };
}

function readGateways(scope: IConstruct): Stage['gateways'] {
  const name = readContext(scope, 'gatewayDomainName');
  const certificateArn = readContext(scope, 'gatewayCertificateArn');
  if (name === undefined && certificateArn === undefined) return undefined;
  if (name === undefined || certificateArn === undefined || readContext(scope, 'domainName') === undefined)
    throw new Error('A domain of the gateways needs -c domainName=..., -c gatewayDomainName=... and -c gatewayCertificateArn=...');
  return { name, certificateArn };
}

function readContext(scope: IConstruct, key: string): string | undefined {
  const value: unknown = scope.node.tryGetContext(key);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Error(`The context value ${key} must be text, and is ${JSON.stringify(value)}`);
  return value;
}
