import type { Input } from '../aws-endpoint.ts';
import type { TableDefinition } from '../definitions.ts';
import type { Account } from '../types.ts';

export interface Need {
  readonly action: string;
  readonly resource: string;
}

/** Permissions that a call needs: one for each table or index that it touches. */
export function needsOf(operation: string, input: Input, account: Account, tables: readonly TableDefinition[]): Need[] {
  const action = `dynamodb:${operation}`;
  const arn = (name: string) =>
    tables.find((table) => table.name === name)?.arn ?? `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${name}`;
  if (typeof input.RequestItems === 'object' && input.RequestItems !== null)
    return Object.keys(input.RequestItems).map((name) => ({ action, resource: arn(name) }));
  if (typeof input.ResourceArn === 'string') return [{ action, resource: input.ResourceArn }];
  if (typeof input.TableName !== 'string') return [{ action, resource: '*' }];
  const resource = arn(input.TableName);
  return [{ action, resource: typeof input.IndexName === 'string' ? `${resource}/index/${input.IndexName}` : resource }];
}
