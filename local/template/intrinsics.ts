import type { Account } from '../types.ts';
import type { Stack } from './assembly.ts';

/** Sources of values outside of an expression. */
export interface Scope {
  readonly stack: Stack;
  readonly account: Account;
  ref(logicalId: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  importValue(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
}

/** Result of `AWS::NoValue`: the property is absent. */
const noValue = Symbol('AWS::NoValue');

/** Resolves all intrinsic functions in a value of a template. Throws for unknown ones. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolved = resolve(value, scope);
  return resolved === noValue ? undefined : resolved;
}

/** Evaluates a named condition of a stack. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const expression = scope.stack.conditions[name];
  if (expression === undefined) throw new Error(`The condition ${name} is not in the template`);
  return resolve(expression, scope) === true;
}

function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const [name, argument] = only;
    if (name === 'Ref') return ref(text(argument, name), scope);
    if (name === 'Condition' && typeof argument === 'string') return conditionHolds(argument, scope);
    if (name.startsWith('Fn::')) return call(name, argument, scope);
  }
  const unknown = entries.find(([name]) => name.startsWith('Fn::'));
  if (unknown) throw new Error(`${unknown[0]} stands beside other keys`);
  return Object.fromEntries(entries.map(([name, item]) => [name, resolve(item, scope)] as const).filter(([, item]) => item !== noValue));
}

function ref(name: string, scope: Scope): unknown {
  const { account, stack } = scope;
  switch (name) {
    case 'AWS::Region':
      return account.region;
    case 'AWS::AccountId':
      return account.accountId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${account.region}:${account.accountId}:stack/${stack.name}/local`;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return noValue;
  }
  const parameter = stack.parameters[name];
  if (parameter === undefined) return scope.ref(name);
  if (parameter.Default === undefined) throw new Error(`The parameter ${name} has no default, and nobody gives it here`);
  return parameter.Default;
}

type Call = (argument: unknown, scope: Scope) => unknown;

const calls: Readonly<Record<string, Call>> = {
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...name] = Array.isArray(argument) ? argument : text(argument, 'Fn::GetAtt').split('.');
    return scope.attribute(text(logicalId, 'Fn::GetAtt'), text(resolve(name.length === 1 ? name[0] : name.join('.'), scope), 'Fn::GetAtt'));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = pair(argument, 'Fn::Join');
    return list(resolve(parts, scope), 'Fn::Join').map(plain).join(text(separator, 'Fn::Join'));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, items] = pair(argument, 'Fn::Select');
    const all = list(resolve(items, scope), 'Fn::Select');
    const found = all[Number(resolve(index, scope))];
    if (found === undefined) throw new Error(`Fn::Select: there is no item ${JSON.stringify(index)} in ${JSON.stringify(all)}`);
    return found;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = pair(argument, 'Fn::Split');
    return text(resolve(source, scope), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolve(argument, scope), 'Fn::ImportValue')),
  'Fn::GetStackOutput': (argument, scope) => {
    const given = resolve(argument, scope) as { StackName?: unknown; OutputName?: unknown };
    return scope.stackOutput(text(given.StackName, 'Fn::GetStackOutput'), text(given.OutputName, 'Fn::GetStackOutput'));
  },
  'Fn::GetAZs': (_, { account }) => ['a', 'b', 'c'].map((zone) => `${account.region}${zone}`),
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  'Fn::Length': (argument, scope) => list(resolve(argument, scope), 'Fn::Length').length,
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(resolve(argument, scope), 'Fn::FindInMap').map((key) => text(key, 'Fn::FindInMap'));
    const found = scope.stack.mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) throw new Error(`Fn::FindInMap: there is no ${map}.${first}.${second}`);
    return found;
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If');
    return resolve(conditionHolds(text(condition, 'Fn::If'), scope) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = pair(argument, 'Fn::Equals');
    return JSON.stringify(resolve(left, scope)) === JSON.stringify(resolve(right, scope));
  },
  'Fn::And': (argument, scope) => list(argument, 'Fn::And').every((item) => resolve(item, scope) === true),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or').some((item) => resolve(item, scope) === true),
  'Fn::Not': (argument, scope) => resolve(list(argument, 'Fn::Not')[0], scope) !== true,
};

function call(name: string, argument: unknown, scope: Scope): unknown {
  const known = calls[name];
  if (known === undefined) throw new Error(`The intrinsic function ${name} is not known to the local runner`);
  return known(argument, scope);
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, given] = Array.isArray(argument) ? [argument[0], argument[1]] : [argument, {}];
  const variables = resolve(given ?? {}, scope) as Record<string, unknown>;
  return text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return plain(variables[name]);
    const [logicalId, ...attribute] = name.split('.');
    if (attribute.length === 0) return plain(ref(name, scope));
    return plain(scope.attribute(logicalId ?? '', attribute.join('.')));
  });
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} needs text, and has ${JSON.stringify(value)}`);
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} needs a list, and has ${JSON.stringify(value)}`);
}

function pair(value: unknown, where: string): [unknown, unknown] {
  const items = list(value, where);
  if (items.length !== 2) throw new Error(`${where} needs two values, and has ${items.length}`);
  return [items[0], items[1]];
}

function plain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`Only text and numbers can be joined, not ${JSON.stringify(value)}`);
}
