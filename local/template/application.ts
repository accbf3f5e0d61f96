import type {
  BucketDefinition,
  CustomResourceDefinition,
  HttpApiDefinition,
  MappingDefinition,
  QueueDefinition,
  SecretDefinition,
  TableDefinition,
  WebSocketApiDefinition,
} from '../definitions.ts';
import type { Principal } from '../iam/permissions.ts';
import type { Account } from '../types.ts';
import type { Addresses } from './addresses.ts';
import { constructIdOf, describeResource, type Stack } from './assembly.ts';
import { readBuckets } from './buckets.ts';
import { readCustomResources } from './custom-resources.ts';
import { readSecrets, readTables } from './data.ts';
import { readFront, type FrontBehavior } from './front.ts';
import { readFunctions, type DeployedFunction } from './functions.ts';
import { readHttpApis, readWebSocketApis } from './gateways.ts';
import { readInvokers } from './invokers.ts';
import { reachableServices } from './networks.ts';
import { readMappings, readQueues } from './queues.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { digest } from './resource-types.ts';
import { readRoles } from './roles.ts';
import { readSchedules, readTriggers, type DeployedSchedule } from './schedules.ts';

/** All resources of the templates, as definitions of the emulated services. */
export interface Application {
  readonly resolver: Resolver;
  readonly functions: readonly DeployedFunction[];
  readonly queues: readonly QueueDefinition[];
  readonly mappings: readonly MappingDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly secrets: readonly SecretDefinition[];
  readonly httpApis: readonly HttpApiDefinition[];
  readonly webSocketApis: readonly WebSocketApiDefinition[];
  readonly schedules: readonly DeployedSchedule[];
  readonly customResources: readonly CustomResourceDefinition[];
  /** ARNs of the functions that run during a deployment. */
  readonly triggers: readonly string[];
  readonly principals: readonly Principal[];
  /** Behaviours of the front, in order; undefined where the templates have none. */
  readonly front: readonly FrontBehavior[] | undefined;
  /** Physical name of a function, queue, table or schedule by construct id: `RealtimeFanOutQueue`. */
  nameOf(constructId: string): string;
}

/** Access key for an ARN: of a function, or of a schedule's role. */
export const accessKeyOf = (arn: string): string => `ASIA${digest(`access key ${arn}`, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;

/** Reads all stacks. Throws at the first unknown element, with its stack, logical id and type. */
export function readApplication(stacks: readonly Stack[], account: Account, addresses: Addresses): Application {
  const resolver = createResolver(stacks, account, addresses);
  // Resources without a counterpart here are resolved too, so that an unknown intrinsic function anywhere is an error.
  for (const resource of resolver.resources()) resolver.properties(resource);
  const roles = readRoles(resolver);
  const functions = readFunctions(resolver, roles);
  const invokers = readInvokers(resolver, functions);
  const gateways = { resolver, account, invokers };
  const schedules = readSchedules(resolver, invokers, roles).map((schedule) => ({
    ...schedule,
    accessKeyId: accessKeyOf(schedule.role.roleArn),
  }));
  checkNames(functions, resolver);
  return {
    resolver,
    functions,
    queues: readQueues(resolver),
    mappings: readMappings(resolver, invokers.arnOf, accessKeyOf),
    tables: readTables(resolver),
    buckets: readBuckets(resolver, addresses.pageOrigins),
    secrets: readSecrets(resolver),
    httpApis: readHttpApis(gateways),
    webSocketApis: readWebSocketApis(gateways),
    schedules,
    customResources: readCustomResources(resolver, invokers),
    triggers: readTriggers(resolver, invokers),
    front: readFront(resolver),
    nameOf: namesOf(resolver),
    principals: [
      ...functions.map((fn) => ({ accessKeyId: accessKeyOf(fn.arn), role: fn.role, reachableServices: reachableServices(resolver, fn) })),
      ...schedules.map((schedule) => ({ accessKeyId: schedule.accessKeyId, role: schedule.role })),
    ],
  };
}

function namesOf(resolver: Resolver): Application['nameOf'] {
  const names = new Map<string, string>();
  for (const type of ['AWS::Lambda::Function', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::Scheduler::Schedule']) {
    for (const resource of resolver.resources(type)) names.set(constructIdOf(resource), resolver.ref(resource));
  }
  for (const resource of resolver.resources('AWS::SQS::Queue'))
    names.set(constructIdOf(resource), resolver.attribute(resource, 'QueueName'));
  return (constructId) => {
    const name = names.get(constructId);
    if (name === undefined) throw new Error(`There is no ${constructId}; there are ${[...names.keys()].join(', ')}`);
    return name;
  };
}

/** Refuses two functions with the same name. */
function checkNames(functions: readonly DeployedFunction[], resolver: Resolver): void {
  const seen = new Set<string>();
  for (const { constructId, arn } of functions) {
    const resource = resolver.resources('AWS::Lambda::Function').find((candidate) => resolver.attribute(candidate, 'Arn') === arn);
    if (seen.has(constructId) && resource) throw new Error(`${describeResource(resource)}: there is another function ${constructId}`);
    seen.add(constructId);
  }
}
