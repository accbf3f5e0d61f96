import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash, type Template } from './synthesized.ts';

/**
 * Permissions of each function besides its log and traces (and its network interfaces, in the network), and its variables. One line too
 * many here is a hole; one too few is an outage.
 */
const appSecret = 'secretsmanager:GetSecretValue DatabaseAppSecret';
const workerSecret = 'secretsmanager:GetSecretValue DatabaseWorkerSecret';
const searchSecret = 'secretsmanager:GetSecretValue DatabaseSearchSecret';
const operationsSecret = 'secretsmanager:GetSecretValue DatabaseOperationsSecret';
const ownerSecret = 'secretsmanager:GetSecretValue DatabaseOwnerSecret';
const signTokens = 'secretsmanager:GetSecretValue UserTokensSecret';
const signTickets = 'secretsmanager:GetSecretValue TicketsSecret';
const signPushes = 'secretsmanager:GetSecretValue VapidSecret';
const look = 'sqs:SendMessage NotificationsNotifyQueue';
const deliver = 'sqs:SendMessage NotificationsDeliveriesQueue';
const originSecret = 'secretsmanager:GetSecretValue OriginSecret';
const send = 'sqs:SendMessage RealtimeFanOutQueue';
const onTable = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ConnectionsTable`);
const onMemory = (...actions: string[]) => actions.map((action) => `dynamodb:${action} MemoryTable`);
const endings = onTable('Query', 'GetItem', 'BatchWriteItem');
const nudge = 'sqs:SendMessage StreamsFollowUpQueue';
const share = 'sqs:SendMessage StreamsSharesQueue';
const cut = 'sqs:SendMessage EpochsEpochsQueue';
const embed = 'sqs:SendMessage EpochsEmbeddingsQueue';
const purge = 'sqs:SendMessage RetentionQueue';
const titan = 'bedrock:InvokeModel AWS::Region::foundation-model/amazon.titan-embed-text-v2:0';
const fromQueue = (queue: string) => [
  ...['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
    (action) => `sqs:${action} ${queue}`,
  ),
  `sqs:SendMessage ${queue}DeadLetters`,
];
const qdrantKey = 'secretsmanager:GetSecretValue QdrantKey';
const index = ['QDRANT_URL', 'QDRANT_SECRET_ARN'];
const embedder = ['EMBEDDING_PROVIDER', 'EMBEDDING_MODEL', 'EMBEDDING_DIMENSION'];
/** Of functions behind the HTTP API: the front's secret as a hash, and the public keys of user tokens where users call. */
const front = ['ORIGIN_SECRET_HASHES'];
const users = [...front, 'USER_TOKEN_PUBLIC_KEYS'];
const database = ['DATABASE_URL', 'DATABASE_TLS', 'DATABASE_SECRET_ARN'];

const table: Record<string, { may: string[]; told: string[] }> = {
  StreamsHttp: {
    may: [appSecret, send, purge, ...endings],
    told: [...database, ...users, 'FAN_OUT_QUEUE_URL', 'CONNECTIONS_TABLE', 'RETENTION_QUEUE_URL'],
  },
  StreamsSearch: { may: [searchSecret], told: [...database, ...users] },
  StreamsFollowUp: {
    may: [workerSecret, send, nudge, ...fromQueue('StreamsFollowUpQueue')],
    told: [...database, 'DEAD_LETTER_QUEUE_URL', 'FAN_OUT_QUEUE_URL', 'FOLLOW_UP_QUEUE_URL'],
  },
  StreamsRefreshShares: {
    may: [workerSecret, send, share, ...fromQueue('StreamsSharesQueue')],
    told: [...database, 'DEAD_LETTER_QUEUE_URL', 'FAN_OUT_QUEUE_URL', 'SHARES_QUEUE_URL'],
  },
  EpochsHttp: {
    may: [appSecret, send, cut, embed, titan, qdrantKey],
    told: [...database, ...embedder, ...index, ...users, 'FAN_OUT_QUEUE_URL', 'EPOCHS_QUEUE_URL', 'EMBEDDINGS_QUEUE_URL'],
  },
  EpochsAssignEvents: {
    may: [workerSecret, send, cut, embed, titan, ...onMemory('UpdateItem'), ...fromQueue('EpochsEpochsQueue')],
    told: [
      ...database,
      ...embedder,
      'DEAD_LETTER_QUEUE_URL',
      'FAN_OUT_QUEUE_URL',
      'EPOCHS_QUEUE_URL',
      'EMBEDDINGS_QUEUE_URL',
      'MEMORY_TABLE',
    ],
  },
  EpochsIndexEpoch: {
    may: [workerSecret, send, cut, embed, titan, qdrantKey, ...fromQueue('EpochsEmbeddingsQueue')],
    told: [...database, ...embedder, ...index, 'DEAD_LETTER_QUEUE_URL', 'FAN_OUT_QUEUE_URL', 'EPOCHS_QUEUE_URL', 'EMBEDDINGS_QUEUE_URL'],
  },
  EpochsFlushIdle: {
    may: [workerSecret, cut, embed, ...onMemory('DeleteItem', 'PutItem', 'Query')],
    told: [...database, 'EPOCHS_QUEUE_URL', 'EMBEDDINGS_QUEUE_URL', 'MEMORY_TABLE'],
  },
  EpochsLearnAssociations: {
    may: [workerSecret, ...onMemory('Query', 'UpdateItem')],
    told: [...database, 'MEMORY_TABLE'],
  },
  NotificationsHttp: { may: [appSecret, send], told: [...database, ...users, 'FAN_OUT_QUEUE_URL', 'VAPID_PUBLIC_KEYS'] },
  NotificationsDecide: {
    may: [workerSecret, ...onTable('BatchGetItem'), look, deliver, ...fromQueue('NotificationsNotifyQueue')],
    told: [...database, 'CONNECTIONS_TABLE', 'DEAD_LETTER_QUEUE_URL', 'NOTIFY_QUEUE_URL', 'DELIVERIES_QUEUE_URL'],
  },
  NotificationsDeliver: {
    may: [signPushes, look, deliver, ...fromQueue('NotificationsDeliveriesQueue')],
    told: ['VAPID_SECRET_ARN', 'DEAD_LETTER_QUEUE_URL', 'NOTIFY_QUEUE_URL', 'DELIVERIES_QUEUE_URL'],
  },
  WorkspacesHttp: { may: [appSecret, send, ...endings], told: [...database, ...users, 'FAN_OUT_QUEUE_URL', 'CONNECTIONS_TABLE'] },
  WorkspacesCreateWorkspace: { may: [appSecret], told: database },
  FilesHttp: {
    may: [
      appSecret,
      ...['DeleteObjectTagging', 'GetObject', 'PutObject', 'PutObjectTagging'].map((action) => `s3:${action} FilesBucket/ws_*`),
      's3:ListBucket FilesBucket',
    ],
    told: [...database, ...users, 'FILES_BUCKET'],
  },
  RetentionHttp: {
    may: [appSecret, send, purge, ...endings],
    told: [...database, ...users, 'FAN_OUT_QUEUE_URL', 'CONNECTIONS_TABLE', 'RETENTION_QUEUE_URL'],
  },
  RetentionWork: {
    may: [
      appSecret,
      send,
      embed,
      purge,
      ...endings,
      ...onMemory('UpdateItem'),
      's3:DeleteObject FilesBucket/ws_*',
      ...fromQueue('RetentionQueue'),
    ],
    told: [
      ...database,
      'DEAD_LETTER_QUEUE_URL',
      'FAN_OUT_QUEUE_URL',
      'CONNECTIONS_TABLE',
      'EMBEDDINGS_QUEUE_URL',
      'RETENTION_QUEUE_URL',
      'MEMORY_TABLE',
      'FILES_BUCKET',
    ],
  },
  RetentionSweep: { may: [appSecret, purge], told: [...database, 'RETENTION_QUEUE_URL'] },
  TransferHttp: { may: [appSecret, cut], told: [...database, ...front, 'EPOCHS_QUEUE_URL'] },
  AuthHttp: {
    may: [appSecret, signTokens, send, ...endings],
    told: [...database, ...users, 'USER_TOKEN_SECRET_ARN', 'FAN_OUT_QUEUE_URL', 'CONNECTIONS_TABLE'],
  },
  KitHttp: {
    may: [appSecret, send, ...onTable('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem')],
    told: [...database, ...users, 'FAN_OUT_QUEUE_URL', 'CONNECTIONS_TABLE'],
  },
  RealtimeHttp: { may: [appSecret, signTickets], told: [...database, ...users, 'TICKET_SECRET_ARN', 'TICKET_PUBLIC_KEYS', 'REALTIME_URL'] },
  RealtimeAuthorize: { may: onTable('PutItem'), told: ['TICKET_PUBLIC_KEYS', 'CONNECTIONS_TABLE'] },
  RealtimeSocket: {
    may: [appSecret, send, cut, ...onTable('BatchWriteItem', 'GetItem', 'UpdateItem')],
    told: [...database, 'CONNECTIONS_TABLE', 'FAN_OUT_QUEUE_URL', 'EPOCHS_QUEUE_URL'],
  },
  RealtimeFanOut: {
    may: [
      ...onTable('BatchWriteItem', 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'),
      ...fromQueue('RealtimeFanOutQueue'),
      nudge,
      share,
      cut,
      look,
      'execute-api:ManageConnections RealtimeSocketsApi/realtime/DELETE/@connections/*',
      'execute-api:ManageConnections RealtimeSocketsApi/realtime/POST/@connections/*',
    ],
    told: [
      'CONNECTIONS_TABLE',
      'REALTIME_URL',
      'DEAD_LETTER_QUEUE_URL',
      'FOLLOW_UP_QUEUE_URL',
      'SHARES_QUEUE_URL',
      'EPOCHS_QUEUE_URL',
      'NOTIFY_QUEUE_URL',
    ],
  },
  OperationsHttp: {
    may: [operationsSecret, ...onTable('GetItem'), 'sqs:GetQueueAttributes RealtimeFanOutQueue'],
    told: [...database, ...front, 'CONNECTIONS_TABLE', 'FAN_OUT_QUEUE_URL', 'QDRANT_URL'],
  },
  OperationsSweepOutbox: { may: [operationsSecret, send], told: [...database, 'FAN_OUT_QUEUE_URL'] },
  KeysPublish: {
    may: [signTokens, signTickets, signPushes, originSecret],
    told: ['USER_TOKEN_SECRET_ARN', 'TICKET_SECRET_ARN', 'ORIGIN_SECRET_ARN', 'VAPID_SECRET_ARN'],
  },
  PlatformMigrate: {
    may: [ownerSecret, appSecret, workerSecret, searchSecret, operationsSecret],
    told: ['DATABASE_URL', 'DATABASE_TLS', 'DATABASE_OWNER_SECRET_ARN', 'DATABASE_ROLE_SECRET_ARNS'],
  },
};

const network = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'].map(
  (action) => `ec2:${action} *`,
);
const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];
const everywhere = ['STREAMBED_STAGE', 'POWERTOOLS_LOG_LEVEL', 'NODE_OPTIONS'];

const { service, all } = synthesize('dev');
const functions = functionsOf(service);

describe('grants', () => {
  test('every function stands in the table', () => {
    expect([...functions.keys()].sort()).toEqual(Object.keys(table).sort());
  });

  test.each(Object.keys(table))('%s may do exactly this', (name) => {
    const inNetwork = functions.get(name)!.Properties['VpcConfig'] !== undefined;
    const log = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} ${name}Logs`);
    const expected = [...table[name]!.may, ...log, ...traces, ...(inNetwork ? network : [])];
    expect(permissionsOf(service, `${name}Role`).sort()).toEqual(expected.sort());
  });

  test.each(Object.keys(table))('%s is told exactly this', (name) => {
    const { Properties } = functions.get(name)!;
    const variables = Object.keys(Properties['Environment'].Variables).filter((variable) => variable !== 'NODE_EXTRA_CA_CERTS');
    expect(variables.sort()).toEqual([...table[name]!.told, ...everywhere].sort());
  });

  test('no function holds a secret, only the name of one', () => {
    for (const { Properties } of functions.values()) {
      expect(JSON.stringify(Properties['Environment'])).not.toMatch(/resolve:|password|[A-Za-z0-9]{40}(?<!Exports.*)"/i);
    }
  });

  test('the secret of a purpose is read by its one signer, and by the function of the deployment', () => {
    const readersOf = (secret: string) => Object.keys(table).filter((name) => permissionsOf(service, `${name}Role`).includes(secret));
    expect(readersOf(signTokens)).toEqual(['AuthHttp', 'KeysPublish']);
    expect(readersOf(signTickets)).toEqual(['RealtimeHttp', 'KeysPublish']);
    expect(readersOf(signPushes)).toEqual(['NotificationsDeliver', 'KeysPublish']);
    expect(readersOf(originSecret)).toEqual(['KeysPublish']);
  });

  test('no function in the network may call execute-api, whose names it cannot reach from there', () => {
    for (const [name, { Properties }] of functions) {
      const sockets = permissionsOf(service, `${name}Role`).some((permission) => permission.startsWith('execute-api:'));
      if (Properties['VpcConfig']) expect([name, sockets]).toEqual([name, false]);
    }
  });

  test('no role of ours has a managed policy, or a whole service', () => {
    for (const template of all) {
      for (const [id, { Properties }] of resourcesOf(template, 'AWS::IAM::Policy')) {
        for (const { Action } of Properties['PolicyDocument'].Statement as { Action: string | string[] }[]) {
          if (!id.startsWith('CustomCDKBucketDeployment'))
            expect([id, [Action].flat().some((action) => action.includes('*'))]).toEqual([id, false]);
        }
      }
    }
    const managed = all
      .flatMap((template) => resourcesOf(template, 'AWS::IAM::Role'))
      .filter(([, { Properties }]) => Properties['ManagedPolicyArns']);
    expect(managed.map(([id]) => withoutHash(id)).sort()).toEqual([
      'AWSCDKTriggerCustomResourceProviderCustomResourceProviderRole',
      expect.stringMatching(/^CustomCDKBucketDeployment.*ServiceRole$/),
      'RealtimeSocketsLogRole',
    ]);
  });
});

