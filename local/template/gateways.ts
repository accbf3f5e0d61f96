import type {
  AuthorizerDefinition,
  CorsDefinition,
  HttpApiDefinition,
  HttpRouteDefinition,
  Throttle,
  WebSocketApiDefinition,
  WebSocketRouteDefinition,
} from '../definitions.ts';
import type { Account } from '../types.ts';
import { describeResource, type Resource } from './assembly.ts';
import type { Invokers } from './invokers.ts';
import type { Resolver } from './resolver.ts';

interface Parts {
  readonly resolver: Resolver;
  readonly account: Account;
  readonly invokers: Invokers;
}

interface StageProperties {
  readonly ApiId: string;
  readonly StageName: string;
  readonly DefaultRouteSettings?: { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number };
}

interface RouteProperties {
  readonly ApiId: string;
  readonly RouteKey: string;
  readonly Target?: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
}

interface IntegrationProperties {
  readonly IntegrationType: string;
  readonly IntegrationUri: string;
  readonly PayloadFormatVersion?: string;
  readonly TimeoutInMillis?: number;
}

/** Reads the HTTP gateways, each with one stage. */
export function readHttpApis(parts: Parts): HttpApiDefinition[] {
  return apisOf(parts, 'HTTP').map((api) => {
    const { stage, throttle } = stageOf(parts, api.id);
    return {
      apiId: api.id,
      stage,
      throttle,
      cors: api.cors,
      routes: routesOf(parts, api.id).map((route) => httpRoute(parts, route, stage)),
    };
  });
}

function httpRoute(parts: Parts, { resource, properties }: Route, stage: string): HttpRouteDefinition {
  if ((properties.AuthorizationType ?? 'NONE') !== 'NONE') {
    throw new Error(`${describeResource(resource)}: the local runner has no authorizers for HTTP gateways`);
  }
  const integration = integrationOf(parts, resource, properties);
  if (integration.PayloadFormatVersion !== '2.0') {
    throw new Error(`${describeResource(resource)}: the local runner speaks payload format 2.0, not ${integration.PayloadFormatVersion}`);
  }
  const functionArn = parts.invokers.arnOf(integration.IntegrationUri);
  const [method = '', path = ''] = properties.RouteKey === '$default' ? ['*', '/$default'] : properties.RouteKey.split(' ');
  const source = `${properties.ApiId}/${stage}/${method === 'ANY' ? '*' : method}${path}`;
  parts.invokers.demand(resource, functionArn, 'apigateway.amazonaws.com', executeApi(parts, source));
  return { routeKey: properties.RouteKey, functionArn, timeoutMilliseconds: integration.TimeoutInMillis };
}

/** Reads the WebSocket gateways, each with one stage. */
export function readWebSocketApis(parts: Parts): WebSocketApiDefinition[] {
  return apisOf(parts, 'WEBSOCKET').map((api) => {
    const { stage, throttle } = stageOf(parts, api.id);
    return {
      apiId: api.id,
      stage,
      throttle,
      routeSelectionExpression: api.routeSelectionExpression,
      routes: routesOf(parts, api.id).map((route) => socketRoute(parts, route, stage)),
    };
  });
}

function socketRoute(parts: Parts, { resource, properties }: Route, stage: string): WebSocketRouteDefinition {
  const { resolver, invokers } = parts;
  const integration = integrationOf(parts, resource, properties);
  const functionArn = invokers.arnOf(integration.IntegrationUri);
  invokers.demand(
    resource,
    functionArn,
    'apigateway.amazonaws.com',
    executeApi(parts, `${properties.ApiId}/${stage}/${properties.RouteKey}`),
  );
  const routeId = resolver.ref(resource);
  return {
    routeKey: properties.RouteKey,
    functionArn,
    routeResponse: resolver
      .resources('AWS::ApiGatewayV2::RouteResponse')
      .some((response) => (resolver.properties(response) as { RouteId: string }).RouteId === routeId),
    authorizer: authorizerOf(parts, resource, properties),
  };
}

