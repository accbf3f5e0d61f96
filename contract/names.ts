/** Names of environment variables that the infrastructure sets and the functions read. */
export const env = {
  stage: 'STREAMBED_STAGE',
  databaseUrl: 'DATABASE_URL',
  databaseSecretArn: 'DATABASE_SECRET_ARN',
  databaseOwnerSecretArn: 'DATABASE_OWNER_SECRET_ARN',
  databaseRoleSecretArns: 'DATABASE_ROLE_SECRET_ARNS',
  databaseTls: 'DATABASE_TLS',
  userTokenSecretArn: 'USER_TOKEN_SECRET_ARN',
  userTokenPublicKeys: 'USER_TOKEN_PUBLIC_KEYS',
  ticketSecretArn: 'TICKET_SECRET_ARN',
  ticketPublicKeys: 'TICKET_PUBLIC_KEYS',
  originSecretArn: 'ORIGIN_SECRET_ARN',
  originSecretHashes: 'ORIGIN_SECRET_HASHES',
  connectionsTable: 'CONNECTIONS_TABLE',
  fanOutQueueUrl: 'FAN_OUT_QUEUE_URL',
  followUpQueueUrl: 'FOLLOW_UP_QUEUE_URL',
  sharesQueueUrl: 'SHARES_QUEUE_URL',
  epochsQueueUrl: 'EPOCHS_QUEUE_URL',
  embeddingsQueueUrl: 'EMBEDDINGS_QUEUE_URL',
  deadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  retentionQueueUrl: 'RETENTION_QUEUE_URL',
  notifyQueueUrl: 'NOTIFY_QUEUE_URL',
  deliveriesQueueUrl: 'DELIVERIES_QUEUE_URL',
  vapidSecretArn: 'VAPID_SECRET_ARN',
  vapidPublicKeys: 'VAPID_PUBLIC_KEYS',
  pushContact: 'PUSH_CONTACT',
  pushHosts: 'PUSH_HOSTS',
  mailFrom: 'MAIL_FROM',
  publicUrl: 'PUBLIC_URL',
  memoryTable: 'MEMORY_TABLE',
  embeddingProvider: 'EMBEDDING_PROVIDER',
  embeddingModel: 'EMBEDDING_MODEL',
  embeddingDimension: 'EMBEDDING_DIMENSION',
  embeddingUrl: 'EMBEDDING_URL',
  embeddingApiKey: 'EMBEDDING_API_KEY',
  embeddingSecretArn: 'EMBEDDING_SECRET_ARN',
  qdrantUrl: 'QDRANT_URL',
  qdrantApiKey: 'QDRANT_API_KEY',
  qdrantSecretArn: 'QDRANT_SECRET_ARN',
  realtimeUrl: 'REALTIME_URL',
  filesBucket: 'FILES_BUCKET',
} as const;

/** CloudWatch namespace and metric names; alarms and dashboards use the same words. */
export const metricsNamespace = 'Streambed';
/** The dimension `service` of every metric. It keeps two stages in one account apart. */
export const metricsService = (stage: string): string => `streambed-${stage}`;
export const metric = {
  eventsPosted: 'EventsPosted',
  publishDeferred: 'PublishDeferred',
  fanOutLatency: 'FanOutLatency',
  framesPosted: 'FramesPosted',
  connectionsPruned: 'ConnectionsPruned',
  slowConnections: 'SlowConnections',
  outboxSwept: 'OutboxSwept',
  outboxParked: 'OutboxParked',
  outboxAge: 'OutboxAge',
  messagesNotTaken: 'MessagesNotTaken',
  messagesUnreadable: 'MessagesUnreadable',
  pointersAnnounced: 'PointersAnnounced',
  notificationsCreated: 'NotificationsCreated',
  signalsSent: 'SignalsSent',
  roomsRevoked: 'RoomsRevoked',
  epochsOpened: 'EpochsOpened',
  epochsClosed: 'EpochsClosed',
  epochsIndexed: 'EpochsIndexed',
  epochsWaiting: 'EpochsWaiting',
  assignLatency: 'AssignLatency',
  relatedLatency: 'RelatedLatency',
  linksFound: 'LinksFound',
  embeddingsMade: 'EmbeddingsMade',
  embeddingTokens: 'EmbeddingTokens',
  embeddingFailures: 'EmbeddingFailures',
  indexFailures: 'IndexFailures',
  eventsPurged: 'EventsPurged',
  eventsExpired: 'EventsExpired',
  purgeAge: 'PurgeAge',
  pushesSent: 'PushesSent',
  pushFailures: 'PushFailures',
  devicesForgotten: 'DevicesForgotten',
  mailsSent: 'MailsSent',
  mailFailures: 'MailFailures',
} as const;

/**
 * Database roles that the functions connect as, by purpose: use cases, workers behind queues and schedules, search, and the outbox with health
 * checks. None owns anything or bypasses row-level security.
 */
export const databaseRoles = {
  app: 'streambed_app',
  worker: 'streambed_worker',
  search: 'streambed_search',
  operations: 'streambed_operations',
} as const;
export type DatabasePurpose = keyof typeof databaseRoles;

/** The header that the front adds to its requests to the gateways, with the secret of the origin. */
export const originHeader = 'x-origin-secret';

/** The field that selects the route of a socket's frames; all of them go to `$default`. */
export const subprotocol = 'streambed.v1.json';
