import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  type BehaviorOptions,
  Distribution,
  Function as EdgeFunction,
  type FunctionAssociation,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { originHeader } from '../contract/names.ts';
import { acknowledge } from './platform/checks.ts';
import type { KeySecret } from './platform/key-secret.ts';
import { privateBucket } from './platform/private-bucket.ts';
import { socketStage } from './platform/sockets.ts';
import { type PageOrigins, securityHeaders } from './platform/security-headers.ts';
import type { Stage } from './stage.ts';

export interface WebProps {
  readonly stage: Stage;
  /** Secret that the gateways ask for. */
  readonly origin: KeySecret;
  /** Host names of the gateways. */
  readonly httpHost: string;
  readonly socketHost: string;
  /** Origin of the files bucket, for uploads and downloads. */
  readonly filesOrigin: string;
}

/** First parts of the paths that the HTTP API answers; everything else is the web app. A test compares them with the contract. */
export const apiPaths = ['/v1/*', '/health', '/ready', '/openapi.json', '/asyncapi.json', '/docs'] as const;
/** First parts of the paths of the React kit, whose trailing slash is taken away here. */
export const kitPaths = ['/api/*', '/rooms/*'] as const;

/** One domain for the page, the HTTP API and the sockets. Only file contents have another origin, their bucket. */
export class Web extends Construct {
  readonly bucket: Bucket;
  readonly logs: Bucket;
  readonly distribution: Distribution;
  readonly url: string;

  constructor(scope: Construct, id: string, props: WebProps) {
    super(scope, id);
    this.logs = this.#makeLogBucket();
    this.bucket = new Bucket(this, 'Bucket', { ...privateBucket, serverAccessLogsBucket: this.logs, serverAccessLogsPrefix: 'bucket/' });
    this.distribution = this.#makeDistribution(props);
    this.url = `https://${props.stage.domain?.name ?? this.distribution.distributionDomainName}`;
  }

  #makeLogBucket(): Bucket {
    const logs = new Bucket(this, 'Logs', {
      ...privateBucket,
      // CloudFront delivers its access log by access control list.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    acknowledge(logs, 'AwsSolutions-S1', 'It is the bucket of the logs');
    return logs;
  }

  #makeDistribution({ stage, origin, httpHost, socketHost, filesOrigin }: WebProps): Distribution {
    const http = passOn(httpHost, origin);
    const sockets = passOn(socketHost, origin);
    const kit = { ...http, functionAssociations: [this.#edge('KitPaths', 'Takes trailing slashes away', 'kit-paths.js')] };
    const distribution = new Distribution(this, 'Distribution', {
      // A changed resource makes CloudFormation read the secret of the origin again.
      comment: `Streambed ${stage.name}, keys ${stage.keys}`,
      defaultRootObject: 'index.html',
      ...(stage.domain && {
        domainNames: [stage.domain.name],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', stage.domain.certificateArn),
      }),
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      enableLogging: true,
      logBucket: this.logs,
      logFilePrefix: 'front/',
      defaultBehavior: this.#page({ sockets: `wss://${socketHost}`, files: filesOrigin }),
      additionalBehaviors: {
        ...Object.fromEntries(apiPaths.map((path) => [path, http])),
        ...Object.fromEntries(kitPaths.map((path) => [path, kit])),
        [`/${socketStage}`]: sockets,
        '/ws/*': { ...sockets, functionAssociations: [this.#edge('KitSockets', 'Opens sockets of rooms', 'kit-sockets.js')] },
      },
    });
    acknowledgeDistribution(distribution, stage);
    return distribution;
  }

  /** The web app: files from the bucket, and index.html for every path that is not a file. */
  #page(origins: PageOrigins): BehaviorOptions {
    return {
      // S3 answers 404 for a missing object only to callers that may list the bucket, else 403.
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket, { originAccessLevels: [AccessLevel.READ, AccessLevel.LIST] }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      compress: true,
      responseHeadersPolicy: new ResponseHeadersPolicy(this, 'PageHeaders', securityHeaders(origins)),
      functionAssociations: [this.#edge('PagePaths', 'Sends paths that are no file to the page', 'page-paths.js')],
    };
  }

  /** Makes a function that sees each request of a viewer first. */
  #edge(id: string, comment: string, file: string): FunctionAssociation {
    const code = FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'platform', file) });
    const edge = new EdgeFunction(this, id, { comment, code, runtime: FunctionRuntime.JS_2_0 });
    return { eventType: FunctionEventType.VIEWER_REQUEST, function: edge };
  }
}

/**
 * Behaviour for requests to a gateway: no caching, and everything forwarded except the host name, which must be the gateway's own. The
 * secret proves that a request comes from here; a header of that name from a viewer is replaced.
 */
const passOn = (domainName: string, secret: KeySecret): BehaviorOptions => ({
  origin: new HttpOrigin(domainName, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    customHeaders: { [originHeader]: secret.reference },
  }),
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  compress: false,
});

function acknowledgeDistribution(distribution: Distribution, stage: Stage): void {
  acknowledge(
    distribution,
    '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
    'The root object is set, and no query reaches the bucket',
  );
  acknowledge(distribution, 'AwsSolutions-CFR1', 'Streambed serves every country');
  acknowledge(
    distribution,
    'AwsSolutions-CFR2',
    'Gateways throttle, and every call needs a token; docs/deploy.md says how to add a web ACL',
  );
  if (!stage.domain)
    acknowledge(distribution, 'AwsSolutions-CFR4', "CloudFront's own certificate fixes the protocol; with a domain it is TLS 1.2");
}
