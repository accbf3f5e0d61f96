import { describe, expect, test } from '@jest/globals';
import { resourcesOf, synthesize, withoutHash, type Resource } from './synthesized.ts';

const stateful = ['AWS::RDS::DBInstance', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::EC2::Volume'];

describe.each(['dev', 'prod'])('in %s', (stage) => {
  const { data, service, all } = synthesize(stage);

  const filesBucket = () => resourcesOf(data, 'AWS::S3::Bucket').find(([id]) => id.startsWith('FilesBucket'))!;

  test('nothing that holds state is lost with its stack, or by being replaced', () => {
    for (const template of all) {
      for (const [id, resource] of stateful.flatMap((type) => resourcesOf(template, type))) {
        expect([id, resource.DeletionPolicy]).toEqual([id, expect.stringMatching(/^(Retain|Snapshot)$/)]);
        expect([id, resource.UpdateReplacePolicy]).toEqual([id, resource.DeletionPolicy]);
      }
    }
  });

  test('the service holds no state', () => {
    for (const type of stateful) expect(resourcesOf(service, type)).toEqual([]);
  });

  test('Postgres is encrypted, backed up, private, and takes TLS only', () => {
    const [, { Properties }] = resourcesOf(data, 'AWS::RDS::DBInstance')[0]!;
    expect(Properties).toMatchObject({ StorageEncrypted: true, PubliclyAccessible: false, Engine: 'postgres', EngineVersion: '17' });
    expect(Properties['BackupRetentionPeriod']).toBeGreaterThan(0);
    const [, group] = resourcesOf(data, 'AWS::RDS::DBParameterGroup')[0]!;
    expect(group.Properties).toMatchObject({ Family: 'postgres17', Parameters: { 'rds.force_ssl': '1', log_parameter_max_length: '0' } });
  });

  test('no password or key stands in a template', () => {
    const [, { Properties }] = resourcesOf(data, 'AWS::RDS::DBInstance')[0]!;
    expect(JSON.stringify(Properties['MasterUserPassword'])).toContain('{{resolve:secretsmanager:');
    for (const [, secret] of resourcesOf(data, 'AWS::SecretsManager::Secret')) {
      expect(secret.Properties['SecretString']).toBeUndefined();
      expect(secret.Properties['GenerateSecretString'].PasswordLength).toBeGreaterThanOrEqual(40);
    }
    expect(JSON.stringify(service)).not.toContain('{{resolve:');
    // CloudFront has to be told the header that it adds, by reference; nothing else of the web stack is told a secret.
    const [[id, distribution]] = resourcesOf(all[2]!, 'AWS::CloudFront::Distribution') as [[string, Resource]];
    const config = distribution.Properties['DistributionConfig'] as { Origins: Record<string, unknown>[] };
    const quiet = { ...config, Origins: config.Origins.map((origin) => ({ ...origin, OriginCustomHeaders: undefined })) };
    const rest = { ...all[2]!.Resources, [id]: quiet };
    expect(JSON.stringify(rest)).not.toContain('{{resolve:');
  });

  test('the content of files is nobody else’s, encrypted, sent over TLS only, and logged', () => {
    for (const [, { Properties }] of resourcesOf(data, 'AWS::S3::Bucket')) {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      });
    }
    const policies = resourcesOf(data, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties['PolicyDocument'].Statement);
    expect(policies).toHaveLength(3);
    for (const statements of policies) {
      expect(statements).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
    const [, files] = filesBucket();
    expect(files.Properties['LoggingConfiguration'].DestinationBucketName.Ref).toMatch(/^FilesLogs/);
  });

  test('uploads that were never completed are deleted, and nothing else is', () => {
    const [, { Properties }] = filesBucket();
    expect(Properties['LifecycleConfiguration'].Rules).toEqual([
      { Id: 'NeverCompleted', Status: 'Enabled', ExpirationInDays: 1, TagFilters: [{ Key: 'state', Value: 'pending' }] },
      { Id: 'BrokenOff', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ]);
  });

  test('only pages of the web app may use an address of a file', () => {
    const [, { Properties }] = filesBucket();
    expect(Properties['CorsConfiguration'].CorsRules).toEqual([
      {
        AllowedOrigins: ['https://*.cloudfront.net'],
        AllowedMethods: ['GET', 'HEAD', 'PUT'],
        AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-tagging'],
        ExposedHeaders: ['ETag'],
        MaxAge: 3600,
      },
    ]);
  });

  test('the tables expire their items, are billed by use, and can be set back in time', () => {
    const tables = resourcesOf(data, 'AWS::DynamoDB::Table');
    expect(tables.map(([id]) => withoutHash(id))).toEqual(['ConnectionsTable', 'MemoryTable']);
    const expected = {
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    };
    for (const [, { Properties }] of tables) expect(Properties).toMatchObject(expected);
  });
});

test('a stage with a name of its own lets pages of that name use the addresses of files', () => {
  const { data } = synthesize('prod', {
    context: { domainName: 'talk.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/2' },
  });
  const [, { Properties }] = resourcesOf(data, 'AWS::S3::Bucket').find(([id]) => id.startsWith('FilesBucket'))!;
  expect(Properties['CorsConfiguration'].CorsRules[0].AllowedOrigins).toEqual(['https://talk.example.com']);
});
