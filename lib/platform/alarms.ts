import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import { acknowledge } from './checks.ts';

/** Entries of docs/runbook.md, one for each kind of alarm. A test keeps the two in step. */
export const runbookEntries = [
  'function-errors',
  'dead-letters',
  'messages-unreadable',
  'messages-not-taken',
  'fan-out-late',
  'follow-up-late',
  'shares-late',
  'search-slow',
  'epochs-late',
  'embeddings-late',
  'memory-behind',
  'embedding-failures',
  'index-failures',
  'flush-silent',
  'qdrant-machine',
  'http-errors',
  'socket-errors',
  'database-storage',
  'database-cpu',
  'database-connections',
  'outbox-swept',
  'outbox-late',
  'outbox-parked',
  'sweeper-silent',
  'notifications-late',
  'push-failures',
  'mail-failures',
  'retention-late',
  'purges-late',
  'retention-silent',
] as const;
export type RunbookEntry = (typeof runbookEntries)[number];

export interface AlarmProps {
  readonly runbook: RunbookEntry;
  /** The fault, in one sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly above?: number;
  readonly below?: number;
  /** Consecutive periods of the metric that breach the threshold. */
  readonly periods: number;
  /** True when a missing metric is itself the fault. */
  readonly silenceIsBad?: boolean;
}

/** The only place that creates alarms, so that each one names its runbook entry and notifies the stage's topic. */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** Alarms created so far. */
  readonly all: Alarm[] = [];
  readonly #stage: Stage;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    this.#stage = props.stage;
    this.topic = new Topic(this, 'Topic', { displayName: `Streambed ${props.stage.name}`, enforceSSL: true });
    // A custom topic policy replaces the default one, which holds CloudWatch's permission to publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (props.stage.alarmEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(props.stage.alarmEmail));
      acknowledge(this.topic, 'Serverless-SNSRedrivePolicy', 'Mail cannot be delivered again from a queue; the alarm itself stays visible');
    }
  }

  /** Adds an alarm; `id` is also its name behind `Streambed-<stage>-`. */
  add(id: string, props: AlarmProps): Alarm {
    const below = props.below !== undefined;
    const alarm = new Alarm(this, id, {
      alarmName: `Streambed-${this.#stage.name}-${id}`,
      alarmDescription: `${props.says} See docs/runbook.md#${props.runbook}`,
      metric: props.metric,
      threshold: props.above ?? props.below ?? 0,
      comparisonOperator: below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: props.periods,
      treatMissingData: props.silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.all.push(alarm);
    return alarm;
  }

  /** Adds an alarm for a function that throws. Answers to a caller's mistake are not errors. */
  watchFunction(fn: IFunction, name: string): void {
    this.add(`${name}Errors`, {
      runbook: 'function-errors',
      says: `${name} fails, times out or cannot start.`,
      metric: fn.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: 0,
      periods: 1,
    });
  }
}
