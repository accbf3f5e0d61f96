/** Definitions of the emulated services. The templates are mapped to these types; the services know nothing of CloudFormation. */

export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  /** FIFO only: scope of deduplication ids, by default the whole queue. */
  readonly deduplicationScope?: 'queue' | 'messageGroup';
  /** FIFO only: returned by GetQueueAttributes and otherwise without effect. */
  readonly throughputLimit?: 'perQueue' | 'perMessageGroupId';
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds?: number;
  readonly receiveWaitSeconds?: number;
  readonly redrive?: { readonly targetArn: string; readonly maxReceiveCount: number };
}

/** An event-source mapping: a queue and the function that receives its messages. */
export interface MappingDefinition {
  readonly queueArn: string;
  readonly functionArn: string;
  /** Access key of the function's role. Lambda reads the queue with this role, so it needs the permissions. */
  readonly accessKeyId: string;
  readonly batchSize: number;
  /** Parallel batches; five by default, as in Lambda. */
  readonly maxConcurrency?: number;
  readonly reportBatchItemFailures: boolean;
}

export interface KeyDefinition {
  readonly name: string;
  readonly type: 'HASH' | 'RANGE';
}

export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  readonly keySchema: readonly KeyDefinition[];
  readonly attributeDefinitions: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
  readonly globalSecondaryIndexes?: readonly IndexDefinition[];
  readonly localSecondaryIndexes?: readonly IndexDefinition[];
  /** Attribute that holds the epoch second after which an item is deleted. */
  readonly ttlAttribute?: string;
}

export interface IndexDefinition {
  readonly name: string;
  readonly keySchema: readonly KeyDefinition[];
  readonly projection: { readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly attributes?: readonly string[] };
}

/** GenerateSecretString, with its property names. */
export interface GeneratedSecret {
  readonly passwordLength?: number;
  readonly excludeCharacters?: string;
  readonly excludeLowercase?: boolean;
  readonly excludeUppercase?: boolean;
  readonly excludeNumbers?: boolean;
  readonly excludePunctuation?: boolean;
  readonly includeSpace?: boolean;
  readonly requireEachIncludedType?: boolean;
  /** A JSON object that receives the generated text under `generateStringKey`. */
  readonly secretStringTemplate?: string;
  readonly generateStringKey?: string;
}

export interface SecretDefinition {
  readonly name: string;
  readonly arn: string;
  /** A given value, or one that is generated at the first start and kept. */
  readonly value: { readonly text: string } | { readonly generate: GeneratedSecret };
  /** Properties that a target attachment adds to the secret's JSON: engine, host, port, dbname. */
  readonly attachment?: Readonly<Record<string, string | number>>;
}

/** A custom resource: a function that CloudFormation invokes for the attributes of the resource. */
export interface CustomResourceDefinition {
  readonly logicalId: string;
  readonly functionArn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Text that stands for an attribute in the resolved templates, until the resource is created. */
  readonly placeholderOf: (attribute: string) => string;
}

/** CORS rule: the page origins that may use a bucket. `*` in an origin or a header matches any text. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** Lifecycle rule: deletes objects of this age that have the prefix and all of the tags. */
export interface LifecycleRule {
  readonly expireDays: number;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface BucketDefinition {
  readonly name: string;
  readonly arn: string;
  readonly cors: readonly CorsRule[];
  readonly lifecycle: readonly LifecycleRule[];
}

export interface HttpRouteDefinition {
  /** `GET /v1/things/{id}`, `ANY /files/{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly functionArn: string;
  /** Timeout; at most 30,000, the default. */
  readonly timeoutMilliseconds?: number;
}

export interface Throttle {
  /** Requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** Pages of other origins that a gateway answers. */
export interface CorsDefinition {
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number;
}

export interface HttpApiDefinition {
  readonly apiId: string;
  /** `$default`, or a name that is the first segment of the path. */
  readonly stage: string;
  readonly routes: readonly HttpRouteDefinition[];
  readonly cors?: CorsDefinition | undefined;
  readonly throttle?: Throttle;
}

export interface WebSocketRouteDefinition {
  /** `$connect`, `$disconnect`, `$default` or a value of the route selection expression. */
  readonly routeKey: string;
  readonly functionArn: string;
  /** True when the body that the function returns is sent to the client. */
  readonly routeResponse: boolean;
  /** Authorizer; on `$connect` only. */
  readonly authorizer?: AuthorizerDefinition;
}

export interface AuthorizerDefinition {
  readonly functionArn: string;
  /** `route.request.querystring.NAME` or `route.request.header.NAME`; each must be present and not empty. */
  readonly identitySources: readonly string[];
}

export interface WebSocketApiDefinition {
  readonly apiId: string;
  readonly stage: string;
  /** `$request.body.action`, `${request.body.action}` */
  readonly routeSelectionExpression: string;
  readonly routes: readonly WebSocketRouteDefinition[];
  readonly throttle?: Throttle;
}

export interface ScheduleDefinition {
  readonly name: string;
  readonly arn: string;
  /** `rate(1 minute)`, `cron(0 8 ? * MON-FRI *)` or `at(2026-11-21T08:00:00)`. */
  readonly expression: string;
  /** IANA name; UTC by default. */
  readonly timezone?: string;
  readonly enabled: boolean;
  readonly functionArn: string;
  /** Access key of the role that the schedule invokes with. */
  readonly accessKeyId?: string;
  /** Event as JSON text; Scheduler's own event by default. */
  readonly input?: string;
}
