import { describe, expect, test } from '@jest/globals';
import { StreambedError, clientProblem } from '../../../client/errors.ts';
import type { File as StoredFile } from '../../../contract/file.ts';
import { Uploads, mostFiles, type UploadsOptions } from '../../../web/src/files/file-uploads.ts';

interface Started {
  readonly name: string;
  readonly type: string;
  readonly pixels: unknown;
  readonly signal: AbortSignal;
  progress(sent: number): void;
  done(): Promise<void>;
  fail(error: unknown): Promise<void>;
}

const png = (name: string): File => new File(['12345'], name, { type: 'image/png' });
const turn = async (): Promise<void> => void (await new Promise((resolve) => setImmediate(resolve)));

function open() {
  const started: Started[] = [];
  const dropped: string[] = [];
  const options: UploadsOptions = {
    upload: (content, { signal, onProgress, width, height }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        started.push({
          name: content.name,
          type: content.type,
          pixels: { width, height },
          signal,
          progress: (sent) => onProgress(sent, content.size),
          done: () => (resolve({ id: `fil_${content.name}`, name: content.name } as unknown as StoredFile), turn()),
          fail: (error) => (reject(error), turn()),
        });
      }),
    measure: () => Promise.resolve({ width: 8, height: 4 }),
    preview: { make: ({ name }) => `blob:${name}`, drop: (url) => void dropped.push(url) },
  };
  const uploads = new Uploads(options);
  const first = (): Started => started.at(-1) ?? fail('nothing was started');
  return {
    uploads,
    started,
    dropped,
    first,
    state: () => uploads.getSnapshot().map(({ name, status, progress }) => ({ name, status, progress })),
  };
}
const fail = (why: string): never => {
  throw new Error(why);
};

describe('a file beside a text', () => {
  test('uploads at once, reports its progress, and is ready', async () => {
    const { uploads, first, state } = open();
    uploads.add([png('a.png')]);
    await turn();
    expect(first()).toMatchObject({ name: 'a.png', type: 'image/png', pixels: { width: 8, height: 4 } });
    first().progress(2);
    expect(state()).toEqual([{ name: 'a.png', status: 'uploading', progress: 0.4 }]);
    await first().done();
    expect(state()).toEqual([{ name: 'a.png', status: 'ready', progress: 1 }]);
  });

  test('that failed can be retried', async () => {
    const { uploads, first, started, state } = open();
    uploads.add([png('a.png')]);
    await turn();
    await first().fail(new StreambedError(clientProblem('unavailable', 'the connection failed')));
    expect(uploads.getSnapshot()[0]).toMatchObject({ status: 'failed', says: expect.stringContaining('the connection failed') });
    uploads.retry(1);
    await turn();
    expect(started).toHaveLength(2);
    await first().done();
    expect(state()).toEqual([{ name: 'a.png', status: 'ready', progress: 1 }]);
    expect(uploads.getSnapshot()[0]?.says).toBeUndefined();
  });

  test('that cannot be shared is never uploaded', async () => {
    const { uploads, started } = open();
    uploads.add([new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' })]);
    await turn();
    expect(started).toHaveLength(0);
    expect(uploads.getSnapshot()[0]).toMatchObject({ status: 'refused', says: expect.stringContaining('cannot be shared') });
    uploads.retry(1);
    expect(uploads.getSnapshot()[0]?.status).toBe('refused');
  });

  test('that is removed is aborted, and is no longer listed', async () => {
    const { uploads, first, dropped } = open();
    uploads.add([png('a.png')]);
    await turn();
    const upload = first();
    uploads.remove(1);
    expect(upload.signal.aborted).toBe(true);
    upload.progress(3);
    await turn();
    expect(uploads.getSnapshot()).toEqual([]);
    expect(dropped).toEqual(['blob:a.png']);
  });

  test('that was posted can still be found by its id', async () => {
    const { uploads, first } = open();
    uploads.add([png('a.png')]);
    await turn();
    await first().done();
    uploads.take(1);
    expect(uploads.getSnapshot()).toEqual([]);
    expect(uploads.sent('fil_a.png')?.name).toBe('a.png');
  });
});

test('files above the limit are left out, with an error text', () => {
  const { uploads } = open();
  expect(uploads.add(Array.from({ length: mostFiles + 3 }, (_, i) => png(`${i}.png`)))).toContain('the most');
  expect(uploads.getSnapshot()).toHaveLength(mostFiles);
});

test('the snapshot stays the same until a change, and listeners are called for each change', () => {
  const { uploads } = open();
  let calls = 0;
  const stop = uploads.subscribe(() => calls++);
  expect(uploads.getSnapshot()).toBe(uploads.getSnapshot());
  uploads.add([png('a.png')]);
  expect(calls).toBeGreaterThan(0);
  const before = calls;
  stop();
  uploads.remove(1);
  expect(calls).toBe(before);
});
