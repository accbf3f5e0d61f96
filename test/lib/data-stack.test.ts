import { describe, expect, test } from '@jest/globals';
import { resourcesOf, synthesize } from './synthesized.ts';

const stateful = ['AWS::RDS::DBInstance', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'];

describe.each(['dev', 'prod'])('in %s', (stage) => {
  const { data, service, all } = synthesize(stage);

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
    for (const template of [service, all[2]!]) expect(JSON.stringify(template)).not.toContain('{{resolve:');
  });

  test('the connections table expires its items, is billed by use, and can be set back in time', () => {
    const [, { Properties }] = resourcesOf(data, 'AWS::DynamoDB::Table')[0]!;
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });
});
