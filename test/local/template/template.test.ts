import { describe, expect, test } from '@jest/globals';
import type { Resource, Stack } from '../../../local/template/assembly.ts';
import { fillSecrets } from '../../../local/template/data.ts';
import { createResolver } from '../../../local/template/resolver.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };
const addresses = {
  queueUrl: (name: string) => `http://127.0.0.1:9/000000000000/${name}`,
  apiEndpoint: (_: string, protocol: string) => (protocol === 'HTTP' ? 'http://127.0.0.1:3000' : 'ws://127.0.0.1:3000'),
  database: { host: '127.0.0.1', port: 5433 },
  frontHost: '127.0.0.1:3000',
  pageOrigins: ['http://127.0.0.1:3000', 'http://localhost:3000'],
};

type Raw = Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;

function stackOf(name: string, resources: Raw, rest: Partial<Stack> = {}): Stack {
  const all = new Map<string, Resource>();
  const stack: Stack = { name, resources: all, parameters: {}, conditions: {}, mappings: {}, outputs: {}, assets: new Map(), ...rest };
  for (const [logicalId, { Type, Properties, Condition }] of Object.entries(resources)) {
    all.set(logicalId, { stack, logicalId, type: Type, properties: Properties ?? {}, condition: Condition, constructPath: undefined });
  }
  return stack;
}

/** Resolves one value as a property of a resource in a small template. */
function resolved(value: unknown, rest: Partial<Stack> = {}, others: Stack[] = []): unknown {
  const stack = stackOf(
    'App',
    {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, QueueName: 'jobs.fifo' } },
      Items: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Sockets: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
      Database: { Type: 'AWS::RDS::DBInstance', Properties: {} },
      Probe: { Type: 'AWS::CloudWatch::Dashboard', Properties: { value } },
    },
    rest,
  );
  const resolver = createResolver([stack, ...others], account, addresses);
  return resolver.properties(stack.resources.get('Probe') as Resource)['value'];
}

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref of a queue is its URL', { Ref: 'Jobs' }, 'http://127.0.0.1:9/000000000000/jobs.fifo'],
    ['Ref of a table is its name', { Ref: 'Items' }, 'App-Items'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Jobs', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Items.Arn' }, 'arn:aws:dynamodb:us-east-1:000000000000:table/App-Items'],
    ['GetAtt with a dot in the name', { 'Fn::GetAtt': ['Database', 'Endpoint.Port'] }, '5433'],
    ['the endpoint of a WebSocket gateway', { 'Fn::GetAtt': ['Sockets', 'ApiEndpoint'] }, 'ws://127.0.0.1:3000'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-us-east-1-3'],
    [
      'Sub with resources, attributes, own variables and a literal',
      { 'Fn::Sub': ['${Items}|${Jobs.QueueName}|${x}|${!x}', { x: 1 }] },
      'App-Items|jobs.fifo|1|${x}',
    ],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Select with text as its index', { 'Fn::Select': ['0', ['x', 'y']] }, 'x'],
    ['GetAZs', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'us-east-1b'],
    ['NoValue in a list and an object', [{ Ref: 'AWS::NoValue' }, { a: { Ref: 'AWS::NoValue' }, b: 1 }], [{ b: 1 }]],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['ToJsonString', { 'Fn::ToJsonString': { a: [{ Ref: 'Items' }] } }, '{"a":["App-Items"]}'],
    [
      'pseudo parameters',
      [{ Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }, { Ref: 'AWS::StackName' }],
      ['000000000000', 'aws', 'App'],
    ],
    [
      'a policy condition is no intrinsic function',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  test('Conditions, mappings and parameters', () => {
    const rest = {
      parameters: { Size: { Default: 'large' } },
      conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] }, Never: { 'Fn::Not': [{ Condition: 'IsLarge' }] } },
      mappings: { Sizes: { large: { memory: 512 } } },
    };
    expect(resolved({ 'Fn::If': ['IsLarge', { 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'memory'] }, 0] }, rest)).toBe(512);
    expect(resolved({ 'Fn::If': ['Never', 1, { Ref: 'AWS::NoValue' }] }, rest)).toBeUndefined();
    const stack = stackOf('App', { Gone: { Type: 'AWS::SQS::Queue', Condition: 'Never' } }, rest);
    expect(createResolver([stack], account, addresses).resources()).toEqual([]);
  });

  test('Values of other stacks, by export and by output', () => {
    const data = stackOf(
      'Data',
      { Items: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'items' } } },
      { outputs: { Out: { Value: { Ref: 'Items' }, Export: { Name: { 'Fn::Join': [':', ['Data', 'Items']] } } } } },
    );
    expect(resolved({ 'Fn::ImportValue': 'Data:Items' }, {}, [data])).toBe('items');
    expect(resolved({ 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Out' } }, {}, [data])).toBe('items');
    expect(() => resolved({ 'Fn::ImportValue': 'Data:Other' }, {}, [data])).toThrow('No stack exports Data:Other');
  });
});

describe('what is not known is an error that names it', () => {
  test('a resource type', () => {
    const stack = stackOf('App', { Lake: { Type: 'AWS::LakeFormation::DataLake' } });
    expect(() => createResolver([stack], account, addresses)).toThrow(
      /App\/Lake \(AWS::LakeFormation::DataLake\).*does not know this resource type/,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['an intrinsic function', { 'Fn::Transform': { Name: 'x' } }, /App\/Probe \(AWS::CloudWatch::Dashboard\).*Fn::Transform/],
    ['an attribute', { 'Fn::GetAtt': ['Items', 'StreamArn'] }, /App\/Probe.*App\/Items \(AWS::DynamoDB::Table\).*StreamArn/],
    ['a logical id', { Ref: 'Nobody' }, /App\/Probe.*Nobody/],
    ['a parameter without a default', { Ref: 'Later' }, /App\/Probe.*Later/],
  ])('%s', (_, value, message) => {
    expect(() => resolved(value, { parameters: { Later: {} } })).toThrow(message);
  });
});

test('References to secrets are filled in: a key of the JSON, or all of the text', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:owner-abc123';
  const secretText = (id: string) => (id === arn ? '{"username":"me","password":"p:w"}' : '');
  expect(fillSecrets(`{{resolve:secretsmanager:${arn}:SecretString:password::}}`, secretText)).toBe('p:w');
  expect(() => fillSecrets('{{resolve:ssm:/a/b}}', secretText)).toThrow('cannot follow the dynamic reference');
});
