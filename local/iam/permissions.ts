import { managedPolicies } from './managed-policies.ts';
import type { Statement } from './statement.ts';
import type { Access, AccessDecision } from '../types.ts';
import { wildcard } from '../wildcard.ts';

/** All permissions of a role. */
export interface RolePolicies {
  readonly roleArn: string;
  readonly statements: readonly Statement[];
  /** ARNs of AWS's managed policies that are attached to it. */
  readonly managedPolicyArns: readonly string[];
}

/** Holder of an access key, and the network that uses it. */
export interface Principal {
  readonly accessKeyId: string;
  readonly role: RolePolicies;
  /** Services with an endpoint in the holder's network (`sqs`); undefined outside of a network, from where all can be reached. */
  readonly reachableServices?: ReadonlySet<string>;
}

/** Condition keys that are always met: they narrow the caller's account, and on loopback only the account itself calls. */
const metConditions = new Set(['aws:sourceaccount', 'aws:sourcearn', 'aws:resourceaccount', 'aws:principalaccount', 'kms:viaservice']);

interface Rule {
  readonly deny: boolean;
  readonly action: (action: string) => boolean;
  readonly resource: (resource: string) => boolean;
}

/** Answers permission questions as IAM does: some statement must allow, and a denial wins. */
export function createAccess(principals: readonly Principal[]): Access {
  const holders = new Map(
    principals.map((principal) => [principal.accessKeyId, { ...principal, rules: rulesOf(principal.role) }] as const),
  );
  return {
    check(accessKeyId, action, resourceArn): AccessDecision {
      const holder = holders.get(accessKeyId);
      if (holder === undefined) return { allowed: false, principal: 'unknown', reason: `no role has the access key ${accessKeyId}` };
      const principal = holder.role.roleArn;
      const service = action.split(':')[0] ?? '';
      if (holder.reachableServices && !holder.reachableServices.has(service)) {
        return { allowed: false, principal, reason: `the function is in a network without an endpoint for ${service}` };
      }
      const matching = holder.rules.filter((rule) => rule.action(action) && rule.resource(resourceArn));
      if (matching.some((rule) => rule.deny)) return { allowed: false, principal, reason: 'an identity-based policy denies it explicitly' };
      if (matching.length > 0) return { allowed: true };
      return { allowed: false, principal, reason: `no identity-based policy allows the ${action} action` };
    },
  };
}

function rulesOf(role: RolePolicies): Rule[] {
  const attached = role.managedPolicyArns.flatMap((arn) => {
    const statements = managedPolicies[arn.split('policy/')[1] ?? ''];
    if (statements === undefined) throw new Error(`${role.roleArn} has the managed policy ${arn}, which the local runner does not know`);
    return statements;
  });
  return [...role.statements, ...attached].flatMap((statement) => ruleOf(statement, role.roleArn));
}

function ruleOf(statement: Statement, roleArn: string): Rule[] {
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, value] of Object.entries(keys)) {
      if (metConditions.has(key.toLowerCase())) continue;
      // Calls count as encrypted, because loopback traffic cannot be intercepted.
      if (key.toLowerCase() === 'aws:securetransport' && operator === 'Bool') {
        if (String(value) === 'false') return [];
        continue;
      }
      throw new Error(`${roleArn} has a statement with the condition ${operator} ${key}, which the local runner cannot judge`);
    }
  }
  return [toRule(statement)];
}

function toRule(statement: Statement): Rule {
  return {
    deny: statement.Effect === 'Deny',
    action: matcher(statement.Action, statement.NotAction, 'i'),
    resource: matcher(statement.Resource, statement.NotResource, ''),
  };
}

type Patterns = string | readonly string[] | undefined;

function matcher(yes: Patterns, no: Patterns, flags: string): (text: string) => boolean {
  if (no !== undefined) {
    const excluded = matcher(no, undefined, flags);
    return (text) => !excluded(text);
  }
  const patterns = [yes ?? []].flat().map((pattern) => wildcard(pattern, flags));
  return (text) => patterns.some((pattern) => pattern.test(text));
}
