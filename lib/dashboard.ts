import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Alarms } from './platform/alarms.ts';
import { ownMetric } from './platform/metrics.ts';
import type { ServiceFunction } from './platform/service-function.ts';
import type { WorkQueue } from './platform/work-queue.ts';
import type { Stage } from './stage.ts';

export interface OverviewProps {
  readonly stage: Stage;
  readonly alarms: Alarms;
  readonly http: HttpApi;
  readonly sockets: WebSocketApi;
  readonly fanOut: WorkQueue;
  readonly followUps: WorkQueue;
  readonly shares: WorkQueue;
  readonly epochs: WorkQueue;
  readonly embeddings: WorkQueue;
  readonly database: DatabaseInstance;
  readonly functions: readonly ServiceFunction[];
}

const minutes5 = { period: Duration.minutes(5) };

/** A dashboard, ordered by urgency: alarms that ring, symptoms that users notice, then causes. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `Streambed-${props.stage.name}`,
      defaultInterval: Duration.hours(12),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms.all], width: 24, height: 4 })],
        noticed(props),
        live(props),
        remembered(props),
        embedded(props),
        functions(props),
        database(props),
      ],
    });
  }
}

const noticed = ({ http, stage }: OverviewProps): IWidget[] => [
  graph('Requests', [http.metricCount(minutes5)]),
  graph('Refused (4xx) and failed (5xx)', [http.metricClientError(minutes5), http.metricServerError(minutes5)]),
  graph(
    'Time to answer, ms',
    ['p50', 'p99'].map((statistic) => http.metricLatency({ ...minutes5, statistic, label: statistic })),
  ),
  graph('Posted', [ownMetric(stage, 'eventsPosted', 'Sum')]),
];

const live = ({ sockets, fanOut, followUps, shares, stage }: OverviewProps): IWidget[] => [
  graph(
    'Commit to socket, ms',
    ['p50', 'p99'].map((statistic) => ownMetric(stage, 'fanOutLatency', statistic).with({ label: statistic })),
  ),
  graph('Sockets opened, frames in, frames out', [
    sockets.metric('ConnectCount', { ...minutes5, statistic: 'Sum' }),
    sockets.metric('MessageCount', { ...minutes5, statistic: 'Sum' }),
    ownMetric(stage, 'framesPosted', 'Sum'),
  ]),
  graph('Sockets gone, sockets slow', [ownMetric(stage, 'connectionsPruned', 'Sum'), ownMetric(stage, 'slowConnections', 'Sum')]),
  graph('Queues: oldest, s; put aside', [...waiting('fan-out', fanOut), ...waiting('follow-up', followUps), ...waiting('shares', shares)]),
];

const remembered = ({ epochs, embeddings, stage }: OverviewProps): IWidget[] => [
  graph(
    'Message to its epoch, message to what it is related to: p99, ms',
    (['assignLatency', 'relatedLatency'] as const).map((name) => ownMetric(stage, name, 'p99')),
  ),
  graph('Epochs opened, closed, indexed', [
    ownMetric(stage, 'epochsOpened', 'Sum'),
    ownMetric(stage, 'epochsClosed', 'Sum'),
    ownMetric(stage, 'epochsIndexed', 'Sum'),
  ]),
  graph('Epochs of a workspace that wait for the index', [ownMetric(stage, 'epochsWaiting', 'Maximum')]),
  graph('Queues of memory: oldest, s; put aside', [...waiting('epochs', epochs), ...waiting('embeddings', embeddings)]),
];

const embedded = ({ stage }: OverviewProps): IWidget[] => [
  graph('Embeddings a second', [perSecond('embeddings', ownMetric(stage, 'embeddingsMade', 'Sum'))]),
  graph('Tokens embedded: what the provider bills', [ownMetric(stage, 'embeddingTokens', 'Sum')]),
  graph('Failures of the provider, of the index', [ownMetric(stage, 'embeddingFailures', 'Sum'), ownMetric(stage, 'indexFailures', 'Sum')]),
  graph('Links found', [ownMetric(stage, 'linksFound', 'Sum')]),
];

const perSecond = (label: string, sum: IMetric): IMetric =>
  new MathExpression({ expression: 'sum / PERIOD(sum)', usingMetrics: { sum }, label, ...minutes5 });

const waiting = (name: string, { queue, deadLetters }: WorkQueue): IMetric[] => [
  queue.metricApproximateAgeOfOldestMessage({ ...minutes5, statistic: 'Maximum', label: `${name}: oldest` }),
  deadLetters.metricApproximateNumberOfMessagesVisible({ ...minutes5, statistic: 'Maximum', label: `${name}: put aside` }),
];

const functions = ({ functions: all, stage }: OverviewProps): IWidget[] => [
  graph(
    'Errors',
    all.map((fn) => fn.metricErrors({ ...minutes5, label: fn.title })),
  ),
  graph(
    'Throttled',
    all.map((fn) => fn.metricThrottles({ ...minutes5, label: fn.title })),
  ),
  graph(
    'Duration p99, ms',
    all.map((fn) => fn.metricDuration({ ...minutes5, statistic: 'p99', label: fn.title })),
  ),
  graph('Oldest unsent event, ms', [ownMetric(stage, 'outboxAge', 'Maximum')]),
  graph('Messages not taken, unreadable; rows parked', [
    ownMetric(stage, 'messagesNotTaken', 'Sum'),
    ownMetric(stage, 'messagesUnreadable', 'Sum'),
    ownMetric(stage, 'outboxParked', 'Maximum'),
  ]),
  graph('Sends put off to the sweeper, sent by it', [ownMetric(stage, 'publishDeferred', 'Sum'), ownMetric(stage, 'outboxSwept', 'Sum')]),
];

const database = ({ database: instance }: OverviewProps): IWidget[] => [
  graph('Postgres: processor, %', [instance.metricCPUUtilization(minutes5)]),
  graph('Postgres: connections', [instance.metricDatabaseConnections({ ...minutes5, statistic: 'Maximum' })]),
  graph('Postgres: free storage, bytes', [instance.metricFreeStorageSpace({ ...minutes5, statistic: 'Minimum' })]),
  graph('Postgres: reads and writes a second', [instance.metric('ReadIOPS', minutes5), instance.metric('WriteIOPS', minutes5)]),
];

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 6, height: 6 });
