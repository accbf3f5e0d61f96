import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash, type Template } from './synthesized.ts';

const cohere = { embeddingModel: 'us.cohere.embed-v4:0', embeddingDimension: '1536' };
const openAi = {
  embeddingProvider: 'openai',
  embeddingModel: 'text-embedding-3-small',
  embeddingDimension: '1536',
  embeddingSecretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:key-abc123',
};

describe('a stage that says nothing', () => {
  const { service } = synthesize('dev');

  test('embeds with Titan, and may call no other model', () => {
    expect(variablesOf(service)).toMatchObject({
      EMBEDDING_PROVIDER: 'bedrock',
      EMBEDDING_MODEL: 'amazon.titan-embed-text-v2:0',
      EMBEDDING_DIMENSION: '1024',
    });
    expect(modelsOf(service)).toEqual(['arn:aws:bedrock:*::foundation-model/amazon.titan-embed-text-v2:0']);
  });
});

describe('an inference profile', () => {
  const { service, data } = synthesize('dev', { context: cohere });

  test('may be called, and its one model where it spreads its calls', () => {
    expect(variablesOf(service)).toMatchObject({ EMBEDDING_PROVIDER: 'bedrock', EMBEDDING_MODEL: 'us.cohere.embed-v4:0' });
    expect(modelsOf(service)).toEqual([
      'arn:aws:bedrock:us-*::foundation-model/cohere.embed-v4:0',
      'arn:aws:bedrock:*:*:inference-profile/us.cohere.embed-v4:0',
    ]);
  });

  test('is called through the endpoint of the network', () => {
    expect(resourcesOf(data, 'AWS::EC2::NatGateway')).toEqual([]);
  });
});

describe('a provider outside of AWS', () => {
  const { service, data } = synthesize('prod', { context: openAi });

  test('is told with the name of its key, which may be read, and nothing of Bedrock is allowed', () => {
    expect(variablesOf(service)).toMatchObject({
      EMBEDDING_PROVIDER: 'openai',
      EMBEDDING_URL: 'https://api.openai.com/v1',
      EMBEDDING_SECRET_ARN: openAi.embeddingSecretArn,
    });
    expect(modelsOf(service)).toEqual([]);
    expect(statementsOf(service)).toContainEqual(
      expect.objectContaining({ Action: 'secretsmanager:GetSecretValue', Resource: expect.arrayContaining([openAi.embeddingSecretArn]) }),
    );
  });

  test('is reached through a way out, in as many zones as the stage pays for, by who calls it and by nobody else', () => {
    expect(resourcesOf(data, 'AWS::EC2::NatGateway')).toHaveLength(2);
    expect(JSON.stringify(resourcesOf(data, 'AWS::EC2::VPCEndpoint'))).not.toContain('bedrock');
    const reaching = [...functionsOf(service)]
      .filter(([, { Properties }]) => JSON.stringify(Properties['VpcConfig'] ?? '').includes('Egress'))
      .map(([name]) => name);
    const calling = [...functionsOf(service)]
      .filter(([, { Properties }]) => ['EMBEDDING_PROVIDER', 'QDRANT_URL'].some((name) => name in Properties['Environment'].Variables))
      .map(([name]) => name);
    expect(reaching).toEqual(calling);
  });

  test('leaves Postgres where it has no way out, and the subnets where they were', () => {
    const [, group] = resourcesOf(data, 'AWS::RDS::DBSubnetGroup')[0]!;
    expect(JSON.stringify(group.Properties['SubnetIds'])).not.toMatch(/Egress|Public/);
    const isolated = (template: Template) =>
      resourcesOf(template, 'AWS::EC2::Subnet')
        .filter(([id]) => id.includes('Isolated'))
        .map(([id, { Properties }]) => [id, Properties['CidrBlock'] as string]);
    expect(isolated(data)).toEqual(isolated(synthesize('prod').data));
    for (const [, { Properties }] of resourcesOf(data, 'AWS::EC2::Subnet')) expect(Properties['MapPublicIpOnLaunch']).toBe(false);
  });
});

test('what cannot be is refused, with the name of the setting', () => {
  const using = (context: Record<string, string>) => () => synthesize('dev', { context });
  expect(using({ embeddingProvider: 'magic' })).toThrow('no provider of embeddings "magic"');
  expect(using({ embeddingProvider: 'openai' })).toThrow('needs -c embeddingModel=');
  expect(using({ ...openAi, embeddingUrl: 'http://models.example' })).toThrow('embeddingUrl=... must be an https address');
  expect(using({ ...cohere, embeddingDimension: 'many' })).toThrow('must be a whole number');
  expect(using({ embeddingModel: 'cohere.embed-v4:0' })).toThrow('needs -c embeddingDimension=');
  expect(using({ embeddingUrl: 'https://models.example' })).toThrow('bedrock takes no -c embeddingUrl=');
  expect(using({ ...cohere, embeddingModel: 'xx.cohere.embed-v4:0' })).toThrow('not an inference profile');
});

const variablesOf = (service: Template): Record<string, unknown> =>
  functionsOf(service).get('EpochsHttp')!.Properties['Environment'].Variables;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const statementsOf = (service: Template): Statement[] =>
  resourcesOf(service, 'AWS::IAM::Policy')
    .filter(([id]) => withoutHash(id) === 'EpochsHttpRoleDefaultPolicy')
    .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement as Statement[]);

/** ARNs of the allowed models; account and region are replaced by stars. */
const modelsOf = (service: Template): string[] =>
  statementsOf(service)
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('bedrock:')))
    .flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource : [Resource]))
    .map((arn) =>
      typeof arn === 'string'
        ? arn
        : (arn as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '*')).join(''),
    );
