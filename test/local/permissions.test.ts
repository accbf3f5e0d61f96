import { describe, expect, test } from '@jest/globals';
import { createAccess } from '../../local/iam/permissions.ts';
import type { Statement } from '../../local/iam/statement.ts';

const roleArn = 'arn:aws:iam::000000000000:role/Worker';
const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo';

function accessOf(statements: Statement[], rest: { managed?: string[]; reachable?: string[] } = {}) {
  const access = createAccess([
    {
      accessKeyId: 'KEY',
      role: { roleArn, statements, managedPolicyArns: rest.managed ?? [] },
      reachableServices: rest.reachable && new Set(rest.reachable),
    },
  ]);
  return (action: string, resource: string) => access.check('KEY', action, resource);
}

const allow = (Action: string | string[], Resource: string | string[]): Statement => ({ Effect: 'Allow', Action, Resource });

describe('permissions', () => {
  test('Nothing is allowed unless a statement allows it; the refusal names role and reason', () => {
    const check = accessOf([allow('sqs:SendMessage', queue)]);
    expect(check('sqs:SendMessage', queue)).toEqual({ allowed: true });
    expect(check('sqs:ReceiveMessage', queue)).toMatchObject({
      allowed: false,
      principal: roleArn,
      reason: expect.stringContaining('sqs:ReceiveMessage'),
    });
    expect(check('sqs:SendMessage', `${queue}.other`)).toMatchObject({ allowed: false });
  });

  test('Actions match in any case, resources do not; wildcards stand for any text or one character', () => {
    expect(accessOf([allow('SQS:send*', '*')])('sqs:SendMessage', queue)).toEqual({ allowed: true });
    expect(accessOf([allow('sqs:SendMessage', queue.toUpperCase())])('sqs:SendMessage', queue)).toMatchObject({ allowed: false });
    expect(accessOf([allow('*', 'arn:aws:sqs:*:*:job?.fifo')])('sqs:SendMessage', queue)).toEqual({ allowed: true });
  });

  test('A denial wins over every permission', () => {
    const check = accessOf([allow('sqs:*', '*'), { Effect: 'Deny', Action: 'sqs:PurgeQueue', Resource: '*' }]);
    expect(check('sqs:PurgeQueue', queue)).toMatchObject({ allowed: false, reason: expect.stringContaining('denies') });
    expect(check('sqs:SendMessage', queue)).toEqual({ allowed: true });
  });

  test('NotAction and NotResource', () => {
    const check = accessOf([{ Effect: 'Allow', NotAction: 'iam:*', NotResource: queue }]);
    expect(check('sqs:SendMessage', `${queue}.other`)).toEqual({ allowed: true });
    expect(check('sqs:SendMessage', queue)).toMatchObject({ allowed: false });
    expect(check('iam:PassRole', 'x')).toMatchObject({ allowed: false });
  });

  test("AWS's own policies by name; one that is not known is an error", () => {
    const managed = ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'];
    expect(accessOf([], { managed })('sqs:ReceiveMessage', queue)).toEqual({ allowed: true });
    expect(() => accessOf([], { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] })).toThrow(/role\/Worker.*AdministratorAccess/);
  });

  test('A condition that cannot be judged is an error; "only with TLS" is met', () => {
    const conditional = (Effect: 'Allow' | 'Deny', Condition: Statement['Condition']): Statement => ({
      Effect,
      Action: 'sqs:*',
      Resource: '*',
      Condition,
    });
    const secure = { Bool: { 'aws:SecureTransport': 'true' } };
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(accessOf([conditional('Allow', secure)])('sqs:SendMessage', queue)).toEqual({ allowed: true });
    expect(accessOf([conditional('Allow', insecure)])('sqs:SendMessage', queue)).toMatchObject({ allowed: false });
    expect(accessOf([allow('sqs:*', '*'), conditional('Deny', insecure)])('sqs:SendMessage', queue)).toEqual({ allowed: true });
    expect(() => accessOf([conditional('Allow', { StringLike: { 'dynamodb:LeadingKeys': ['a'] } })])).toThrow(/LeadingKeys/);
  });

  test('A function in a network reaches only the services that its network has an endpoint for', () => {
    const check = accessOf([allow('*', '*')], { reachable: ['sqs', 'dynamodb'] });
    expect(check('sqs:SendMessage', queue)).toEqual({ allowed: true });
    expect(check('execute-api:ManageConnections', 'x')).toMatchObject({ allowed: false, reason: expect.stringContaining('endpoint') });
  });

  test('A key that nobody holds may do nothing', () => {
    expect(createAccess([]).check('STRANGER', 'sqs:SendMessage', queue)).toMatchObject({ allowed: false });
  });
});
