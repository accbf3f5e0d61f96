import { describe, expect, test } from '@jest/globals';
import openApi from '../../../docs/api/openapi.json' with { type: 'json' };
import { errorKinds } from '../../../contract/errors.ts';
import { docsPage } from '../../../functions/operations/docs-page.ts';
import { checkReady } from '../../../functions/operations/ready.ts';

const fine = async () => 'fine';
const refuse = async () => {
  throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432 password=secret'), { code: 'ECONNREFUSED' });
};

describe('readiness', () => {
  test('names each part with its state and time', async () => {
    const readiness = await checkReady({ postgres: fine, dynamodb: fine, queue: fine, index: fine });
    expect(readiness).toMatchObject({
      status: 'ok',
      parts: { postgres: { status: 'ok' }, dynamodb: { status: 'ok' }, queue: { status: 'ok' }, index: { status: 'ok' } },
    });
    expect(readiness.parts.postgres.milliseconds).toBeGreaterThanOrEqual(0);
  });

  test('fails with one part, says which and the kind of failure, and nothing else of it', async () => {
    const readiness = await checkReady({ postgres: refuse, dynamodb: fine, queue: fine, index: fine });
    expect(readiness).toMatchObject({
      status: 'failed',
      parts: { postgres: { status: 'failed', detail: 'ECONNREFUSED' }, queue: { status: 'ok' } },
    });
    expect(JSON.stringify(readiness)).not.toMatch(/secret|10\.0\.0\.7/);
  });

  test('is degraded, and does not fail, without the index of memory', async () => {
    const readiness = await checkReady({ postgres: fine, dynamodb: fine, queue: fine, index: refuse });
    expect(readiness).toMatchObject({ status: 'degraded', parts: { index: { status: 'failed', detail: 'ECONNREFUSED' } } });
  });

  test('does not wait for ever', async () => {
    const readiness = await checkReady({ postgres: () => new Promise(() => undefined), dynamodb: fine, queue: fine, index: fine });
    expect(readiness.parts.postgres).toMatchObject({ status: 'failed', detail: 'No answer within 3000 ms' });
  });
});

test('the page for people names every operation and escapes what it shows', () => {
  const page = docsPage(openApi);
  for (const methods of Object.values(openApi.paths)) {
    for (const { operationId } of Object.values(methods as Record<string, { operationId: string }>))
      expect(page).toContain(`id="${operationId}"`);
  }
  for (const code of Object.keys(errorKinds)) expect(page).toContain(`id="problem-${code}"`);
  const evil = docsPage({ info: { title: '<script>', version: '1' }, paths: {} });
  expect(evil).not.toContain('<script>');
});
