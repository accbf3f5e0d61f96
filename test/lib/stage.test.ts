import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib/core';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStage, stackName } from '../../lib/stage.ts';
import { functionsOf, resourcesOf, root, synthesize } from './synthesized.ts';

const read = (context: Record<string, unknown>) => readStage(new App({ context }));

describe('reading the stage', () => {
  test('takes dev unless told', () => {
    expect(read({}).name).toBe('dev');
    expect(read({ stage: 'prod' }).name).toBe('prod');
    expect(stackName(read({}), 'Data')).toBe('Streambed-dev-Data');
  });

  test('names what it knows when asked for something else', () => {
    expect(() => read({ stage: 'production' })).toThrow('There is no stage "production"; give -c stage=dev or -c stage=prod');
    expect(() => read({ stage: 7 })).toThrow('must be text');
  });

  test('wants a domain with its certificate, or neither', () => {
    expect(read({}).domain).toBeUndefined();
    expect(read({ domainName: 'talk.example.com', certificateArn: 'arn:x' }).domain).toEqual({
      name: 'talk.example.com',
      certificateArn: 'arn:x',
    });
    expect(() => read({ domainName: 'talk.example.com' })).toThrow('needs both');
  });

  test('takes origins, hosts, contacts and senders as they must be, and names what is wrong', () => {
    expect(read({ origins: 'https://a.example,http://localhost:5173' }).origins).toEqual(['https://a.example', 'http://localhost:5173']);
    for (const origins of ['*', 'https://a.example/', 'http://a.example', 'a.example', 'https://a.example, https://b.example'])
      expect(() => read({ origins })).toThrow('-c origins=... must be origins such as');
    expect(read({}).push).toEqual({ contact: undefined, hosts: [] });
    expect(read({ alarmEmail: 'ops@a.example' }).push.contact).toBe('mailto:ops@a.example');
    expect(read({ pushContact: 'https://a.example/contact' }).push.contact).toBe('https://a.example/contact');
    for (const pushContact of ['ops@a.example', 'mailto:ops@localhost', 'http://a.example', 'https://localhost/x', 'mailto:x'])
      expect(() => read({ pushContact })).toThrow('-c pushContact=... must be mailto:somebody@example.com or an https address');
    expect(read({ pushHosts: 'push.a.example,*.b.example' }).push.hosts).toEqual(['push.a.example', '*.b.example']);
    for (const pushHosts of [
      'localhost',
      '127.0.0.1',
      '10.0.0.1',
      'a',
      'push.local',
      'https://a.example',
      'http://127.0.0.1:80',
      '*.internal',
      '',
    ])
      if (pushHosts !== '') expect(() => read({ pushHosts })).toThrow('-c pushHosts=... must be public host names');
    const publicUrl = 'https://talk.a.example';
    expect(read({ mailFrom: 'no-reply@a.example', publicUrl })).toMatchObject({ mailFrom: 'no-reply@a.example', publicUrl });
    expect(() => read({ mailFrom: 'no-reply@a.example' })).toThrow('needs -c domainName=... or -c publicUrl=... too');
    expect(() => read({ mailFrom: 'A <a@a.example>', publicUrl })).toThrow('-c mailFrom=... must be an address');
    expect(() => read({ publicUrl: 'talk.a.example/x' })).toThrow('-c publicUrl=... must be such as');
  });

  test('is done in one file only', () => {
    const others = globSync('{lib,bin}/**/*.ts', { cwd: root }).filter((file) => file !== join('lib', 'stage.ts'));
    expect(others.length).toBeGreaterThan(10);
    for (const file of others) expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/tryGetContext|getContext|process\.env\[/);
  });
});

