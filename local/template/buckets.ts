import type { BucketDefinition, CorsRule, LifecycleRule } from '../definitions.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { Resolver } from './resolver.ts';

interface BucketProperties {
  readonly CorsConfiguration?: { readonly CorsRules: readonly RawCorsRule[] };
  readonly LifecycleConfiguration?: { readonly Rules: readonly RawLifecycleRule[] };
}

interface RawCorsRule {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[];
  readonly ExposedHeaders?: readonly string[];
  readonly MaxAge?: number;
}

interface RawLifecycleRule {
  readonly Status: 'Enabled' | 'Disabled';
  readonly ExpirationInDays?: number;
  readonly Prefix?: string;
  readonly TagFilters?: readonly { readonly Key: string; readonly Value: string }[];
  readonly [other: string]: unknown;
}

/** Supported bucket properties, and those without effect here: only this account's functions and the front reach a bucket. */
const known = [
  'BucketName',
  'CorsConfiguration',
  'LifecycleConfiguration',
  'BucketEncryption',
  'PublicAccessBlockConfiguration',
  'OwnershipControls',
  'LoggingConfiguration',
  'AccessControl',
  'Tags',
];
/** Properties of a lifecycle rule. Multipart uploads do not exist here, so none needs to be aborted. */
const knownOfRule = ['Status', 'Id', 'ExpirationInDays', 'Prefix', 'TagFilters', 'AbortIncompleteMultipartUpload'];

/** Reads the buckets. `pageOrigins` are the local origins of the page; they replace CloudFront's names. */
export function readBuckets(resolver: Resolver, pageOrigins: readonly string[]): BucketDefinition[] {
  return resolver.resources('AWS::S3::Bucket').map((resource) => {
    const properties = resolver.properties(resource) as BucketProperties;
    refuseUnknown(resource, '', properties, known);
    return {
      name: resolver.ref(resource),
      arn: resolver.attribute(resource, 'Arn'),
      cors: (properties.CorsConfiguration?.CorsRules ?? []).map((rule) => corsOf(rule, pageOrigins)),
      lifecycle: (properties.LifecycleConfiguration?.Rules ?? []).flatMap((rule) => lifecycleOf(resource, rule)),
    };
  });
}

function corsOf(rule: RawCorsRule, pageOrigins: readonly string[]): CorsRule {
  return {
    allowedOrigins: rule.AllowedOrigins.flatMap((origin) => (origin === 'https://*.cloudfront.net' ? pageOrigins : origin)),
    allowedMethods: rule.AllowedMethods,
    allowedHeaders: rule.AllowedHeaders ?? [],
    exposedHeaders: rule.ExposedHeaders ?? [],
    maxAgeSeconds: rule.MaxAge,
  };
}

function lifecycleOf(resource: Resource, rule: RawLifecycleRule): LifecycleRule[] {
  refuseUnknown(resource, ' in a lifecycle rule', rule, knownOfRule);
  if (rule.Status !== 'Enabled' || rule.ExpirationInDays === undefined) return [];
  const tags = Object.fromEntries((rule.TagFilters ?? []).map(({ Key, Value }) => [Key, Value]));
  return [{ expireDays: rule.ExpirationInDays, prefix: rule.Prefix ?? '', tags }];
}

function refuseUnknown(resource: Resource, where: string, given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Error(`${describeResource(resource)}: the local runner does not know the property ${unknown}${where}`);
}
