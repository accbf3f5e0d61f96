import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const { service } = synthesize('prod');
const functions = functionsOf(service);

describe('every function', () => {
  test.each([...functions.keys()])('%s runs as all do', (name) => {
    const { Properties } = functions.get(name)!;
    expect(Properties).toMatchObject({
      FunctionName: `Streambed-prod-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { STREAMBED_STAGE: 'prod', NODE_OPTIONS: '--enable-source-maps', POWERTOOLS_LOG_LEVEL: 'INFO' } },
    });
    expect(Properties['Description']).toMatch(/^[A-Z].{10,}/);
    expect(Properties['MemorySize']).toBeGreaterThanOrEqual(512);
    expect(Properties['Timeout']).toBeGreaterThanOrEqual(10);
  });

  test.each([...functions.keys()])('%s has a log of its own that does not grow for ever', (name) => {
    const { Ref: id } = functions.get(name)!.Properties['LoggingConfig'].LogGroup as { Ref: string };
    expect(withoutHash(id)).toBe(`${name}Logs`);
    expect(service.Resources[id]).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 90 },
    });
  });

  test('waits for the migrations, but the one that makes them', () => {
    const [[trigger]] = resourcesOf(service, 'Custom::Trigger') as [[string, unknown]];
    for (const [name, { DependsOn }] of functions) {
      expect([name, (DependsOn ?? []).includes(trigger)]).toEqual([name, name !== 'PlatformMigrate']);
    }
  });

  test('that sends to its own queue is let, and no other', () => {
    const looking = [...functions].filter(([, { Properties }]) => Properties['RecursiveLoop'] !== undefined);
    expect(Object.fromEntries(looking.map(([name, { Properties }]) => [name, Properties['RecursiveLoop'] as string]))).toEqual({
      EpochsAssignEvents: 'Allow',
      EpochsIndexEpoch: 'Allow',
      NotificationsDecide: 'Allow',
      NotificationsDeliver: 'Allow',
      RetentionWork: 'Allow',
      StreamsFollowUp: 'Allow',
      StreamsRefreshShares: 'Allow',
    });
  });

  test('that answers HTTP does so before the gateway gives up at 30 seconds', () => {
    for (const [name, { Properties }] of functions) {
      if (name.endsWith('Http') || name === 'RealtimeSocket') expect(Properties['Timeout']).toBeLessThan(29);
    }
  });
});

test('no log group keeps its lines for ever', () => {
  for (const stage of ['dev', 'prod']) {
    for (const template of synthesize(stage).all) {
      for (const [id, { Properties }] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
        expect([id, Properties['RetentionInDays']]).toEqual([id, expect.any(Number)]);
      }
    }
  }
});
