import type { Account } from '../types.ts';
import type { Addresses } from './addresses.ts';
import { describeResource, type Resource, type Stack } from './assembly.ts';
import { conditionHolds, resolveValue, type Scope } from './intrinsics.ts';
import { resourceTypes, type Identify, type ResourceType } from './resource-types.ts';

/** The resources of all stacks, with resolved properties. */
export interface Resolver {
  /** Resources of a type (of all types without one) whose conditions hold. */
  resources(type?: string): readonly Resource[];
  properties(resource: Resource): Readonly<Record<string, unknown>>;
  ref(resource: Resource): string;
  attribute(resource: Resource, name: string): string;
  /** Outputs of a stack, by logical id. */
  outputs(stack: Stack): Readonly<Record<string, unknown>>;
}

/** Reads stacks with the addresses of this run. Throws at the first unknown resource type, with its name. */
export function createResolver(stacks: readonly Stack[], account: Account, addresses: Addresses): Resolver {
  const everything = stacks.flatMap((stack) => [...stack.resources.values()]);
  for (const resource of everything) typeOf(resource);
  const resolved = new Map<Resource, Readonly<Record<string, unknown>>>();

  const scopeOf = (stack: Stack): Scope => ({
    stack,
    account,
    ref: (logicalId) => refOf(find(stack, logicalId)),
    attribute: (logicalId, name) => attributeOf(find(stack, logicalId), name),
    importValue: (name) => exported(name),
    stackOutput: (stackName, outputName) => {
      const { stack: other, output } = outputOf(stacks, stackName, outputName);
      return resolveValue(output.Value, scopeOf(other));
    },
  });

  const exported = (name: string): unknown => {
    for (const stack of stacks) {
      for (const output of Object.values(stack.outputs)) {
        if (output.Export && resolveValue(output.Export.Name, scopeOf(stack)) === name) return resolveValue(output.Value, scopeOf(stack));
      }
    }
    throw new Error(`No stack exports ${name}`);
  };

  const identify = (resource: Resource): Identify => ({
    account,
    addresses,
    stackName: resource.stack.name,
    logicalId: resource.logicalId,
    property: (name) => resolveValue(resource.properties[name], scopeOf(resource.stack)),
  });
  const refOf = (resource: Resource): string => String(typeOf(resource).ref(identify(resource)));
  const attributeOf = (resource: Resource, name: string): string => {
    const { attributes } = typeOf(resource);
    if (attributes === 'any') return `${resource.stack.name}-${resource.logicalId}.${name}`;
    const value = attributes[name];
    if (value === undefined) throw new Error(`${describeResource(resource)}: the local runner does not know the attribute ${name}`);
    return value(identify(resource)) as string;
  };

  return {
    resources: (type) =>
      everything.filter(
        (resource) =>
          (type === undefined || resource.type === type) &&
          (resource.condition === undefined || conditionHolds(resource.condition, scopeOf(resource.stack))),
      ),
    properties(resource) {
      let properties = resolved.get(resource);
      if (properties === undefined) {
        properties = inContext(resource, () => resolveValue(resource.properties, scopeOf(resource.stack)) as Record<string, unknown>);
        resolved.set(resource, properties);
      }
      return properties;
    },
    ref: (resource) => inContext(resource, () => refOf(resource)),
    attribute: (resource, name) => inContext(resource, () => attributeOf(resource, name)),
    outputs: (stack) =>
      Object.fromEntries(Object.entries(stack.outputs).map(([id, output]) => [id, resolveValue(output.Value, scopeOf(stack))])),
  };
}

function outputOf(stacks: readonly Stack[], stackName: string, outputName: string) {
  const stack = stacks.find((candidate) => candidate.name === stackName);
  const output = stack?.outputs[outputName];
  if (stack === undefined || output === undefined) throw new Error(`There is no output ${outputName} of a stack ${stackName}`);
  return { stack, output };
}

function typeOf(resource: Resource): ResourceType {
  const known = resourceTypes[resource.type];
  if (known === undefined) {
    throw new Error(
      `${describeResource(resource)}: the local runner does not know this resource type; say in local/template/resource-types.ts what it is here`,
    );
  }
  return known;
}

function find(stack: Stack, logicalId: string): Resource {
  const resource = stack.resources.get(logicalId);
  if (resource === undefined) throw new Error(`There is no resource ${logicalId} in ${stack.name}`);
  return resource;
}

/** Adds the resource's name to errors. */
function inContext<Result>(resource: Resource, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.message.includes(resource.logicalId)) throw thrown;
    throw new Error(`${describeResource(resource)}: ${thrown.message}`, { cause: thrown });
  }
}
