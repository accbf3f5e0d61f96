import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateFile, maxFileBytes, mediaTypes } from '../../../contract/file.ts';
import type { FileUpload } from '../../../contract/file.ts';
import { newId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { completeFile } from '../../../functions/files/complete-file.ts';
import { createFile } from '../../../functions/files/create-file.ts';
import type { Objects } from '../../../functions/files/objects.ts';
import { readFile } from '../../../functions/files/read-file.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { bucket, type RunningBucket } from '../../local/s3/bucket.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestObjects } from '../../support/objects.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp & { objects: Objects };
let s3: RunningBucket;
let ada: UserCaller;
let bob: UserCaller;
let guest: UserCaller;
let stranger: UserCaller;
let open: Stream;
let closed: Stream;

beforeAll(async () => {
  const testApp = await createTestApp();
  testApp.time = new Date();
  const running = await createTestObjects(testApp.clock);
  s3 = running;
  app = Object.assign(testApp, { objects: running.objects });
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
  bob = await aMember(app, workspaceId, 'bob');
  guest = await aMember(app, workspaceId, 'gus', 'guest');
  const other = await aWorkspace(app);
  // Same user id in another workspace.
  stranger = await aMember(app, other.workspaceId, 'ada', 'owner');
  open = await aChannel(app, ada, 'Open');
  closed = await aChannel(app, ada, 'Closed', 'private');
});
afterAll(async () => {
  expect(s3.log.lines).toEqual([]);
  await s3.stop();
  await app.test.drop();
});

const content = 'a picture';
const announce = (caller: UserCaller, stream: { id: string }, more: object = {}) =>
  createFile(app, caller, {
    ...CreateFile.parse({ name: 'Ünïcode 図.png', mediaType: 'image/png', sizeBytes: content.length, ...more }),
    streamId: stream.id,
  });