describe('prod', () => {
  const prod = synthesize('prod', {
    context: {
      alarmEmail: 'ops@example.com',
      domainName: 'talk.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:1:certificate/2',
    },
  });

  test('survives the loss of a zone, and of an operator', () => {
    const [, instance] = resourcesOf(prod.data, 'AWS::RDS::DBInstance')[0]!;
    expect(instance).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { MultiAZ: true, DeletionProtection: true, BackupRetentionPeriod: 14 },
    });
    const [, table] = resourcesOf(prod.data, 'AWS::DynamoDB::Table')[0]!;
    expect(table.Properties['DeletionProtectionEnabled']).toBe(true);
    for (const [, { Properties }] of interfaceEndpoints(prod.data)) expect(Properties['SubnetIds']).toHaveLength(2);
  });

  test('keeps the database from being run out of connections', () => {
    const inNetwork = [...functionsOf(prod.service).values()].filter(({ Properties }) => Properties['VpcConfig']);
    const reserved = inNetwork.map(({ Properties }) => Properties['ReservedConcurrentExecutions'] as number | undefined);
    expect(reserved).not.toContain(undefined);
    // db.t4g.medium: 4 GiB / 9,531,392 bytes, less the system's share.
    expect(reserved.reduce((sum: number, one) => sum + (one ?? 0), 0)).toBeLessThan(400);
  });

  test('mails its alarms, and answers to its own name with TLS 1.2 or later', () => {
    expect(resourcesOf(prod.service, 'AWS::SNS::Subscription')[0]![1].Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    const config = resourcesOf(prod.web, 'AWS::CloudFront::Distribution')[0]![1].Properties['DistributionConfig'];
    expect(config).toMatchObject({ Aliases: ['talk.example.com'], ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' } });
  });

  test('hands out tickets for sockets under its own name, and posts to them at the gateway', () => {
    const urlOf = (name: string) => functionsOf(prod.service).get(name)!.Properties['Environment'].Variables.REALTIME_URL as unknown;
    expect(urlOf('RealtimeHttp')).toBe('wss://talk.example.com/realtime');
    expect(JSON.stringify(urlOf('RealtimeFanOut'))).toContain('ApiEndpoint');
  });
});

test('origins that are configured may call with credentials, and no stage has others', () => {
  const apiOf = (context: Record<string, string>) =>
    resourcesOf(synthesize('dev', { context }).service, 'AWS::ApiGatewayV2::Api').find(
      ([, { Properties }]) => Properties['ProtocolType'] === 'HTTP',
    )![1].Properties['CorsConfiguration'] as object | undefined;
  expect(apiOf({})).toBeUndefined();
  expect(apiOf({ origins: 'https://a.example' })).toMatchObject({ AllowOrigins: ['https://a.example'], AllowCredentials: true });
});

describe('dev', () => {
  const dev = synthesize('dev');

  test('pays for one zone, reserves nothing, and leaves a snapshot behind', () => {
    for (const [, { Properties }] of interfaceEndpoints(dev.data)) expect(Properties['SubnetIds']).toHaveLength(1);
    for (const { Properties } of functionsOf(dev.service).values()) expect(Properties['ReservedConcurrentExecutions']).toBeUndefined();
    expect(resourcesOf(dev.data, 'AWS::RDS::DBInstance')[0]![1].DeletionPolicy).toBe('Snapshot');
  });
});

test('only the local stage talks to Postgres without TLS', () => {
  const tlsOf = (stage: string) =>
    new Set(
      [...functionsOf(synthesize(stage).service).values()].map(
        ({ Properties }) => Properties['Environment'].Variables.DATABASE_TLS as string | undefined,
      ),
    );
  expect(tlsOf('dev')).toEqual(new Set([undefined, 'verify']));
  expect(tlsOf('prod')).toEqual(new Set([undefined, 'verify']));
  expect(tlsOf('local')).toEqual(new Set([undefined, 'off']));
});

const interfaceEndpoints = (template: Parameters<typeof resourcesOf>[0]) =>
  resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(([, { Properties }]) => Properties['VpcEndpointType'] === 'Interface');
