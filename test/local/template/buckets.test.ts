import { describe, expect, test } from '@jest/globals';
import type { Resource, Stack } from '../../../local/template/assembly.ts';
import { readBuckets } from '../../../local/template/buckets.ts';
import { createResolver } from '../../../local/template/resolver.ts';

const pages = ['http://localhost:*'];

function read(properties: Record<string, unknown>) {
  const resources = new Map<string, Resource>();
  const stack: Stack = { name: 'App', resources, parameters: {}, conditions: {}, mappings: {}, outputs: {}, assets: new Map() };
  resources.set('Files', {
    stack,
    logicalId: 'Files',
    type: 'AWS::S3::Bucket',
    properties,
    condition: undefined,
    constructPath: undefined,
  });
  const addresses = {
    queueUrl: (name: string) => name,
    apiEndpoint: () => '',
    database: { host: '', port: 0 },
    frontHost: '',
    pageOrigins: pages,
  };
  return readBuckets(createResolver([stack], { region: 'us-east-1', accountId: '000000000000' }, addresses), pages);
}

describe('a bucket of the template', () => {
  test('has a name that is a bucket’s, and the ARN that permissions call it by', () => {
    const [bucket] = read({});
    expect(bucket).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9.-]{3,63}$/),
      arn: `arn:aws:s3:::${bucket!.name}`,
      cors: [],
      lifecycle: [],
    });
    expect(read({ BucketName: 'mine' })).toMatchObject([{ name: 'mine', arn: 'arn:aws:s3:::mine' }]);
  });

  test('lets the page of this machine use it where it lets pages of CloudFront’s names; other names stay', () => {
    const rule = (AllowedOrigins: string[]) =>
      read({ CorsConfiguration: { CorsRules: [{ AllowedOrigins, AllowedMethods: ['PUT'], MaxAge: 5 }] } })[0]!.cors;
    expect(rule(['https://*.cloudfront.net', 'https://a.example'])).toEqual([
      {
        allowedOrigins: [...pages, 'https://a.example'],
        allowedMethods: ['PUT'],
        allowedHeaders: [],
        exposedHeaders: [],
        maxAgeSeconds: 5,
      },
    ]);
    expect(rule(['https://a.example'])[0]!.allowedOrigins).toEqual(['https://a.example']);
  });

  test('expires what its rules say, where they are enabled', () => {
    const rules = (...Rules: object[]) => read({ LifecycleConfiguration: { Rules } })[0]!.lifecycle;
    expect(
      rules(
        { Status: 'Enabled', ExpirationInDays: 1, TagFilters: [{ Key: 'state', Value: 'pending' }] },
        { Status: 'Enabled', ExpirationInDays: 90, Prefix: 'logs/' },
        { Status: 'Disabled', ExpirationInDays: 1 },
        { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      ),
    ).toEqual([
      { expireDays: 1, prefix: '', tags: { state: 'pending' } },
      { expireDays: 90, prefix: 'logs/', tags: {} },
    ]);
  });

  test.each([
    [
      { VersioningConfiguration: { Status: 'Enabled' } },
      'App/Files (AWS::S3::Bucket): the local runner does not know the property VersioningConfiguration',
    ],
    [
      { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Transitions: [] }] } },
      'App/Files (AWS::S3::Bucket): the local runner does not know the property Transitions in a lifecycle rule',
    ],
  ])('is refused with what it does not do here: %j', (properties, message) => {
    expect(() => read(properties)).toThrow(message);
  });
});
