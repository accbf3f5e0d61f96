import type { CustomResourceDefinition } from '../definitions.ts';
import type { Invokers } from './invokers.ts';
import type { Resolver } from './resolver.ts';

/** Types of custom resources whose function is part of the app. The runner does itself what those of the CDK do. */
const types = ['Custom::PublicKeys'];

/** Reads the custom resources with a function of the app. */
export function readCustomResources(resolver: Resolver, invokers: Invokers): CustomResourceDefinition[] {
  return types
    .flatMap((type) => resolver.resources(type))
    .map((resource) => {
      const { ServiceToken, ...properties } = resolver.properties(resource) as { ServiceToken: string };
      return {
        logicalId: resource.logicalId,
        functionArn: invokers.arnOf(ServiceToken),
        properties,
        placeholderOf: (name) => resolver.attribute(resource, name),
      };
    });
}
