import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { qdrantVersion } from '../../../lib/platform/qdrant-instance.ts';
import { functionsOf, resourcesOf, root, synthesize, withoutHash, type Resource } from '../synthesized.ts';

const script = readFileSync(join(root, 'lib/platform/qdrant-boot.sh'), 'utf8');
const variablesOf = (fn: Resource) => fn.Properties['Environment'].Variables as Record<string, unknown>;

describe.each(['dev', 'prod'])('the machine of Qdrant in %s', (stage) => {
  const { data, service } = synthesize(stage);
  const [[, machine] = [], ...others] = resourcesOf(data, 'AWS::EC2::Instance');
  const [, template] = resourcesOf(data, 'AWS::EC2::LaunchTemplate')[0]!;
  const { LaunchTemplateData } = template.Properties;

  test('is one, where there is no way out', () => {
    expect(others).toEqual([]);
    expect(machine!.Properties['SubnetId'].Ref).toMatch(/^NetworkVpcIsolated/);
    expect(machine!.Properties['InstanceType']).toMatch(/^t4g\./);
  });

  test('is replaced by no deployment: its image is looked up when it is made', () => {
    expect(LaunchTemplateData.ImageId).toMatch(/^resolve:ssm:\/aws\/service\/ami-amazon-linux-latest\/al2023-.*-arm64$/);
    expect(machine!.Properties['ImageId']).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>');
  });

  test('tells who it is only to itself, and has encrypted disks', () => {
    expect(LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    const [, volume] = resourcesOf(data, 'AWS::EC2::Volume')[0]!;
    expect(volume.Properties).toMatchObject({ Encrypted: true, VolumeType: 'gp3' });
    for (const { Ebs } of machine!.Properties['BlockDeviceMappings'] as { Ebs: object }[]) expect(Ebs).toMatchObject({ Encrypted: true });
  });

  test('may read its key and releases, and keep snapshots', () => {
    const [, { Properties }] = resourcesOf(data, 'AWS::IAM::Policy').find(([id]) => id.startsWith('QdrantMachineRole'))!;
    const allowed = (Properties['PolicyDocument'].Statement as { Action: string; Resource: unknown }[]).map(({ Action, Resource }) => [
      Action,
      JSON.stringify(Resource).match(/QdrantKey|\/releases\/\*|\/snapshots\/\*|QdrantMachineBucket\w+","Arn"\]}$/g),
    ]);
    expect(allowed).toEqual([
      ['secretsmanager:GetSecretValue', ['QdrantKey']],
      ['s3:GetObject', ['/releases/*', '/snapshots/*']],
      ['s3:PutObject', ['/snapshots/*']],
      ['s3:ListBucket', [expect.stringContaining('QdrantMachineBucket')]],
    ]);
  });

  test('becomes at every boot what the script says, which is small enough to be given along', () => {
    const parts = machine!.Properties['UserData']['Fn::Base64'] as object;
    expect(JSON.stringify(parts)).toContain('[scripts-user, always]');
    expect(JSON.stringify(parts)).toContain('VERSION=v1.19.0');
    expect(JSON.stringify(parts)).toContain(JSON.stringify(script).slice(1, -1));
    // EC2 allows 16 KB, base64 included.
    expect((script.length * 4) / 3).toBeLessThan(14_000);
  });

  test('is found by its name, and with its key, by who uses it', () => {
    const [, { Properties }] = resourcesOf(data, 'AWS::Route53::RecordSet')[0]!;
    const url = `http://qdrant.streambed-${stage}.internal:6333`;
    expect(url).toContain((Properties['Name'] as string).replace(/\.$/, ''));
    const using = [...functionsOf(service)].filter(([, fn]) => 'QDRANT_URL' in variablesOf(fn));
    expect(using.length).toBeGreaterThan(1);
    for (const [name, fn] of using) expect([name, variablesOf(fn)['QDRANT_URL']]).toEqual([name, url]);
  });
});

test('the script of the machine is one that a shell can read, and so are those that it writes', () => {
  const written = [...script.matchAll(/<<'SCRIPT'\n(.*?)\nSCRIPT\n/gs)].map(([, text = '']) => text);
  expect(written).toHaveLength(3);
  for (const text of [script, ...written]) expect(spawnSync('bash', ['-n'], { input: text }).stderr.toString()).toBe('');
});

test('machine, containers and the runner have Qdrant of one version', () => {
  const versionIn = (file: string, pattern: RegExp) => pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1];
  expect(versionIn('docker-compose.yml', /image: qdrant\/qdrant:(v[\d.]+)$/m)).toBe(qdrantVersion);
  expect(versionIn('local/qdrant/qdrant.ts', /const version = '([\d.]+)'/)).toBe(qdrantVersion.slice(1));
  expect(versionIn('docs/deploy.md', /^version=(v[\d.]+)$/m)).toBe(qdrantVersion);
});

describe('an address elsewhere', () => {
  const qdrantUrl = 'https://abc.us-east-1-0.aws.cloud.qdrant.io:6333';
  const qdrantSecretArn = 'arn:aws:secretsmanager:us-east-1:1:secret:qdrant-abc123';
  const { data, service } = synthesize('dev', { context: { qdrantUrl, qdrantSecretArn } });

  test('takes the place of the machine and all that belongs to it', () => {
    expect(Object.keys(data.Resources).filter((id) => id.startsWith('Qdrant'))).toEqual([]);
    for (const type of ['AWS::EC2::Instance', 'AWS::EC2::Volume', 'AWS::Route53::HostedZone']) expect(resourcesOf(data, type)).toEqual([]);
  });

  test('is told to who uses it, who runs where the way out is', () => {
    const using = [...functionsOf(service)].filter(([, fn]) => 'QDRANT_URL' in variablesOf(fn));
    expect(using.map(([name]) => name)).toContain('EpochsIndexEpoch');
    for (const [name, fn] of using) {
      expect([name, variablesOf(fn)['QDRANT_URL']]).toEqual([name, qdrantUrl]);
      expect([name, JSON.stringify(fn.Properties['VpcConfig'])]).toEqual([name, expect.stringContaining('Egress')]);
    }
    const holders = resourcesOf(service, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes(qdrantSecretArn),
    );
    expect(holders.map(([id]) => withoutHash(id))).toContain('EpochsHttpRoleDefaultPolicy');
  });

  test('needs to be one, and a key an address', () => {
    expect(() => synthesize('dev', { context: { qdrantUrl: 'qdrant.example' } })).toThrow('must be an https address');
    expect(() => synthesize('dev', { context: { qdrantSecretArn } })).toThrow('needs -c qdrantUrl=');
  });
});
