import { createHash } from 'node:crypto';
import type { Account } from '../types.ts';
import type { Addresses } from './addresses.ts';

/** Context for a resource's name and attributes. */
export interface Identify {
  readonly account: Account;
  readonly addresses: Addresses;
  readonly stackName: string;
  readonly logicalId: string;
  /** Value of a resolved property. */
  property(name: string): unknown;
}

type Value = (c: Identify) => unknown;

/** A resource type of CloudFormation that the runner knows. */
export interface ResourceType {
  /** Local counterpart, or the reason for none. */
  readonly here: string;
  readonly ref: Value;
  /** `any` for a resource without a local counterpart, whose attributes are only names. */
  readonly attributes: Readonly<Record<string, Value>> | 'any';
}

/** Short deterministic identifier of a resource. */
export function digest(text: string, length: number, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'): string {
  const bytes = createHash('sha512').update(text).digest();
  return Array.from(bytes.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('');
}

const unique = (c: Identify): string => `${c.stackName}-${c.logicalId}`;
const named =
  (property: string, suffix: Value = () => ''): Value =>
  (c) =>
    c.property(property) ?? `${unique(c)}${String(suffix(c))}`;
const arnOf =
  (service: string, resource: (name: string) => string, name: Value): Value =>
  (c) =>
    `arn:aws:${service}:${c.account.region}:${c.account.accountId}:${resource(String(name(c)))}`;

const functionName = named('FunctionName');
const functionArn = arnOf('lambda', (name) => `function:${name}`, functionName);
const functionNamed = (c: Identify): string => {
  const name = String(c.property('FunctionName'));
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${c.account.region}:${c.account.accountId}:function:${name}`;
};
const queueName = named('QueueName', (c) => (c.property('FifoQueue') === true ? '.fifo' : ''));
const tableName = named('TableName');
const tableArn = arnOf('dynamodb', (name) => `table/${name}`, tableName);
const roleName = named('RoleName');
const bucketName: Value = (c) => c.property('BucketName') ?? `${unique(c)}-${digest(unique(c), 8)}`.toLowerCase();
const logGroupName = named('LogGroupName');
const apiId: Value = (c) => digest(`api ${unique(c)}`, 10);
const distributionId: Value = (c) => `E${digest(`distribution ${unique(c)}`, 13, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`;
const scheduleName = named('Name');
// Secrets Manager adds a hyphen and six characters to every ARN.
const secretArn = arnOf('secretsmanager', (name) => `secret:${name}-${digest(`secret ${name}`, 6)}`, named('Name'));
const topicArn = arnOf('sns', (name) => name, named('TopicName'));
const short = (c: Identify): string => digest(unique(c), 10);

const nothing = (here: string): ResourceType => ({ here, ref: unique, attributes: 'any' });
const all = (types: readonly string[], known: ResourceType): Record<string, ResourceType> =>
  Object.fromEntries(types.map((type) => [type, known]));

const network = nothing('Loopback is the network; who may reach what is checked from the endpoints of the network');
const logs = nothing('What functions write comes out at the terminal');
const watching = nothing('Nobody is paged about a process that they look at');
const cloudFrontNames = nothing('Read with the distribution');
const helper = nothing('What it would do to the cloud, the runner does itself');

/** All resource types that the runner knows. A template with any other does not start. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::Function': { here: 'Worker threads, one per execution environment', ref: functionName, attributes: { Arn: functionArn } },
  'AWS::Lambda::Version': {
    here: 'The function as it is',
    ref: (c) => `${functionNamed(c)}:1`,
    attributes: { Version: () => '1', FunctionArn: (c) => `${functionNamed(c)}:1` },
  },
  'AWS::Lambda::EventSourceMapping': { here: 'Delivery from the queue to the function', ref: short, attributes: { Id: short } },
  'AWS::Lambda::Permission': { here: 'Checked when routes and schedules are connected', ref: unique, attributes: 'any' },
  'AWS::Lambda::LayerVersion': { here: 'Only helpers of the CDK use layers, and those do not run', ref: unique, attributes: 'any' },
  'AWS::IAM::Role': {
    here: 'Every call is checked against its policies',
    ref: roleName,
    attributes: {
      Arn: (c) => `arn:aws:iam::${c.account.accountId}:role/${String(roleName(c))}`,
      RoleId: (c) => `AROA${digest(unique(c), 17).toUpperCase()}`,
    },
  },
  'AWS::IAM::Policy': { here: 'Part of its roles', ref: unique, attributes: 'any' },
  'AWS::IAM::ManagedPolicy': {
    here: 'Part of its roles',
    ref: (c) => `arn:aws:iam::${c.account.accountId}:policy/${unique(c)}`,
    attributes: 'any',
  },
  'AWS::SQS::Queue': {
    here: 'An in-process queue',
    ref: (c) => c.addresses.queueUrl(String(queueName(c))),
    attributes: {
      Arn: arnOf('sqs', (name) => name, queueName),
      QueueName: queueName,
      QueueUrl: (c) => c.addresses.queueUrl(String(queueName(c))),
    },
  },
  'AWS::SQS::QueuePolicy': { here: 'Checked to do no more than to demand TLS', ref: unique, attributes: 'any' },
  'AWS::DynamoDB::Table': { here: 'A table of the local DynamoDB', ref: tableName, attributes: { Arn: tableArn } },
  'AWS::DynamoDB::GlobalTable': { here: 'A table of the local DynamoDB', ref: tableName, attributes: { Arn: tableArn, TableId: short } },
  'AWS::SecretsManager::Secret': { here: 'A secret in the state folder', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::SecretsManager::SecretTargetAttachment': { here: 'Part of its secret', ref: (c) => c.property('SecretId'), attributes: 'any' },
  'AWS::SecretsManager::RotationSchedule': nothing('Secrets here live as long as the state folder'),
  'AWS::SecretsManager::ResourcePolicy': nothing('Roles say who may read a secret here'),
  'AWS::RDS::DBInstance': {
    here: 'A PostgreSQL server',
    ref: named('DBInstanceIdentifier'),
    attributes: {
      'Endpoint.Address': (c) => c.addresses.database.host,
      'Endpoint.Port': (c) => String(c.addresses.database.port),
      DBInstanceArn: arnOf('rds', (name) => `db:${name}`, named('DBInstanceIdentifier')),
      DbiResourceId: (c) => `db-${digest(unique(c), 26).toUpperCase()}`,
    },
  },
  ...all(
    ['AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup', 'AWS::RDS::OptionGroup'],
    nothing('The PostgreSQL server has its settings from the runner'),
  ),
  'AWS::ApiGatewayV2::Api': {
    here: 'An HTTP or WebSocket gateway',
    ref: apiId,
    attributes: {
      ApiId: apiId,
      ApiEndpoint: (c) => c.addresses.apiEndpoint(String(apiId(c)), c.property('ProtocolType') === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP'),
    },
  },
  'AWS::ApiGatewayV2::Stage': {
    here: 'Throttle and first path segment of its gateway',
    ref: (c) => c.property('StageName'),
    attributes: {},
  },
  ...all(
    ['AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::RouteResponse', 'AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Authorizer'],
    { here: 'Part of its gateway', ref: short, attributes: { AuthorizerId: short, RouteId: short, IntegrationId: short } },
  ),
  ...all(
    ['AWS::ApiGatewayV2::Deployment', 'AWS::ApiGatewayV2::IntegrationResponse'],
    nothing('The gateway here runs what the template says'),
  ),
  'AWS::ApiGateway::Account': nothing('Only lets gateways write logs'),
  'AWS::Scheduler::Schedule': {
    here: 'A timer',
    ref: scheduleName,
    attributes: { Arn: arnOf('scheduler', (name) => `schedule/default/${name}`, scheduleName) },
  },
  'AWS::Scheduler::ScheduleGroup': {
    here: 'A name',
    ref: scheduleName,
    attributes: { Arn: arnOf('scheduler', (name) => `schedule-group/${name}`, scheduleName) },
  },
  'AWS::S3::Bucket': {
    here: 'A folder of the local S3, and what is deployed to it, behind CloudFront',
    ref: bucketName,
    attributes: {
      Arn: (c) => `arn:aws:s3:::${String(bucketName(c))}`,
      DomainName: (c) => `${String(bucketName(c))}.s3.amazonaws.com`,
      RegionalDomainName: (c) => `${String(bucketName(c))}.s3.${c.account.region}.amazonaws.com`,
    },
  },
  'AWS::S3::BucketPolicy': nothing('Roles say who may reach a bucket here, and only loopback does'),
  'AWS::CloudFront::Distribution': {
    here: 'The front: one port for web files and gateways',
    ref: distributionId,
    attributes: { Id: distributionId, DomainName: (c) => c.addresses.frontHost },
  },
  'AWS::CloudFront::Function': {
    here: 'Runs in the front',
    ref: (c) => `arn:aws:cloudfront::${c.account.accountId}:function/${String(named('Name')(c))}`,
    attributes: {
      FunctionARN: (c) => `arn:aws:cloudfront::${c.account.accountId}:function/${String(named('Name')(c))}`,
      FunctionMetadata: () => ({}),
    },
  },
  ...all(
    [
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::CloudFront::CachePolicy',
      'AWS::CloudFront::OriginRequestPolicy',
      'AWS::CloudFront::OriginAccessControl',
    ],
    cloudFrontNames,
  ),
  'Custom::Trigger': { here: 'Its function runs before the port is ready', ref: unique, attributes: 'any' },
  'Custom::PublicKeys': { here: 'Its function runs before the others are loaded', ref: unique, attributes: 'any' },
  'Custom::CDKBucketDeployment': { here: 'The folder behind its bucket', ref: unique, attributes: 'any' },
  ...all(['Custom::S3AutoDeleteObjects', 'Custom::LogRetention', 'Custom::VpcRestrictDefaultSG', 'Custom::AWS'], helper),
  ...all(
    [
      'AWS::EC2::VPC',
      'AWS::EC2::VPCCidrBlock',
      'AWS::EC2::Subnet',
      'AWS::EC2::RouteTable',
      'AWS::EC2::Route',
      'AWS::EC2::SubnetRouteTableAssociation',
      'AWS::EC2::InternetGateway',
      'AWS::EC2::VPCGatewayAttachment',
      'AWS::EC2::NatGateway',
      'AWS::EC2::EIP',
      'AWS::EC2::VPCEndpoint',
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::EC2::SecurityGroupEgress',
    ],
    network,
  ),
  ...all(
    ['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::EC2::Volume', 'AWS::EC2::VolumeAttachment', 'AWS::IAM::InstanceProfile'],
    nothing('The machine of Qdrant: the runner has a server of its own'),
  ),
  ...all(['AWS::Route53::HostedZone', 'AWS::Route53::RecordSet'], network),
  ...all(['AWS::EC2::FlowLog', 'AWS::Logs::ResourcePolicy', 'AWS::Logs::MetricFilter'], logs),
  'AWS::Logs::LogGroup': {
    here: logs.here,
    ref: logGroupName,
    attributes: { Arn: arnOf('logs', (name) => `log-group:${name}:*`, logGroupName) },
  },
  ...all(
    [
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::CompositeAlarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::SNS::Subscription',
      'AWS::SNS::TopicPolicy',
    ],
    watching,
  ),
  'AWS::SNS::Topic': { here: watching.here, ref: topicArn, attributes: { TopicArn: topicArn, TopicName: named('TopicName') } },
  ...all(['AWS::KMS::Key', 'AWS::KMS::Alias'], {
    ...nothing('Nothing is encrypted at rest here'),
    attributes: { Arn: arnOf('kms', (name) => `key/${name}`, short), KeyId: short },
  }),
  'AWS::SSM::Parameter': nothing('Tells people addresses; no function reads it'),
  'AWS::WAFv2::WebACL': nothing('Loopback has no attackers'),
  'AWS::WAFv2::WebACLAssociation': nothing('Loopback has no attackers'),
  'AWS::CDK::Metadata': nothing('Tells AWS which versions of the CDK are in use'),
};
