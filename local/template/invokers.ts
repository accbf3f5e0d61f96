import { wildcard } from '../wildcard.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { DeployedFunction } from './functions.ts';
import type { Resolver } from './resolver.ts';

/** Resolves references to functions, and checks which services may invoke them. */
export interface Invokers {
  /**
   * ARN of a function that is referenced by name, ARN, version or API Gateway's invocation path. Throws when it is not in the templates.
   */
  readonly arnOf: (reference: string) => string;
  /** Throws unless a permission in the template lets the service invoke the function from `sourceArn`. `user` is named in the error. */
  demand(user: Resource, functionArn: string, service: string, sourceArn: string): void;
}

interface Permission {
  readonly functionArn: string;
  readonly service: string;
  readonly source: RegExp | undefined;
}

/** Reads the resource-based permissions of all functions. */
export function readInvokers(resolver: Resolver, functions: readonly DeployedFunction[]): Invokers {
  const byName = new Map(functions.flatMap(({ arn, name }) => [[arn, arn] as const, [name, arn] as const]));
  const find = (reference: string): string | undefined => {
    const invocationPath = /\/functions\/([^/]+)\/invocations$/.exec(reference)?.[1];
    if (invocationPath !== undefined) return find(invocationPath);
    return byName.get(reference) ?? byName.get(reference.replace(/:[^:]+$/, ''));
  };
  const permissions = resolver.resources('AWS::Lambda::Permission').flatMap((resource): Permission[] => {
    const properties = resolver.properties(resource) as { FunctionName: string; Principal: string; Action: string; SourceArn?: string };
    const functionArn = find(properties.FunctionName);
    if (functionArn === undefined || properties.Action !== 'lambda:InvokeFunction') return [];
    return [
      {
        functionArn,
        service: properties.Principal,
        source: properties.SourceArn === undefined ? undefined : wildcard(properties.SourceArn),
      },
    ];
  });
  return {
    arnOf(reference) {
      const arn = find(reference);
      if (arn === undefined) throw new Error(`There is no function ${reference} in the templates`);
      return arn;
    },
    demand(user, functionArn, service, sourceArn) {
      const granted = permissions.some(
        (permission) =>
          permission.functionArn === functionArn && permission.service === service && (permission.source?.test(sourceArn) ?? true),
      );
      if (granted) return;
      throw new Error(`${describeResource(user)}: no AWS::Lambda::Permission lets ${service} invoke ${functionArn} from ${sourceArn}`);
    },
  };
}
