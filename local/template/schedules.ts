import type { ScheduleDefinition } from '../definitions.ts';
import { describeResource } from './assembly.ts';
import type { Invokers } from './invokers.ts';
import type { Resolver } from './resolver.ts';
import type { RoleDefinition } from './roles.ts';

interface ScheduleProperties {
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly Target: { Arn: string; RoleArn: string; Input?: string };
}

/** A schedule, with the ARN of its invocation role. */
export interface DeployedSchedule extends ScheduleDefinition {
  readonly role: RoleDefinition;
}

/** Reads the schedules of EventBridge Scheduler. */
export function readSchedules(resolver: Resolver, invokers: Invokers, roles: ReadonlyMap<string, RoleDefinition>): DeployedSchedule[] {
  return resolver.resources('AWS::Scheduler::Schedule').map((resource) => {
    const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = resolver.properties(
      resource,
    ) as unknown as ScheduleProperties;
    const role = roles.get(Target.RoleArn);
    if (!role?.trusts.has('scheduler.amazonaws.com')) {
      throw new Error(`${describeResource(resource)}: its role ${Target.RoleArn} does not let EventBridge Scheduler take it on`);
    }
    return {
      name: resolver.ref(resource),
      arn: resolver.attribute(resource, 'Arn'),
      expression: ScheduleExpression,
      timezone: ScheduleExpressionTimezone,
      enabled: State !== 'DISABLED',
      functionArn: invokers.arnOf(Target.Arn),
      input: Target.Input,
      role,
    };
  });
}

/** Reads the functions that `triggers.Trigger` runs during a deployment, in the order of the stacks. */
export function readTriggers(resolver: Resolver, invokers: Invokers): string[] {
  return resolver.resources('Custom::Trigger').map((resource) => {
    const { HandlerArn } = resolver.properties(resource) as { HandlerArn: string };
    return invokers.arnOf(HandlerArn);
  });
}
