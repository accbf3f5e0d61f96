import { describe, expect, test } from '@jest/globals';
import { api } from '../../contract/api.ts';
import { readEdge } from '../support/kit/edge.ts';
import { kitPaths } from '../../lib/web.ts';
import { resourcesOf, synthesize, type Resource } from './synthesized.ts';

const { web } = synthesize('dev');
const config = resourcesOf(web, 'AWS::CloudFront::Distribution')[0]![1].Properties['DistributionConfig'];
const behaviours = config.CacheBehaviors as Resource['Properties'][];
const originOf = (id: string) => (config.Origins as { Id: string; DomainName: unknown }[]).find((origin) => origin.Id === id);

describe('the front', () => {
  test('sends every path of the contract to the HTTP API, and sockets to theirs', () => {
    const patterns = behaviours.map(({ PathPattern }) => PathPattern as string);
    const paths = Object.values(api).flatMap((rows) => Object.values(rows).map(({ path }) => path));
    for (const path of paths) {
      const pattern = patterns.find((each) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : each === path));
      expect([path, pattern]).toEqual([path, expect.any(String)]);
    }
    for (const { PathPattern, TargetOriginId } of behaviours) {
      const target = JSON.stringify(originOf(TargetOriginId)!.DomainName);
      expect([PathPattern, target]).toEqual([
        PathPattern,
        expect.stringContaining(['/realtime', '/ws/*'].includes(String(PathPattern)) ? 'RealtimeSockets' : 'RoutesApi'),
      ]);
    }
  });

  test('caches nothing of the gateways, and hands on all but the host name', () => {
    for (const behaviour of behaviours) {
      expect(behaviour).toMatchObject({
        // Ids of AWS's managed policies: CachingDisabled, AllViewerExceptHostHeader.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
        AllowedMethods: expect.arrayContaining(['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']),
      });
    }
  });

  test('adds the secret of the origin to what it sends to the gateways, and to nothing else', () => {
    for (const { Id, CustomOriginConfig, OriginCustomHeaders = [] } of config.Origins as Resource['Properties'][]) {
      const headers = (OriginCustomHeaders as { HeaderName: string; HeaderValue: unknown }[]).map(({ HeaderName, HeaderValue }) => [
        HeaderName,
        JSON.stringify(HeaderValue),
      ]);
      const secret = expect.stringMatching(/\{\{resolve:secretsmanager:.*OriginSecret.*:SecretString:value::\}\}/);
      expect([Id, headers]).toEqual([Id, CustomOriginConfig ? [['x-origin-secret', secret]] : []]);
    }
  });

  test('gets another value of the secret with another generation of the keys', () => {
    const next = resourcesOf(synthesize('dev', { context: { keys: '2' } }).web, 'AWS::CloudFront::Distribution')[0]![1];
    expect(config.Comment).toBe('Streambed dev, keys 1');
    expect(next.Properties['DistributionConfig'].Comment).toBe('Streambed dev, keys 2');
  });

  test('speaks HTTPS only, also to the gateways', () => {
    expect(config.DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
    for (const { CustomOriginConfig } of config.Origins as { CustomOriginConfig?: object }[]) {
      if (CustomOriginConfig)
        expect(CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] });
    }
  });
});

