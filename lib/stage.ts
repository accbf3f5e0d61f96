import type { StackProps } from 'aws-cdk-lib/core';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { type EmbeddingSettings, type QdrantSettings, readEmbeddings, readQdrant, titan } from './memory-settings.ts';

export const stageNames = ['dev', 'prod', 'local'] as const;
export type StageName = (typeof stageNames)[number];

/** Requests a second over time, and how many at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** Everything that differs between one deployment and another. */
export interface Stage {
  readonly name: StageName;
  /** Availability zones that hold the interface endpoints, and the NAT gateways where there is one: one is cheap, two survive the loss of a zone. */
  readonly endpointZones: 1 | 2;
  readonly database: {
    /** Instance class without the `db.`. */
    readonly instance: string;
    readonly storageGiB: number;
    /** Storage grows by itself up to this. */
    readonly maxStorageGiB: number;
    readonly multiAz: boolean;
    readonly backupDays: number;
    readonly deletionProtection: boolean;
    /** `off` only where Postgres listens on loopback. */
    readonly tls: 'verify' | 'off';
    /**
     * Environments that each function that answers people from Postgres may have at once; each holds one connection. Undefined takes
     * what the account has: a new account cannot reserve any.
     */
    readonly environmentsPerFunction: number | undefined;
    /** An alarm rings above this many connections; about 80 % of what the instance takes. */
    readonly connectionsAlarm: number;
  };
  readonly logs: { readonly level: 'DEBUG' | 'INFO' | 'WARN'; readonly retention: RetentionDays; readonly keep: boolean };
  readonly http: Throttle;
  readonly socket: Throttle;
  /** Rooms that are told at once: the brake on `@connections`, whose requests share the account's limit with everything else. */
  readonly fanOutConcurrency: number;
  /** Streams that are looked after at once when something changed in them; each holds a connection to Postgres. */
  readonly followUpConcurrency: number;
  /** Streams that are cut into epochs at once; each holds a connection to Postgres. */
  readonly epochsConcurrency: number;
  /** Epochs that are embedded and indexed at once: the brake on the provider of embeddings; each holds a connection to Postgres. */
  readonly embeddingsConcurrency: number;
  readonly embeddings: EmbeddingSettings;
  readonly qdrant: QdrantSettings;
  /** CloudFormation refuses to delete the stacks. */
  readonly terminationProtection: boolean;
  /** Gets a mail for each alarm. */
  readonly alarmEmail: string | undefined;
  /** The name people type, with its certificate (in us-east-1). Without it CloudFront's own name serves. */
  readonly domain: { readonly name: string; readonly certificateArn: string } | undefined;
}

type Fixed = Omit<Stage, 'alarmEmail' | 'domain'>;

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
  epochsConcurrency: 2,
  embeddingsConcurrency: 4,
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
    // Nine functions answer people, three work as wide as their queues, five are alone: 9 x 36 + 20 + 20 + 10 + 5 stays below the 400
    // connections that 4 GiB of memory allow.
    environmentsPerFunction: 36,
    connectionsAlarm: 320,
  },
  logs: { level: 'INFO', retention: RetentionDays.THREE_MONTHS, keep: true },
  http: { rate: 2_000, burst: 4_000 },
  socket: { rate: 2_000, burst: 2_000 },
  fanOutConcurrency: 50,
  followUpConcurrency: 20,
  epochsConcurrency: 20,
  embeddingsConcurrency: 10,
  embeddings: titan,
  qdrant: { kind: 'instance', instance: 't4g.medium', volumeGiB: 50 },
  terminationProtection: true,
};

/** What `npm start` runs: dev's settings; Postgres listens on loopback and has no certificate, and embeddings are made offline. */
const local: Fixed = {
  ...dev,
  name: 'local',
  database: { ...dev.database, tls: 'off' },
  logs: { ...dev.logs, level: 'INFO' },
  embeddings: { provider: 'local' },
};

const stages: Record<StageName, Fixed> = { dev, prod, local };

/** Reads the stage and its settings from CDK context (`-c stage=prod`); nothing else reads context. Throws on what it does not know. */
export function readStage(scope: IConstruct): Stage {
  const name = readContext(scope, 'stage') ?? 'dev';
  if (!isStageName(name)) throw new Error(`There is no stage "${name}"; give -c stage=${stageNames.join(' or -c stage=')}`);
  const fixed = stages[name];
  const read = (key: string) => readContext(scope, key);
  return {
    ...fixed,
    embeddings: readEmbeddings(read, fixed.embeddings),
    qdrant: readQdrant(read, fixed.qdrant),
    alarmEmail: read('alarmEmail'),
    domain: readDomain(scope),
  };
}

/** Whether what memory needs lies outside of the network. */
export const needsWayOut = ({ embeddings, qdrant }: Pick<Stage, 'embeddings' | 'qdrant'>): boolean =>
  embeddings.provider === 'openai' || qdrant.kind === 'address';

/** The name of a stack of a stage: `Streambed-dev-Data`. */
export const stackName = (stage: Stage, part: string): string => `Streambed-${stage.name}-${part}`;

/** What all stacks of a stage have in common; the tags are for whoever reads the bill. */
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

function readContext(scope: IConstruct, key: string): string | undefined {
  const value: unknown = scope.node.tryGetContext(key);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Error(`The context value ${key} must be text, and is ${JSON.stringify(value)}`);
  return value;
}
