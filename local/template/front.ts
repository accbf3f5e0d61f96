import type { BucketDeployment } from '../cloudfront/bucket.ts';
import type { Behavior } from '../cloudfront/cloudfront.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { Resolver } from './resolver.ts';

/** Origin of a behaviour of the front. */
export type FrontOrigin =
  | {
      readonly kind: 'gateway';
      readonly apiId: string;
      /** Headers that the front adds; references to secrets are not followed yet. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'bucket'; readonly deployments: readonly BucketDeployment[] };

/** A behaviour in the template, with the name of its origin instead of a running one. */
export interface FrontBehavior extends Omit<Behavior, 'origin'> {
  readonly origin: FrontOrigin;
}

interface BehaviorProperties {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
  readonly AllowedMethods?: readonly string[];
  readonly Compress?: boolean;
  readonly FunctionAssociations?: readonly { EventType: string; FunctionARN: string }[];
  readonly LambdaFunctionAssociations?: readonly unknown[];
  readonly ResponseHeadersPolicyId?: string;
}

interface DistributionConfig {
  readonly Origins: readonly {
    Id: string;
    DomainName: string;
    OriginPath?: string;
    OriginCustomHeaders?: readonly { HeaderName: string; HeaderValue: string }[];
  }[];
  readonly CacheBehaviors?: readonly BehaviorProperties[];
  readonly DefaultCacheBehavior: BehaviorProperties;
  readonly DefaultRootObject?: string;
  readonly CustomErrorResponses?: readonly unknown[];
}

/** Reads the behaviours of the distribution in matching order; undefined without one. */
export function readFront(resolver: Resolver): FrontBehavior[] | undefined {
  const [distribution, ...more] = resolver.resources('AWS::CloudFront::Distribution');
  if (distribution === undefined) return undefined;
  if (more[0]) throw new Error(`${describeResource(more[0])}: the local runner has one front, and this is a second one`);
  const { DistributionConfig: config } = resolver.properties(distribution) as unknown as { DistributionConfig: DistributionConfig };
  if (config.CustomErrorResponses !== undefined)
    throw new Error(`${describeResource(distribution)}: the local runner has no custom error answers`);
  const origins = new Map(config.Origins.map((origin) => [origin.Id, originOf(resolver, distribution, origin)]));
  return [...(config.CacheBehaviors ?? []), { ...config.DefaultCacheBehavior, PathPattern: '*' }].map((behavior): FrontBehavior => {
    const origin = origins.get(behavior.TargetOriginId);
    if (origin === undefined) throw new Error(`${describeResource(distribution)}: there is no origin ${behavior.TargetOriginId}`);
    return {
      pathPattern: behavior.PathPattern ?? '*',
      origin,
      allowedMethods: behavior.AllowedMethods ?? ['GET', 'HEAD'],
      compress: behavior.Compress ?? false,
      viewerRequest: viewerRequestOf(resolver, distribution, behavior),
      responseHeaders: responseHeadersOf(resolver, distribution, behavior),
    };
  });
}

function originOf(resolver: Resolver, distribution: Resource, origin: DistributionConfig['Origins'][number]): FrontOrigin {
  if ((origin.OriginPath ?? '') !== '') throw new Error(`${describeResource(distribution)}: the local runner has no origin paths`);
  const apiId = /^([^.]+)\.execute-api\./.exec(origin.DomainName)?.[1];
  if (apiId !== undefined) {
    const headers = (origin.OriginCustomHeaders ?? []).map(
      ({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue] as const,
    );
    return { kind: 'gateway', apiId, headers: Object.fromEntries(headers) };
  }
  const bucket = resolver
    .resources('AWS::S3::Bucket')
    .find((candidate) => resolver.attribute(candidate, 'RegionalDomainName') === origin.DomainName);
  if (bucket === undefined)
    throw new Error(`${describeResource(distribution)}: its origin ${origin.DomainName} is neither a gateway nor a bucket`);
  return { kind: 'bucket', deployments: deploymentsOf(resolver, resolver.ref(bucket)) };
}

function deploymentsOf(resolver: Resolver, bucketName: string): BucketDeployment[] {
  return resolver.resources('Custom::CDKBucketDeployment').flatMap((resource) => {
    const properties = resolver.properties(resource) as {
      DestinationBucketName: string;
      DestinationBucketKeyPrefix?: string;
      SourceObjectKeys: readonly string[];
      SourceMarkers?: readonly Record<string, unknown>[];
      Exclude?: readonly string[];
      Include?: readonly string[];
      SystemMetadata?: { 'cache-control'?: string };
    };
    if (properties.DestinationBucketName !== bucketName) return [];
    if (
      properties.DestinationBucketKeyPrefix !== undefined ||
      properties.SourceMarkers?.some((markers) => Object.keys(markers).length > 0)
    ) {
      throw new Error(`${describeResource(resource)}: the local runner deploys whole folders as they are, to the root of a bucket`);
    }
    return properties.SourceObjectKeys.map((key) => {
      const folder = resource.stack.assets.get(key);
      if (folder === undefined) throw new Error(`${describeResource(resource)}: its files ${key} are not an asset of the assembly`);
      return {
        folder,
        exclude: properties.Exclude ?? [],
        include: properties.Include ?? [],
        cacheControl: properties.SystemMetadata?.['cache-control'],
      };
    });
  });
}

function viewerRequestOf(resolver: Resolver, distribution: Resource, behavior: BehaviorProperties): string | undefined {
  const [association, ...more] = behavior.FunctionAssociations ?? [];
  if ((behavior.LambdaFunctionAssociations ?? []).length > 0 || more.length > 0) {
    throw new Error(`${describeResource(distribution)}: the local runner runs one CloudFront function for a behaviour, and no Lambda@Edge`);
  }
  if (association === undefined) return undefined;
  const found = resolver
    .resources('AWS::CloudFront::Function')
    .find((candidate) => resolver.attribute(candidate, 'FunctionARN') === association.FunctionARN);
  if (found === undefined || association.EventType !== 'viewer-request') {
    throw new Error(
      `${describeResource(distribution)}: the local runner cannot run ${association.FunctionARN} at ${association.EventType}`,
    );
  }
  return (resolver.properties(found) as { FunctionCode: string }).FunctionCode;
}

interface HeadersConfig {
  readonly CustomHeadersConfig?: { Items: readonly { Header: string; Value: string }[] };
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy?: { ContentSecurityPolicy: string };
    readonly ContentTypeOptions?: object;
    readonly FrameOptions?: { FrameOption: string };
    readonly ReferrerPolicy?: { ReferrerPolicy: string };
    /** Omitted on purpose: it has no meaning over http. */
    readonly StrictTransportSecurity?: object;
    readonly XSSProtection?: { Protection: boolean; ModeBlock?: boolean };
  };
  readonly CorsConfig?: unknown;
}

function responseHeadersOf(resolver: Resolver, distribution: Resource, behavior: BehaviorProperties): Record<string, string> {
  if (behavior.ResponseHeadersPolicyId === undefined) return {};
  const found = resolver
    .resources('AWS::CloudFront::ResponseHeadersPolicy')
    .find((candidate) => resolver.ref(candidate) === behavior.ResponseHeadersPolicyId);
  if (found === undefined)
    throw new Error(`${describeResource(distribution)}: the headers policy ${behavior.ResponseHeadersPolicyId} is not in the templates`);
  const { ResponseHeadersPolicyConfig: config } = resolver.properties(found) as unknown as { ResponseHeadersPolicyConfig: HeadersConfig };
  if (config.CorsConfig !== undefined) throw new Error(`${describeResource(found)}: the local runner's front has no CORS`);
  const security = config.SecurityHeadersConfig ?? {};
  const given = {
    'content-security-policy': security.ContentSecurityPolicy?.ContentSecurityPolicy,
    'x-content-type-options': security.ContentTypeOptions && 'nosniff',
    'x-frame-options': security.FrameOptions?.FrameOption,
    'referrer-policy': security.ReferrerPolicy?.ReferrerPolicy,
    'x-xss-protection':
      security.XSSProtection && `${security.XSSProtection.Protection ? '1' : '0'}${security.XSSProtection.ModeBlock ? '; mode=block' : ''}`,
  };
  return {
    ...Object.fromEntries((config.CustomHeadersConfig?.Items ?? []).map(({ Header, Value }) => [Header.toLowerCase(), Value])),
    ...Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}
