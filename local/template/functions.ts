import type { FunctionDefinition } from '../lambda/pool.ts';
import { constructIdOf, describeResource, type Resource } from './assembly.ts';
import type { Resolver } from './resolver.ts';
import type { RoleDefinition } from './roles.ts';

/** A function of the template, without the runner's environment variables. */
export interface DeployedFunction extends FunctionDefinition {
  readonly role: RoleDefinition;
  /** Subnets of the function; empty outside of a network. */
  readonly subnetIds: readonly string[];
}

interface Properties {
  readonly Code: { S3Key?: string; ZipFile?: string };
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly Role: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Environment?: { Variables?: Record<string, string> };
  readonly VpcConfig?: { SubnetIds?: string[] };
}

/** CDK constructs that bring helper functions. The runner does the work of these itself. */
const helperPaths = [
  /Custom::CDKBucketDeployment/,
  /AWSCDK\.TriggerCustomResourceProvider/,
  /Custom::S3AutoDeleteObjects/,
  /LogRetention[a-f0-9]{32}/,
];

/** True for resources of the CDK's own helper functions. */
export const isHelper = (resource: Resource): boolean =>
  helperPaths.some((path) => path.test(resource.constructPath ?? resource.logicalId));

/** Reads the functions of the app, without the CDK's helpers. */
export function readFunctions(resolver: Resolver, roles: ReadonlyMap<string, RoleDefinition>): DeployedFunction[] {
  return resolver
    .resources('AWS::Lambda::Function')
    .filter((resource) => !isHelper(resource))
    .map((resource) => readFunction(resource, resolver, roles));
}

function readFunction(resource: Resource, resolver: Resolver, roles: ReadonlyMap<string, RoleDefinition>): DeployedFunction {
  const properties = resolver.properties(resource) as unknown as Properties;
  const fail = (problem: string): never => {
    throw new Error(`${describeResource(resource)}: ${problem}`);
  };
  const role = roles.get(properties.Role) ?? fail(`its role ${properties.Role} is not in the templates`);
  if (!role.trusts.has('lambda.amazonaws.com')) fail(`its role ${role.roleArn} does not let Lambda take it on`);
  if (!properties.Runtime?.startsWith('nodejs')) fail(`the runtime ${properties.Runtime} is not known to the local runner`);
  const codePath = resource.stack.assets.get(properties.Code.S3Key ?? '') ?? fail('its code is not an asset of the assembly');
  return {
    arn: resolver.attribute(resource, 'Arn'),
    name: resolver.ref(resource),
    constructId: constructIdOf(resource),
    codePath,
    handler: properties.Handler ?? fail('it has no handler'),
    timeoutSeconds: properties.Timeout ?? 3,
    memoryMegabytes: properties.MemorySize ?? 128,
    env: properties.Environment?.Variables ?? {},
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    role,
    subnetIds: properties.VpcConfig?.SubnetIds ?? [],
  };
}
