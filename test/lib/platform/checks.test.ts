import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib/core';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acknowledge, addChecks } from '../../../lib/platform/checks.ts';
import { root } from '../synthesized.ts';

test('a finding that nobody argued away fails the synthesis', () => {
  expect(() => synthesizeQueue()).toThrow(/AwsSolutions-SQS3/);
  expect(() => synthesizeQueue('AwsSolutions-SQS3')).toThrow(/Serverless-SQSRedrivePolicy/);
  expect(() => synthesizeQueue('AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'Serverless-SQSRedrivePolicy')).not.toThrow();
});

test('every acknowledgement says why, in a sentence of its own', () => {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const text = files.map((file) => readFileSync(join(root, 'lib', file), 'utf8')).join('\n');
  expect(text).not.toContain('.acknowledge({ id: ');
  const reasons = [...text.matchAll(/acknowledge\((?:[^;]*?),\s*(?:'([^']*)'|"([^"]*)"|(\w+)),?\s*\);/g)].map(
    ([, a, b, name]) => a ?? b ?? name ?? '',
  );
  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(reason).not.toBe('');
});

function synthesizeQueue(...argued: string[]): void {
  const outdir = mkdtempSync(join(tmpdir(), 'streambed-checks-'));
  try {
    const app = new App({ outdir });
    const queue = new Queue(new Stack(app, 'Stack'), 'Queue');
    for (const id of argued) acknowledge(queue, id, 'It is a test');
    addChecks(app);
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
