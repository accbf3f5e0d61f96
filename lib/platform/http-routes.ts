import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Route } from '../../contract/route.ts';
import type { Keys } from '../keys.ts';
import type { Stage } from '../stage.ts';
import type { Alarms } from './alarms.ts';
import { acknowledge } from './checks.ts';
import { disablesDefault, gatewayHost } from './gateway-domain.ts';
import type { ServiceFunction } from './service-function.ts';

/** The HTTP API. It has the contract's routes and no other; an unlisted path never reaches a feature's function. */
export class HttpRoutes extends Construct {
  readonly api: HttpApi;
  /** Host name at which CloudFront reaches the API. */
  readonly host: string;
  readonly #keys: Keys;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly alarms: Alarms; readonly keys: Keys }) {
    super(scope, id);
    const { stage, alarms } = props;
    this.#keys = props.keys;
    this.api = new HttpApi(this, 'Api', {
      apiName: `Streambed-${stage.name}`,
      createDefaultStage: false,
      disableExecuteApiEndpoint: disablesDefault(stage),
      ...(stage.origins.length > 0 && { corsPreflight: corsOf(stage.origins) }),
    });
    const logGroup = new LogGroup(this, 'AccessLog', {
      retention: stage.logs.retention,
      removalPolicy: stage.logs.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const apiStage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: stage.http.rate, burstLimit: stage.http.burst },
      detailedMetricsEnabled: true,
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLogFormat },
    });
    this.host = gatewayHost(this, { stage, name: 'http', api: this.api, apiStage });
    alarms.add('HttpErrors', {
      runbook: 'http-errors',
      says: 'The HTTP API answers with 5xx.',
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: 5,
      periods: 1,
    });
    acknowledge(
      this,
      'AwsSolutions-APIG4',
      'The functions check each caller themselves, by the route table: an API key, a token or neither',
    );
  }

  /**
   * Routes a feature's paths to its function, one route for all methods: the function answers 405 with the allowed ones. The function refuses
   * requests that do not come through the front.
   */
  add(routes: Readonly<Record<string, Route>>, fn: ServiceFunction): void {
    this.#keys.grantCheckOrigin(fn);
    const integration = integrate(fn);
    for (const path of new Set(Object.values(routes).map((route) => route.path))) {
      const routeKey = HttpRouteKey.with(path, HttpMethod.ANY);
      new HttpRoute(this, `ANY ${path}`, { httpApi: this.api, routeKey, integration });
    }
  }

  /** Routes unlisted paths below /v1 to a function that answers with the contract's error format. */
  addRest(fn: ServiceFunction): void {
    const routeKey = HttpRouteKey.with('/v1/{proxy+}', HttpMethod.ANY);
    new HttpRoute(this, 'Rest', { httpApi: this.api, routeKey, integration: integrate(fn) });
  }
}

/** Pages of other origins may call with credentials; the gateway answers their preflight requests, and no origin that is not listed. */
const corsOf = (allowOrigins: readonly string[]): CorsPreflightOptions => ({
  allowOrigins: [...allowOrigins],
  allowCredentials: true,
  allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.PATCH, CorsHttpMethod.DELETE],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
  exposeHeaders: ['etag', 'link', 'retry-after', 'x-request-id'],
  maxAge: Duration.hours(1),
});

const integrate = (fn: ServiceFunction): HttpLambdaIntegration =>
  new HttpLambdaIntegration(`${fn.node.scope?.node.id}${fn.node.id}`, fn, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    // One permission for the whole API: one for each route would exceed the 20 KB limit of a function's policy.
    scopePermissionToRoute: false,
  });

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    route: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    bytes: '$context.responseLength',
    milliseconds: '$context.responseLatency',
    functionMilliseconds: '$context.integrationLatency',
    error: '$context.integrationErrorMessage',
  }),
);
