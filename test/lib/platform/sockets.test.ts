import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash, type Resource, type Template } from '../synthesized.ts';

const { service } = synthesize('dev');
const [[apiId]] = resourcesOf(service, 'AWS::ApiGatewayV2::Api').filter(
  ([, { Properties }]) => Properties['ProtocolType'] === 'WEBSOCKET',
) as [[string, Resource]];
const ofApi = (type: string) => resourcesOf(service, type).filter(([, { Properties }]) => Properties['ApiId'].Ref === apiId);
const routes = new Map(
  ofApi('AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => [Properties['RouteKey'] as string, { id, Properties }]),
);

describe('the WebSocket API', () => {
  test('has three routes, all to the same function', () => {
    expect([...routes.keys()].sort()).toEqual(['$connect', '$default', '$disconnect']);
    for (const [, { Properties }] of ofApi('AWS::ApiGatewayV2::Integration'))
      expect(JSON.stringify(Properties['IntegrationUri'])).toMatch(/RealtimeSocket[0-9A-F]{8}/);
  });

  test('lets a socket open for a ticket only', () => {
    expect(routes.get('$connect')!.Properties).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: expect.any(String) } });
    const [[, authorizer]] = ofApi('AWS::ApiGatewayV2::Authorizer') as [[string, Resource]];
    expect(authorizer.Properties).toMatchObject({ AuthorizerType: 'REQUEST', IdentitySource: ['route.request.querystring.ticket'] });
    expect(JSON.stringify(authorizer.Properties['AuthorizerUri'])).toMatch(/RealtimeAuthorize[0-9A-F]{8}/);
    expect(authorizer.Properties['AuthorizerResultTtlInSeconds']).toBeUndefined();
  });

  test('lets a socket open through the front only, where the front has a name', () => {
    const context = { domainName: 'talk.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/2' };
    const named = synthesize('prod', { context }).service;
    const [[, authorizer]] = resourcesOf(named, 'AWS::ApiGatewayV2::Authorizer') as [[string, Resource]];
    expect(authorizer.Properties['IdentitySource']).toEqual(['route.request.querystring.ticket', 'route.request.header.x-origin-secret']);
    const variablesOf = (template: Template) =>
      functionsOf(template).get('RealtimeAuthorize')!.Properties['Environment'].Variables as Record<string, unknown>;
    expect(variablesOf(named)).toHaveProperty('ORIGIN_SECRET_HASHES');
    expect(variablesOf(service)).not.toHaveProperty('ORIGIN_SECRET_HASHES');
  });

  test('sends answers back where a client waits for one', () => {
    const answering = ofApi('AWS::ApiGatewayV2::RouteResponse').map(([, { Properties }]) => Properties['RouteId'].Ref as string);
    expect(answering.sort()).toEqual([routes.get('$connect')!.id, routes.get('$default')!.id].sort());
    for (const key of ['$connect', '$default']) expect(routes.get(key)!.Properties['RouteResponseSelectionExpression']).toBe('$default');
  });

  test('throttles, and logs without the ticket', () => {
    const [[, { Properties }]] = ofApi('AWS::ApiGatewayV2::Stage') as [[string, Resource]];
    expect(Properties).toMatchObject({
      StageName: 'realtime',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 500 },
    });
    expect(Properties['AccessLogSettings'].Format).not.toMatch(/ticket|query/i);
  });

  test('may write its log: the role of the account is there before the stage, and outlives it', () => {
    const [[accountId, account]] = resourcesOf(service, 'AWS::ApiGateway::Account') as [[string, Resource]];
    const [[, stage]] = ofApi('AWS::ApiGatewayV2::Stage') as [[string, Resource]];
    expect(stage.DependsOn).toContain(accountId);
    const role = service.Resources[account.Properties['CloudWatchRoleArn']['Fn::GetAtt'][0]]!;
    expect([account.DeletionPolicy, role.DeletionPolicy]).toEqual(['Retain', 'Retain']);
  });

  test('is posted to by the fan-out alone, which runs outside the network', () => {
    const policies = resourcesOf(service, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('execute-api:'),
    );
    expect(policies.map(([id]) => withoutHash(id))).toEqual(['RealtimeFanOutRoleDefaultPolicy']);
  });
});
