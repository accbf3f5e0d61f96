import { describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import type { Route } from '../../../contract/route.ts';
import { functionsOf, resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const { service } = synthesize('dev');
const apis = new Map(
  resourcesOf(service, 'AWS::ApiGatewayV2::Api').map(([id, { Properties }]) => [id, Properties['ProtocolType'] as string]),
);
const routes = resourcesOf(service, 'AWS::ApiGatewayV2::Route').filter(
  ([, { Properties }]) => apis.get(Properties['ApiId'].Ref) === 'HTTP',
);
const integrations = new Map(resourcesOf(service, 'AWS::ApiGatewayV2::Integration'));

/** Deployed routes with their functions: `GET /health` -> OperationsHttp. */
const deployed = new Map(
  routes.map(([, { Properties }]) => {
    const integration = integrations.get(Properties['Target']['Fn::Join'][1][1].Ref)!.Properties;
    return [Properties['RouteKey'] as string, withoutHash(integration['IntegrationUri']['Fn::GetAtt'][0])];
  }),
);
const { searchEvents, ...streams } = api.streams;
const { readWsAuth, registerSubscription, listSubscriptions, deleteSubscription, ...kit } = api.kit;
const notifications = { ...api.notifications, registerSubscription, listSubscriptions, deleteSubscription };
const features = Object.entries({ ...api, streams, kit, notifications, realtime: { ...api.realtime, readWsAuth } }).map(
  ([feature, rows]): [string, Route[]] => [`${feature[0]!.toUpperCase()}${feature.slice(1)}Http`, Object.values(rows) as Route[]],
);
// Search has a function of its own, so that no post waits behind it.
features.push(['StreamsSearch', [searchEvents]]);

describe('the HTTP API', () => {
  test.each(features)('%s gets all methods of its paths, and answers 405 to others than its own', (name, rows) => {
    for (const { path } of rows) expect([path, deployed.get(`ANY ${path}`)]).toEqual([path, name]);
  });

  test('has no function that answers past the front', () => {
    const functions = functionsOf(service);
    for (const name of new Set(deployed.values())) {
      const { ORIGIN_SECRET_HASHES: hashes } = functions.get(name)!.Properties['Environment'].Variables as Record<string, unknown>;
      expect([name, hashes]).toEqual([name, { 'Fn::GetAtt': [expect.stringMatching(/^KeysPublished/), 'originHashes'] }]);
    }
  });

  test('has no route that the contract does not have', () => {
    const rows = features.flatMap(([, all]) => all);
    // Unlisted paths below /v1 get 404 in the format of errors.
    const expected = new Set([...rows.map(({ path }) => `ANY ${path}`), 'ANY /v1/{proxy+}']);
    expect([...deployed.keys()].sort()).toEqual([...expected].sort());
    expect(deployed.has('$default')).toBe(false);
  });

  test('throttles, and logs each request as JSON', () => {
    const [stage] = resourcesOf(service, 'AWS::ApiGatewayV2::Stage').filter(
      ([, { Properties }]) => apis.get(Properties['ApiId'].Ref) === 'HTTP',
    );
    const { StageName, DefaultRouteSettings, AccessLogSettings } = stage![1].Properties;
    expect(StageName).toBe('$default');
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 });
    expect(Object.keys(JSON.parse(AccessLogSettings.Format) as object)).toEqual(
      expect.arrayContaining(['requestId', 'method', 'route', 'status']),
    );
    expect(AccessLogSettings.Format).not.toMatch(/authorization|querystring/i);
  });

  test('speaks payload format 2.0, and may call each function with one permission', () => {
    for (const { Properties } of integrations.values()) {
      if (apis.get(Properties['ApiId'].Ref) === 'HTTP') expect(Properties['PayloadFormatVersion']).toBe('2.0');
    }
    const permitted = resourcesOf(service, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
      withoutHash(Properties['FunctionName']['Fn::GetAtt'][0]),
    );
    for (const [name] of features) expect([name, permitted.filter((each) => each === name)]).toEqual([name, [name]]);
  });
});
