import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, type Resource } from '../synthesized.ts';

const certificateArn = 'arn:aws:acm:us-east-1:1:certificate/2';
const gatewayCertificateArn = 'arn:aws:acm:eu-west-1:1:certificate/3';
const domain = { domainName: 'talk.example.com', certificateArn };
const gateways = { gatewayDomainName: 'gateways.example.com', gatewayCertificateArn };
const { service, web } = synthesize('prod', { context: { ...domain, ...gateways } });
const hostsOf = (template: typeof web): unknown[] => {
  const [[, { Properties }]] = resourcesOf(template, 'AWS::CloudFront::Distribution') as [[string, Resource]];
  const origins = Properties['DistributionConfig'].Origins as { CustomOriginConfig?: object; DomainName: unknown }[];
  return [...new Set(origins.filter(({ CustomOriginConfig }) => CustomOriginConfig).map(({ DomainName }) => DomainName))];
};

describe('With a domain of their own, the gateways', () => {
  test('answer at no default endpoint', () => {
    const apis = resourcesOf(service, 'AWS::ApiGatewayV2::Api').map(
      ([, { Properties }]) => [Properties['ProtocolType'], Properties['DisableExecuteApiEndpoint']] as [string, unknown],
    );
    expect(Object.fromEntries(apis)).toEqual({ HTTP: true, WEBSOCKET: true });
  });

  test('are mapped to their names, with the certificate of the region', () => {
    const names = resourcesOf(service, 'AWS::ApiGatewayV2::DomainName').map(([, { Properties }]) => Properties);
    expect(new Set(names.map(({ DomainName }) => DomainName as unknown))).toEqual(
      new Set(['http.gateways.example.com', 'sockets.gateways.example.com']),
    );
    for (const { DomainNameConfigurations } of names)
      expect(DomainNameConfigurations).toEqual([{ CertificateArn: gatewayCertificateArn, EndpointType: 'REGIONAL' }]);
    const mappings = resourcesOf(service, 'AWS::ApiGatewayV2::ApiMapping').map(
      ([, { Properties }]) => Properties['ApiMappingKey'] as unknown,
    );
    expect(new Set(mappings)).toEqual(new Set(['realtime', undefined]));
  });

  test('are reached there, by CloudFront and by the function that posts to sockets', () => {
    expect(hostsOf(web)).toEqual(['http.gateways.example.com', 'sockets.gateways.example.com']);
    const urlOf = (name: string) => functionsOf(service).get(name)!.Properties['Environment'].Variables.REALTIME_URL as unknown;
    expect([urlOf('RealtimeFanOut'), urlOf('RealtimeHttp')]).toEqual([
      'wss://sockets.gateways.example.com/realtime',
      'wss://talk.example.com/realtime',
    ]);
  });

  test('say where the names have to point', () => {
    const outputs = Object.values(service.Outputs ?? {}).map(({ Value }) => JSON.stringify(Value));
    expect(outputs.filter((value) => value.includes('RegionalDomainName'))).toHaveLength(2);
  });
});

describe('Without one', () => {
  const named = synthesize('prod', { context: domain });

  test('the default endpoints are what CloudFront reaches, so they stay', () => {
    for (const [, { Properties }] of resourcesOf(named.service, 'AWS::ApiGatewayV2::Api'))
      expect(Properties['DisableExecuteApiEndpoint'] ?? false).toBe(false);
    for (const host of hostsOf(named.web)) expect(JSON.stringify(host)).toContain('.execute-api.');
  });

  test.each([gateways, { ...domain, gatewayDomainName: 'g.example.com' }, { ...domain, gatewayCertificateArn }])(
    'a part of the settings is refused',
    (context) => {
      expect(() => synthesize('prod', { context })).toThrow('A domain of the gateways needs');
    },
  );
});
