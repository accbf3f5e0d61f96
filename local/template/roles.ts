import type { RolePolicies } from '../iam/permissions.ts';
import type { Statement } from '../iam/statement.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { Resolver } from './resolver.ts';

/** A role and its trust policy. */
export interface RoleDefinition extends RolePolicies {
  readonly roleName: string;
  /** Services that may assume the role: `lambda.amazonaws.com`. */
  readonly trusts: ReadonlySet<string>;
}

interface Document {
  readonly Statement: Statement | readonly Statement[];
}

/** Collects all roles of the stacks with their attached policies, by ARN. */
export function readRoles(resolver: Resolver): ReadonlyMap<string, RoleDefinition> {
  const attached = readAttachedPolicies(resolver);
  const roles = resolver.resources('AWS::IAM::Role').map((resource): RoleDefinition => {
    const properties = resolver.properties(resource) as {
      AssumeRolePolicyDocument: Document;
      Policies?: readonly { PolicyDocument: Document }[];
      ManagedPolicyArns?: readonly string[];
      PermissionsBoundary?: unknown;
    };
    if (properties.PermissionsBoundary !== undefined) {
      throw new Error(`${describeResource(resource)}: permissions boundaries are not known to the local runner`);
    }
    const roleName = resolver.ref(resource);
    const { byRole, byArn } = attached;
    const managed = properties.ManagedPolicyArns ?? [];
    return {
      roleName,
      roleArn: resolver.attribute(resource, 'Arn'),
      trusts: new Set(statementsOf(properties.AssumeRolePolicyDocument).flatMap(trustedServices)),
      statements: [
        ...(properties.Policies ?? []).flatMap((policy) => statementsOf(policy.PolicyDocument)),
        ...(byRole.get(roleName) ?? []),
        ...managed.flatMap((arn) => byArn.get(arn) ?? []),
      ],
      managedPolicyArns: managed.filter((arn) => !byArn.has(arn)),
    };
  });
  return new Map(roles.map((role) => [role.roleArn, role]));
}

function readAttachedPolicies(resolver: Resolver) {
  const byRole = new Map<string, Statement[]>();
  const byArn = new Map<string, readonly Statement[]>();
  const read = (resource: Resource): readonly Statement[] => {
    const { PolicyDocument, Roles } = resolver.properties(resource) as { PolicyDocument: Document; Roles?: readonly string[] };
    const statements = statementsOf(PolicyDocument);
    for (const role of Roles ?? []) byRole.set(role, [...(byRole.get(role) ?? []), ...statements]);
    return statements;
  };
  for (const resource of resolver.resources('AWS::IAM::Policy')) read(resource);
  for (const resource of resolver.resources('AWS::IAM::ManagedPolicy')) byArn.set(resolver.ref(resource), read(resource));
  return { byRole, byArn };
}

const statementsOf = (document: Document): readonly Statement[] => [document.Statement].flat();

function trustedServices(statement: Statement): string[] {
  const principal = statement.Principal as { Service?: string | string[] } | undefined;
  return statement.Effect === 'Allow' ? [principal?.Service ?? []].flat() : [];
}
