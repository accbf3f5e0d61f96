import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize } from './synthesized.ts';

/** Functions in front of Postgres run in the network. Functions that post to sockets, or that need nothing inside, run outside. */
const inside = [
  'KitHttp',
  'RealtimeHttp',
  'StreamsHttp',
  'StreamsSearch',
  'StreamsFollowUp',
  'StreamsRefreshShares',
  'EpochsHttp',
  'EpochsAssignEvents',
  'EpochsIndexEpoch',
  'EpochsFlushIdle',
  'EpochsLearnAssociations',
  'NotificationsHttp',
  'NotificationsDecide',
  'TransferHttp',
  'WorkspacesHttp',
  'WorkspacesCreateWorkspace',
  'AuthHttp',
  'FilesHttp',
  'RealtimeSocket',
  'OperationsHttp',
  'OperationsSweepOutbox',
  'RetentionHttp',
  'RetentionSweep',
  'RetentionWork',
  'PlatformMigrate',
];
const outside = ['KeysPublish', 'NotificationsDeliver', 'RealtimeAuthorize', 'RealtimeFanOut'];

const { data, service } = synthesize('prod');
const functions = functionsOf(service);

describe('the network', () => {
  test('has no way out: no NAT, no internet gateway, no public subnet', () => {
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::EIP', 'AWS::EC2::Route']) {
      expect(resourcesOf(data, type)).toEqual([]);
    }
    const subnets = resourcesOf(data, 'AWS::EC2::Subnet');
    expect(subnets).toHaveLength(2);
    for (const [, { Properties }] of subnets) expect(Properties['MapPublicIpOnLaunch']).toBe(false);
  });

  test('reaches DynamoDB, S3, SQS, Secrets Manager and Bedrock, and never execute-api', () => {
    const services = resourcesOf(data, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) => JSON.stringify(Properties['ServiceName']));
    expect(services).toHaveLength(5);
    for (const name of ['dynamodb', 's3', 'sqs', 'secretsmanager', 'bedrock-runtime'])
      expect(services.some((service) => service.includes(`.${name}`))).toBe(true);
    expect(JSON.stringify(data)).not.toContain('execute-api');
  });

  test('opens Postgres, Qdrant and the endpoints to the functions only; and to Qdrant the endpoints', () => {
    const rules = resourcesOf(data, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
    expect(new Set(rules.map(({ FromPort }) => FromPort as number))).toEqual(new Set([443, 5432, 6333]));
    for (const rule of rules) {
      expect(rule['CidrIp']).toBeUndefined();
      const source = rule['SourceSecurityGroupId']['Fn::GetAtt'][0] as string;
      expect([rule['FromPort'], source]).toEqual([
        rule['FromPort'],
        expect.stringMatching(rule['FromPort'] === 443 ? /^(NetworkFunctions|QdrantMachine)/ : /^NetworkFunctions/),
      ]);
    }
    for (const [, { Properties }] of resourcesOf(data, 'AWS::EC2::SecurityGroup'))
      expect(Properties['SecurityGroupIngress']).toBeUndefined();
  });
});

describe('functions', () => {
  test('are where they belong', () => {
    expect([...functions.keys()].sort()).toEqual([...inside, ...outside].sort());
    for (const [name, { Properties }] of functions)
      expect([name, Properties['VpcConfig'] !== undefined]).toEqual([name, inside.includes(name)]);
  });

  test('trust the authority of RDS where they need to', () => {
    for (const [name, { Properties }] of functions) {
      const expected = inside.includes(name) ? '/var/runtime/ca-cert.pem' : undefined;
      expect([name, Properties['Environment'].Variables.NODE_EXTRA_CA_CERTS]).toEqual([name, expected]);
    }
  });
});
