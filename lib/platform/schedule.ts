import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge, logicalId } from './checks.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ScheduleProps {
  readonly worker: ServiceFunction;
  readonly every: Duration;
  /** Description for the console: `Sweeps the outbox`. */
  readonly description: string;
}

/** Runs a function at an interval, with a role that may only invoke it. There are no retries: the next run is the retry. */
export function addSchedule(scope: Construct, id: string, { worker, every, description }: ScheduleProps): Schedule {
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: `Starts ${worker.title}`,
  });
  acknowledge(role, `AwsSolutions-IAM5[Resource::<${logicalId(worker)}.Arn>:*]`, 'The versions of this one function');
  return new Schedule(scope, id, {
    description,
    schedule: ScheduleExpression.rate(every),
    target: new LambdaInvoke(worker, { role, retryAttempts: 0, maxEventAge: every }),
  });
}
