import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookEntries } from '../../../lib/platform/alarms.ts';
import { functionsOf, resourcesOf, root, synthesize } from '../synthesized.ts';

const { service, all } = synthesize('prod');
const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
const entries = runbook.split(/^## /m).slice(1);

describe('every alarm', () => {
  test('says what is wrong, and names its entry in the runbook', () => {
    const named = alarms.map(
      ({ AlarmDescription }) => /^[A-Z].*\. See docs\/runbook\.md#([a-z0-9-]+)$/.exec(String(AlarmDescription))?.[1],
    );
    expect(new Set(named)).toEqual(new Set(runbookEntries));
  });

  test('tells somebody when it rings and when it stops', () => {
    for (const { AlarmName, AlarmActions, OKActions } of alarms) {
      expect([AlarmName, AlarmActions, OKActions]).toEqual([
        AlarmName,
        [{ Ref: expect.stringMatching(/^AlarmsTopic/) }],
        [{ Ref: expect.stringMatching(/^AlarmsTopic/) }],
      ]);
    }
  });

  test('is made in one place', () => {
    expect(all.flatMap((template) => resourcesOf(template, 'AWS::CloudWatch::Alarm'))).toHaveLength(alarms.length);
    for (const { AlarmName } of alarms) expect(AlarmName).toMatch(/^Streambed-prod-[A-Z][A-Za-z]+$/);
  });
});

test('CloudWatch may publish to the topic, whose policy is our own', () => {
  const [, { Properties }] = resourcesOf(service, 'AWS::SNS::TopicPolicy')[0]!;
  expect(Properties['PolicyDocument'].Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
  );
});

test('every function and every dead-letter queue is watched', () => {
  const watched = JSON.stringify(alarms);
  for (const name of functionsOf(service).keys())
    expect(alarms.map(({ AlarmName }) => AlarmName as string)).toContain(`Streambed-prod-${name}Errors`);
  for (const [id] of resourcesOf(service, 'AWS::SQS::Queue')) expect(watched).toContain(id);
});

describe('the runbook', () => {
  test('has one entry for each kind of alarm, and no other', () => {
    expect(entries.map((entry) => entry.split('\n')[0])).toEqual([...runbookEntries]);
  });

  test.each(entries.map((entry) => [entry.split('\n')[0], entry]))(
    '%s says what people notice, where to look and what to do',
    (_name, entry) => {
      for (const part of ['**Noticed:**', '**Look:**', '**Do:**']) expect(entry).toContain(part);
    },
  );
});
