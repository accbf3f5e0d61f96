import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileUpload } from '../../../contract/file.ts';
import { newId } from '../../../contract/ids.ts';
import type { Request } from '../../support/http.ts';
import { createService } from '../../support/tenants.ts';
import type { Service, Tenant } from '../../support/tenants.ts';

let service: Service;
let one: Tenant;
let two: Tenant;
beforeAll(async () => {
  service = await createService();
  [one, two] = [await service.aTenant(), await service.aTenant()];
});
afterAll(() => service.app.test.drop());

const good = { name: 'plan.png', mediaType: 'image/png', sizeBytes: 9 };
const announce = (tenant: Tenant, json: object): Request => ({
  method: 'POST',
  path: `${tenant.paths.stream}/files`,
  token: tenant.token,
  json,
});
const stored = async () => (await service.app.test.owner.query<{ n: number }>('select count(*)::int as n from files')).rows[0]!.n;
const aFile = async (tenant: Tenant) => ((await service.http(announce(tenant, good))).body as unknown as FileUpload).file.id;

describe('files over HTTP', () => {
  test('An announced file has its upload address, and caches do not store it', async () => {
    const response = await service.http(announce(one, good));
    expect([response.status, response.headers['cache-control']]).toEqual([201, 'no-store']);
    const { upload } = response.body as unknown as FileUpload;
    expect(upload).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/files\/ws_\w+\/fil_\w+\?.*X-Amz-Expires=600/),
      method: 'PUT',
      headers: { 'content-type': 'image/png', 'if-none-match': '*', 'x-amz-tagging': 'state=pending' },
      expiresAt: new Date(service.app.time.getTime() + 600_000).toISOString(),
    });
  });

  test.each<[object, string]>([
    [{}, 'body.name'],
    [{ ...good, name: 'a/b.png' }, 'body.name'],
    [{ ...good, mediaType: 'text/html' }, 'body.mediaType'],
    [{ ...good, mediaType: 'IMAGE/PNG' }, 'body.mediaType'],
    [{ ...good, sizeBytes: 30_000_000 }, 'body.sizeBytes'],
    [{ ...good, sizeBytes: '9' }, 'body.sizeBytes'],
    [{ ...good, width: 3 }, 'body.height'],
    [{ ...good, url: 'https://elsewhere.example' }, 'body.url'],
  ])('%j is refused, naming %s', async (json, path) => {
    const before = await stored();
    await service.expectProblem(announce(one, json), 'invalid_input', path);
    expect(await stored()).toBe(before);
  });

  test('Streams, files and addresses of another workspace do not exist', async () => {
    const before = await stored();
    for (const path of [
      `${two.paths.stream}/files`,
      `${one.paths.streams}/${two.stream.id}/files`,
      `${one.paths.streams}/${newId('stream')}/files`,
    ])
      await service.expectProblem({ ...announce(one, good), path }, 'not_found');
    expect(await stored()).toBe(before);
    const theirs = await aFile(two);
    for (const workspace of [one.paths.workspace, two.paths.workspace]) {
      for (const id of [theirs, newId('file'), 'fil_x']) {
        await service.expectProblem({ path: `${workspace}/files/${id}`, token: one.token }, 'not_found');
        await service.expectProblem({ method: 'POST', path: `${workspace}/files/${id}/complete`, token: one.token }, 'not_found');
      }
    }
  });

  test('Callers without a token, and API keys, get nothing', async () => {
    const id = await aFile(one);
    for (const token of [undefined, one.apiKey]) {
      await service.expectProblem({ ...announce(one, good), token }, 'unauthenticated');
      await service.expectProblem({ path: `${one.paths.workspace}/files/${id}`, token }, 'unauthenticated');
    }
  });

  test('A file that is not uploaded cannot be read', async () => {
    const path = `${one.paths.workspace}/files/${await aFile(one)}`;
    await service.expectProblem({ path, token: one.token }, 'upload_missing');
  });
});