const send = ({ upload }: FileUpload, body = content) => fetch(upload.url, { method: upload.method, headers: upload.headers, body });
/** Announces, uploads and completes a file. */
async function aFile(caller: UserCaller, stream: { id: string }, more: object = {}) {
  const announced = await announce(caller, stream, more);
  expect((await send(announced)).status).toBe(200);
  return completeFile(app, caller, { fileId: announced.file.id });
}
/** Attaches a file to an event, as the event that shows it does. */
async function post(fileId: string, { deleted = false } = {}) {
  const eventId = newId('event');
  await app.test.owner.query(
    `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, event_type, actor_id, client_event_id, created_at, deleted_at)
     select $2, workspace_id, stream_id, 1000 + (random() * 1000000)::int, 1000 + (random() * 1000000)::int, 'file', uploaded_by, $2, now(),
       case when $3::boolean then now() end from files where id = $1`,
    [fileId, eventId, deleted],
  );
  await app.test.owner.query('update files set event_id = $2 where id = $1', [fileId, eventId]);
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

describe('a file', () => {
  test('is announced, uploaded, completed and read', async () => {
    const announced = await announce(ada, open, { width: 640, height: 480 });
    expect(announced.file).toEqual({
      id: expect.stringMatching(/^fil_/),
      streamId: open.id,
      name: 'Ünïcode 図.png',
      mediaType: 'image/png',
      sizeBytes: content.length,
      width: 640,
      height: 480,
      uploadedBy: 'ada',
      createdAt: app.time.toISOString(),
    });
    expect(Date.parse(announced.upload.expiresAt) - app.time.getTime()).toBe(600_000);
    expect((await send(announced)).status).toBe(200);
    expect(await completeFile(app, ada, { fileId: announced.file.id })).toEqual(announced.file);
    const { file, download } = await readFile(app, ada, { fileId: announced.file.id });
    expect(file).toEqual(announced.file);
    expect(Date.parse(download.expiresAt) - app.time.getTime()).toBe(600_000);
    const got = await fetch(download.url);
    expect([got.status, await got.text(), got.headers.get('content-type')]).toEqual([200, content, 'image/png']);
    expect(got.headers.get('content-disposition')).toBe(
      `inline; filename="_n_code _.png"; filename*=UTF-8''%C3%9Cn%C3%AFcode%20%E5%9B%B3.png`,
    );
    expect(got.headers.get('cache-control')).toBe('private, max-age=600');
  });

  test('is stored under the ids of its workspace and its own, with any name', async () => {
    const { file, upload } = await announce(ada, open, { name: '..x; rm -rf "~" %2f.png' });
    expect(new URL(upload.url).pathname).toBe(`/${bucket.name}/${ada.workspaceId}/${file.id}`);
  });

  test('takes its content once: checked content cannot be replaced', async () => {
    const announced = await announce(ada, open);
    await send(announced);
    expect((await send(announced, 'A PICTURE')).status).toBe(412);
    await completeFile(app, ada, { fileId: announced.file.id });
    expect((await send(announced, 'A PICTURE')).status).toBe(412);
  });

  test('takes only the announced content', async () => {
    const announced = await announce(ada, open);
    expect((await send(announced, `${content} and more`)).status).toBe(403);
    const { url, headers } = announced.upload;
    const asPage = { method: 'PUT', headers: { ...headers, 'content-type': 'text/html' }, body: content };
    expect((await fetch(url, asPage)).status).toBe(403);
  });

  test('can be uploaded for ten minutes, and completed for a day', async () => {
    const [late, unfinished, finished] = [await announce(ada, open), await announce(ada, open), await announce(ada, open)];
    await send(unfinished);
    await send(finished);
    await completeFile(app, ada, { fileId: finished.file.id });
    const now = app.time;
    app.time = new Date(now.getTime() + 601_000);
    expect((await send(late)).status).toBe(403);
    app.time = new Date(now.getTime() + 49 * 3_600_000);
    expect(s3.s3.expire()).toBeGreaterThan(0);
    app.time = now;
    expect(await codeOf(completeFile(app, ada, { fileId: unfinished.file.id }))).toBe('upload_missing');
    const { download } = await readFile(app, ada, { fileId: finished.file.id });
    expect((await fetch(download.url)).status).toBe(200);
  });
});

describe('completing', () => {
  test('is refused while the content is missing, and may be repeated afterwards', async () => {
    const announced = await announce(ada, open);
    const complete = () => completeFile(app, ada, { fileId: announced.file.id });
    expect(await codeOf(complete())).toBe('upload_missing');
    expect(await codeOf(readFile(app, ada, { fileId: announced.file.id }))).toBe('upload_missing');
    await send(announced);
    expect([await complete(), await complete()]).toEqual([announced.file, announced.file]);
    const { rows } = await app.test.owner.query<{ uploaded_at: Date }>('select uploaded_at from files where id = $1', [announced.file.id]);
    expect(rows).toEqual([{ uploaded_at: app.time }]);
  });

  test('is refused for other content', async () => {
    const announced = await announce(ada, open);
    await send(announced);
    await app.test.owner.query('update files set size_bytes = 10 where id = $1', [announced.file.id]);
    await expect(completeFile(app, ada, { fileId: announced.file.id })).rejects.toMatchObject({
      code: 'upload_missing',
      message: expect.stringContaining('9 bytes are there, and 10 were announced'),
    });
  });

  test('is for the announcing user only', async () => {
    const file = await aFile(ada, open);
    expect(await codeOf(completeFile(app, bob, { fileId: file.id }))).toBe('not_found');
    await post(file.id);
    expect(await codeOf(completeFile(app, bob, { fileId: file.id }))).toBe('not_author');
    expect(await codeOf(completeFile(app, ada, { fileId: file.id }))).toBe('fine');
  });
});

describe('access', () => {
  test('announcing: members who may post in the stream', async () => {
    expect(await codeOf(announce(bob, open))).toBe('fine');
    expect(await codeOf(announce(bob, closed))).toBe('not_found');
    expect(await codeOf(announce(guest, open))).toBe('not_found');
    expect(await codeOf(announce(stranger, open))).toBe('not_found');
    expect(await codeOf(announce(ada, { id: newId('stream') }))).toBe('not_found');
    const old = await aChannel(app, ada, 'Old');
    await app.test.owner.query('update streams set archived_at = now() where id = $1', [old.id]);
    expect(await codeOf(announce(ada, old))).toBe('stream_archived');
  });

  test('reading: the uploader until it is posted, then readers of the stream, no one after its event is deleted', async () => {
    const read = (caller: UserCaller, fileId: string) => codeOf(readFile(app, caller, { fileId }));
    const [shown, hidden, gone] = [await aFile(ada, open), await aFile(ada, closed), await aFile(ada, open)];
    for (const { id } of [shown, hidden]) expect([await read(ada, id), await read(bob, id)]).toEqual(['fine', 'not_found']);
    await post(shown.id);
    await post(hidden.id);
    await post(gone.id, { deleted: true });
    const everybody = [ada, bob, guest, stranger];
    const all = (fileId: string) => Promise.all(everybody.map((caller) => read(caller, fileId)));
    expect(await all(shown.id)).toEqual(['fine', 'fine', 'not_found', 'not_found']);
    expect(await all(hidden.id)).toEqual(['fine', 'not_found', 'not_found', 'not_found']);
    expect(await all(gone.id)).toEqual(['not_found', 'not_found', 'not_found', 'not_found']);
    expect(await all(newId('file'))).toEqual(['not_found', 'not_found', 'not_found', 'not_found']);
  });

  test('none after losing the stream', async () => {
    const unfinished = await announce(ada, closed);
    const file = await aFile(ada, closed);
    await app.test.owner.query(`update stream_members set left_at = now() where stream_id = $1 and user_id = 'ada'`, [closed.id]);
    expect(await codeOf(readFile(app, ada, { fileId: file.id }))).toBe('not_found');
    expect(await codeOf(completeFile(app, ada, { fileId: unfinished.file.id }))).toBe('not_found');
    await app.test.owner.query(`update stream_members set left_at = null where stream_id = $1 and user_id = 'ada'`, [closed.id]);
  });
});

describe('accepted announcements', () => {
  const fields = (more: object) =>
    CreateFile.safeParse({ name: 'a.png', mediaType: 'image/png', sizeBytes: 1, ...more }).error?.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test.each<[object, string]>([
    [{ name: '' }, 'name: must not be empty'],
    [{ name: 'x'.repeat(201) }, 'name: must be at most 200 characters'],
    [{ name: 'a\u0000b' }, 'name: must not contain the NUL character (U+0000)'],
    [{ name: 'a\nb' }, 'name: must not contain control characters or line breaks'],
    [{ name: '../etc/passwd' }, 'name: must not contain / or \\'],
    [{ name: 'C:\\x' }, 'name: must not contain / or \\'],
    [{ name: '..' }, 'name: must not consist of dots'],
    [{ name: 'photo\u202Egpj.exe' }, 'name: must not contain marks that turn the direction of the text'],
    [{ sizeBytes: 0 }, 'sizeBytes: must not be empty'],
    [{ sizeBytes: maxFileBytes + 1 }, 'sizeBytes: must be at most 26214400 bytes (25 MB)'],
    [{ sizeBytes: 1.5 }, 'sizeBytes: Invalid input: expected int, received number'],
    [{ mediaType: 'text/html' }, `mediaType: must be one of ${mediaTypes.join(', ')}`],
    [{ mediaType: 'image/svg+xml' }, `mediaType: must be one of ${mediaTypes.join(', ')}`],
    [{ width: 10 }, 'height: give width and height, or neither'],
    [{ mediaType: 'application/pdf', width: 1, height: 1 }, 'width: is for images only'],
    [{ width: 0, height: 1 }, 'width: Too small: expected number to be >=1'],
    [{ path: '/x' }, ': Unrecognized key: "path"'],
  ])('not %j', (more, message) => {
    expect(fields(more)).toContain(message);
  });

  test('every type on the list, the largest size, names of all scripts', () => {
    for (const mediaType of mediaTypes) expect(fields({ mediaType, sizeBytes: maxFileBytes })).toBeUndefined();
    for (const name of ['日本語.png', 'שלום עולם.pdf', '.gitignore', '👩‍👩‍👧.png', 'a'.repeat(200)]) expect(fields({ name })).toBeUndefined();
  });

  test.each([
    ['application/json', 'attachment'],
    ['text/plain', 'attachment'],
    ['application/zip', 'attachment'],
    ['application/pdf', 'inline'],
    ['video/mp4', 'inline'],
    ['audio/mpeg', 'inline'],
    ['image/webp', 'inline'],
  ])('%s is read as %s', async (mediaType, disposition) => {
    const file = await aFile(ada, open, { mediaType, name: 'quote" and 50%.x' });
    const { download } = await readFile(app, ada, { fileId: file.id });
    const got = await fetch(download.url);
    expect(got.headers.get('content-type')).toBe(mediaType);
    expect(got.headers.get('content-disposition')).toBe(
      `${disposition}; filename="quote_ and 50_.x"; filename*=UTF-8''quote%22%20and%2050%25.x`,
    );
  });
});

describe('statements per action, besides begin and commit', () => {
  const counted = (work: () => Promise<unknown>) => countStatements(app, work);

  test('announce 3, complete 5, complete again 3, read 3', async () => {
    let announced: FileUpload | undefined;
    expect(await counted(async () => (announced = await announce(ada, open)))).toBe(3);
    await send(announced!);
    const fileId = announced!.file.id;
    expect(await counted(() => completeFile(app, ada, { fileId }))).toBe(5);
    expect(await counted(() => completeFile(app, ada, { fileId }))).toBe(3);
    expect(await counted(() => readFile(app, ada, { fileId }))).toBe(3);
  });
});