/** Allowed actions of a role with their resources: `sqs:SendMessage RealtimeFanOutQueue`. */
function permissionsOf(template: Template, role: string): string[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    (Properties['Roles'] as { Ref: string }[]).some(({ Ref }) => withoutHash(Ref) === role),
  );
  return policies.flatMap(([, { Properties }]) =>
    (Properties['PolicyDocument'].Statement as Statement[]).flatMap(({ Effect, Action, Resource }) => {
      expect(Effect).toBe('Allow');
      return [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${nameOf(resource)}`));
    }),
  );
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const [[kind, value]] = Object.entries(resource as Record<string, unknown>) as [[string, unknown]];
  if (kind === 'Ref') return withoutHash(String(value));
  if (kind === 'Fn::GetAtt') return withoutHash(String((value as string[])[0]));
  if (kind === 'Fn::ImportValue')
    return /ExportsOutput(?:Ref|FnGetAtt)(\w+?)[0-9A-F]{8}(?:Arn)?[0-9A-F]{8}$/.exec(String(value))?.[1] ?? String(value);
  if (kind === 'Fn::Join') {
    const parts = (value as [string, unknown[]])[1];
    return parts
      .slice(parts.findLastIndex((part) => typeof part === 'object'))
      .map((part) => (typeof part === 'string' ? part : nameOf(part)))
      .join('');
  }
  return JSON.stringify(resource);
}
