import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Request } from '../../support/http.ts';
import { createService } from '../../support/tenants.ts';
import type { Service, Tenant } from '../../support/tenants.ts';

let service: Service;
let one: Tenant;

beforeAll(async () => {
  service = await createService();
  one = await service.aTenant();
});
afterAll(() => service.app.test.drop());

describe('providers', () => {
  test('providers are made by owners, admins and API keys, listed by everyone but guests', async () => {
    const as = async (role: string) =>
      (await service.http({ method: 'POST', path: '/v1/tokens', token: one.apiKey, json: { userId: `a-${role}`, role } })).body
        .token as string;
    const create = (token: string, name: string): Request => ({
      method: 'POST',
      path: one.paths.providers,
      token,
      json: { kind: 'webhook', name },
    });
    expect((await service.http(create(one.apiKey, 'GitHub'))).status).toBe(201);
    expect((await service.http(create(await as('admin'), 'Sentry'))).status).toBe(201);
    await service.expectProblem(create(await as('member'), 'X'), 'forbidden');
    await service.expectProblem(create(one.token, 'github'), 'conflict', 'body.name');
    const { body } = await service.http({ path: one.paths.providers, token: await as('member') });
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(['GitHub', 'Sentry']);
    await service.expectProblem({ path: one.paths.providers, token: await as('guest') }, 'forbidden');
  });
});
