import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStreambed } from '../../client/http/http.ts';
import { api } from '../../contract/api.ts';
import type { FileUpload } from '../../contract/file.ts';
import { startLocal, type Local } from '../../local/run.ts';
import { limit } from '../support/slowness.ts';

let local: Local;
let streamId: string;
beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true });
  const { items } = await as('maya').call(api.streams.listStreams, { params: { workspaceId: workspaceId() } });
  streamId = items[0]!.id;
}, limit(120_000));
afterAll(async () => {
  await local?.stop();
});

const workspaceId = () => local.demo!.workspaceId;
const as = (userId: string) => createStreambed({ baseUrl: local.baseUrl, token: local.demo!.users.find(({ id }) => id === userId)!.token });
const body = Buffer.alloc(300_000, 'all work and no play ');

const announce = (mediaType: 'image/png' | 'application/zip' = 'image/png') =>
  as('maya').call(api.files.createFile, {
    params: { workspaceId: workspaceId(), streamId },
    body: { name: 'plan.png', mediaType, sizeBytes: body.length },
  });
const send = ({ upload: { url, method, headers } }: FileUpload, more: Record<string, string> = {}) =>
  fetch(url, { method, headers: { ...headers, ...more }, body });
const ofFile = (fileId: string) => ({ params: { workspaceId: workspaceId(), fileId } });

describe('files on one machine', () => {
  test('are sent to and read from the one port, as the roles of the templates allow', async () => {
    const announced = await announce();
    expect(new URL(announced.upload.url).origin).toBe(local.baseUrl);
    await expect(as('maya').call(api.files.completeFile, ofFile(announced.file.id))).rejects.toMatchObject({
      problem: { code: 'upload_missing' },
    });
    expect((await send(announced)).status).toBe(200);
    expect(await as('maya').call(api.files.completeFile, ofFile(announced.file.id))).toEqual(announced.file);
    const { download } = await as('maya').call(api.files.readFile, ofFile(announced.file.id));
    const got = await fetch(download.url, { headers: { range: 'bytes=10-19' } });
    expect([got.status, await got.text()]).toEqual([206, body.subarray(10, 20).toString()]);
  });

  test('are there for others from the event that shows them until it is deleted', async () => {
    const announced = await announce();
    const { id: fileId, streamId: _, ...shown } = announced.file;
    await send(announced);
    await as('maya').call(api.files.completeFile, ofFile(fileId));
    const other = local.demo!.users.find(({ id }) => id !== 'maya')!.id;
    const readByOther = () =>
      as(other)
        .call(api.files.readFile, ofFile(fileId))
        .then(({ file }) => file.name)
        .catch((error: { problem: { code: string } }) => error.problem.code);
    expect(await readByOther()).toBe('not_found');
    const inStream = { workspaceId: workspaceId(), streamId };
    const event = await as('maya').call(api.streams.postEvent, { params: inStream, body: { eventType: 'file', fileId } });
    expect(event).toMatchObject({ eventType: 'file', file: { id: fileId, ...shown } });
    expect(await readByOther()).toBe('plan.png');
    await as('maya').call(api.streams.deleteEvent, { params: { ...inStream, eventId: event.id } });
    expect(await readByOther()).toBe('not_found');
  });

  test('may be sent by the page under each of its names, and by no page from elsewhere', async () => {
    const announced = await announce();
    const preflight = async (origin: string) => {
      const { status, headers } = await fetch(announced.upload.url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': Object.keys(announced.upload.headers).join(','),
        },
      });
      return [status, headers.get('access-control-allow-origin')];
    };
    const page = local.baseUrl.replace('127.0.0.1', 'localhost');
    expect(await preflight(page)).toEqual([200, page]);
    expect(await preflight('https://evil.example')).toEqual([403, null]);
    const sent = await send(announced, { origin: page });
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, page]);
  });

  test('are on the content security policy of the page, where they are here', async () => {
    const policy = (await fetch(local.baseUrl)).headers.get('content-security-policy') ?? '';
    for (const part of ['connect-src', 'img-src', 'media-src']) expect(policy).toMatch(new RegExp(`${part}[^;]* ${local.baseUrl}(;|$)`));
    expect(policy).not.toContain('amazonaws');
  });

  test('An address that was changed is refused, and the log holds no signature', async () => {
    const announced = await announce('application/zip');
    const url = new URL(announced.upload.url);
    url.pathname = url.pathname.replace(announced.file.id, 'fil_other');
    expect((await fetch(url, { method: 'PUT', headers: announced.upload.headers, body })).status).toBe(403);
    expect(JSON.stringify(local.recent())).not.toContain('X-Amz-Signature');
  });

  test('When S3 fails, callers are told to try again; then it goes on', async () => {
    const announced = await announce();
    await send(announced);
    // Each attempt of the SDK, and each of the client.
    const fault = local.faults.set({ caller: 'FilesHttp', action: 's3:DeleteObjectTagging', when: 'before', effect: 'fail', times: 3 });
    const complete = () =>
      fetch(`${local.baseUrl}/v1/workspaces/${workspaceId()}/files/${announced.file.id}/complete`, {
        method: 'POST',
        headers: { authorization: `Bearer ${local.demo!.users.find(({ id }) => id === 'maya')!.token}` },
      });
    const failed = await complete();
    expect([failed.status, await failed.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable', retry: 'after' })]);
    expect(fault.hits).toBe(3);
    expect((await complete()).status).toBe(200);
  });
});