describe('the page', () => {
  const [, { Properties }] = resourcesOf(web, 'AWS::CloudFront::ResponseHeadersPolicy')[0]!;
  const headers = Properties['ResponseHeadersPolicyConfig'].SecurityHeadersConfig;

  test('runs its own scripts only, and is shown in no frame', () => {
    const policy = JSON.stringify(headers.ContentSecurityPolicy.ContentSecurityPolicy);
    for (const part of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers).toMatchObject({
      FrameOptions: { FrameOption: 'DENY' },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
    });
  });

  test('may talk to its own domain, the socket gateway and the bucket of the files only', () => {
    const [, parts] = headers.ContentSecurityPolicy.ContentSecurityPolicy['Fn::Join'] as [string, unknown[]];
    const text = parts.map((part) => (typeof part === 'string' ? part : '*')).join('');
    expect(text).toMatch(/connect-src 'self' wss:\/\/\*\.execute-api\.\*\.\* https:\/\/\*;/);
    expect(text).toMatch(/img-src 'self' data: blob: https: https:\/\/\*;/);
    // Only images come from `blob:`: a script or a frame from there would be code that no server has sent.
    expect(text.match(/blob:/g)).toHaveLength(1);
    expect(text).toMatch(/media-src https:\/\/\*;/);
    const imported = parts.filter((part) => JSON.stringify(part).includes('FilesBucket'));
    expect(imported).toHaveLength(3);
    expect(JSON.stringify(imported[0])).toContain('RegionalDomainName');
  });

  test('comes from buckets that nobody else can read', () => {
    for (const [, bucket] of resourcesOf(web, 'AWS::S3::Bucket')) {
      expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });

  test('is asked for anew each time, and its files once', () => {
    const [assets, page] = resourcesOf(web, 'Custom::CDKBucketDeployment').map(([, deployment]) => deployment);
    expect(assets!.Properties).toMatchObject({ Include: ['assets/*'], Exclude: ['*'], Prune: false });
    expect(assets!.Properties['SystemMetadata']['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(page!.Properties).toMatchObject({ Exclude: ['assets/*'], Prune: false, DistributionPaths: ['/*'] });
    expect(page!.Properties['SystemMetadata']['cache-control']).toBe('no-cache');
  });
});

describe('paths of the page', () => {
  const edges = resourcesOf(web, 'AWS::CloudFront::Function').map(([id, { Properties }]) => ({ id, Properties }));
  const edgeOf = (name: string) => edges.find(({ id }) => id.includes(name))!;
  const { Properties } = edgeOf('PagePaths');
  const { source, pathOf } = readEdge('page-paths.js');

  test('are decided by the function in the repository', () => {
    expect(Properties).toMatchObject({ FunctionCode: source, FunctionConfig: { Runtime: 'cloudfront-js-2.0' }, AutoPublish: true });
    expect(config.DefaultCacheBehavior.FunctionAssociations).toHaveLength(1);
    for (const { PathPattern, FunctionAssociations } of behaviours) {
      const edge = FunctionAssociations as { FunctionARN: { 'Fn::GetAtt': string[] } }[] | undefined;
      const isOfKit = kitPaths.some((path) => path === PathPattern);
      const name = PathPattern === '/ws/*' ? 'KitSockets' : isOfKit ? 'KitPaths' : undefined;
      expect([PathPattern, edge?.map(({ FunctionARN }) => FunctionARN['Fn::GetAtt'][0])]).toEqual([
        PathPattern,
        name === undefined ? undefined : [edgeOf(name).id],
      ]);
    }
  });

  test.each([
    ['/', '/index.html'],
    ['/streams/general', '/index.html'],
    ['/v2.0/streams', '/index.html'],
    ['/assets/index-a1b2.js', '/assets/index-a1b2.js'],
    ['/favicon.svg', '/favicon.svg'],
    ['/assets/missing.js', '/assets/missing.js'],
  ])('%s is %s', (uri, expected) => expect(pathOf(uri)).toBe(expected));
});

describe('paths of the kit', () => {
  const { pathOf } = readEdge('kit-paths.js');

  test.each([
    ['/api/ws-auth/', '/api/ws-auth'],
    ['/api/ws-auth', '/api/ws-auth'],
    ['/rooms/channel:general/config/', '/rooms/channel:general/config'],
    ['/rooms/a%2Fb/config//', '/rooms/a%2Fb/config/'],
    ['/', '/'],
  ])('%s is %s', (uri, expected) => expect(pathOf(uri)).toBe(expected));
});