function authorizerOf(
  parts: Parts,
  route: Resource,
  { ApiId, AuthorizationType, AuthorizerId }: RouteProperties,
): AuthorizerDefinition | undefined {
  if ((AuthorizationType ?? 'NONE') === 'NONE') return undefined;
  const { resolver, invokers } = parts;
  const authorizer = resolver.resources('AWS::ApiGatewayV2::Authorizer').find((candidate) => resolver.ref(candidate) === AuthorizerId);
  if (AuthorizationType !== 'CUSTOM' || authorizer === undefined) {
    throw new Error(`${describeResource(route)}: the local runner knows Lambda authorizers, not ${AuthorizationType}`);
  }
  const properties = resolver.properties(authorizer) as {
    AuthorizerUri: string;
    AuthorizerType: string;
    IdentitySource?: readonly string[];
  };
  const functionArn = invokers.arnOf(properties.AuthorizerUri);
  invokers.demand(authorizer, functionArn, 'apigateway.amazonaws.com', executeApi(parts, `${ApiId}/authorizers/${AuthorizerId}`));
  return { functionArn, identitySources: properties.IdentitySource ?? [] };
}

interface ApiProperties {
  readonly ProtocolType?: string;
  readonly RouteSelectionExpression?: string;
  readonly CorsConfiguration?: CorsProperties;
}
interface CorsProperties {
  readonly AllowOrigins?: readonly string[];
  readonly AllowCredentials?: boolean;
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAge?: number;
}

const corsOf = (given: CorsProperties): CorsDefinition => ({
  origins: given.AllowOrigins ?? [],
  credentials: given.AllowCredentials ?? false,
  methods: given.AllowMethods ?? [],
  headers: given.AllowHeaders ?? [],
  exposed: given.ExposeHeaders ?? [],
  maxAgeSeconds: given.MaxAge ?? 0,
});

function apisOf({ resolver }: Parts, protocol: 'HTTP' | 'WEBSOCKET') {
  return resolver
    .resources('AWS::ApiGatewayV2::Api')
    .map((resource) => ({
      resource,
      properties: resolver.properties(resource) as ApiProperties,
    }))
    .filter(({ properties }) => properties.ProtocolType === protocol)
    .map(({ resource, properties }) => ({
      id: resolver.ref(resource),
      cors: properties.CorsConfiguration && corsOf(properties.CorsConfiguration),
      routeSelectionExpression: properties.RouteSelectionExpression ?? '$request.body.action',
    }));
}

function stageOf({ resolver }: Parts, apiId: string): { stage: string; throttle: Throttle | undefined } {
  const stages = resolver
    .resources('AWS::ApiGatewayV2::Stage')
    .map((resource) => ({ resource, properties: resolver.properties(resource) as unknown as StageProperties }))
    .filter(({ properties }) => properties.ApiId === apiId);
  const [only] = stages;
  if (only === undefined || stages.length > 1)
    throw new Error(`The gateway ${apiId} has ${stages.length} stages; the local runner needs one`);
  const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = only.properties.DefaultRouteSettings ?? {};
  const throttle = rateLimit === undefined || burstLimit === undefined ? undefined : { rateLimit, burstLimit };
  return { stage: only.properties.StageName, throttle };
}

interface Route {
  readonly resource: Resource;
  readonly properties: RouteProperties;
}

function routesOf({ resolver }: Parts, apiId: string): Route[] {
  return resolver
    .resources('AWS::ApiGatewayV2::Route')
    .map((resource) => ({ resource, properties: resolver.properties(resource) as unknown as RouteProperties }))
    .filter(({ properties }) => properties.ApiId === apiId);
}

function integrationOf({ resolver }: Parts, route: Resource, { Target }: RouteProperties): IntegrationProperties {
  const id = Target?.replace(/^integrations\//, '');
  const found = resolver.resources('AWS::ApiGatewayV2::Integration').find((candidate) => resolver.ref(candidate) === id);
  if (found === undefined) throw new Error(`${describeResource(route)}: it has no integration`);
  const properties = resolver.properties(found) as unknown as IntegrationProperties;
  if (properties.IntegrationType !== 'AWS_PROXY')
    throw new Error(`${describeResource(found)}: the local runner knows function integrations only`);
  return properties;
}

const executeApi = ({ account }: Parts, rest: string): string => `arn:aws:execute-api:${account.region}:${account.accountId}:${rest}`;
