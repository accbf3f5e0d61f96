import { afterEach, describe, expect, test } from '@jest/globals';
import { contentSender, contentUploader } from '../../client/http/upload.ts';
import type { Upload } from '../../contract/file.ts';
import { FakeClock, settle } from './fake-clock.ts';

const upload: Upload = {
  url: 'http://bucket.test/key',
  method: 'PUT',
  headers: { 'if-none-match': '*' },
  expiresAt: '2099-01-01T00:00:00Z',
};
const content = new Blob(['hello world']);

/** A browser's XMLHttpRequest, as far as an upload needs it; the test says what happens to it. */
class FakeRequest extends EventTarget {
  static readonly made: FakeRequest[] = [];
  readonly upload = new EventTarget();
  readonly asked: unknown[] = [];
  status = 0;

  constructor() {
    super();
    FakeRequest.made.push(this);
  }

  open(...what: unknown[]): void {
    this.asked.push(...what);
  }

  setRequestHeader(...what: unknown[]): void {
    this.asked.push(...what);
  }

  send(body: unknown): void {
    this.asked.push(body);
  }

  abort(): void {
    this.#end('abort');
  }

  progress(loaded: number): void {
    this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded }));
  }

  answer(status: number): void {
    this.status = status;
    this.#end('load');
  }

  fail(): void {
    this.#end('error');
  }

  #end(type: string): void {
    this.dispatchEvent(new Event(type));
    this.dispatchEvent(new Event('loadend'));
  }
}

afterEach(() => {
  FakeRequest.made.length = 0;
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
});

function inBrowser() {
  Reflect.set(globalThis, 'XMLHttpRequest', FakeRequest);
  const clock = new FakeClock();
  const send = contentUploader(
    contentSender(() => Promise.reject(new Error('not by fetch'))),
    clock,
  );
  return { clock, send, made: FakeRequest.made };
}

describe('uploading in a browser', () => {
  test('goes by XMLHttpRequest, with the headers it was given, and tells how far it is', async () => {
    const { send, made } = inBrowser();
    const progress: number[][] = [];
    const done = send(upload, content, { onProgress: (...step) => progress.push(step) });
    const [request] = made;
    expect(request!.asked).toEqual(['PUT', upload.url, 'if-none-match', '*', content]);
    request!.progress(4);
    // Some browsers count what is around the content too.
    request!.progress(400);
    request!.answer(200);
    await done;
    expect(progress).toEqual([
      [4, 11],
      [11, 11],
    ]);
  });

  test('is tried again after the network failed, three times in all', async () => {
    const { send, made, clock } = inBrowser();
    const done = send(upload, content, { onProgress: () => undefined });
    const failed = expect(done).rejects.toMatchObject({ problem: { code: 'unavailable', detail: expect.stringContaining('connection') } });
    for (let i = 0; i < 3; i++) {
      made[i]!.fail();
      await clock.advance(5_000);
    }
    await failed;
    expect(made).toHaveLength(3);
  });

  test('is given up when nothing moves for a minute, and not while something does', async () => {
    const { send, made, clock } = inBrowser();
    const done = send(upload, content, { onProgress: () => undefined });
    for (let i = 1; i <= 5; i++) {
      await clock.advance(50_000);
      made[0]!.progress(i);
    }
    expect(made).toHaveLength(1);
    await clock.advance(61_000);
    await clock.advance(5_000);
    expect(made).toHaveLength(2);
    made[1]!.answer(412);
    await done;
    expect(clock.waiting).toBe(0);
  });

  test('stops when it is told to, also between two tries', async () => {
    const { send, made, clock } = inBrowser();
    const first = new AbortController();
    const stopped = send(upload, content, { onProgress: () => undefined, signal: first.signal });
    first.abort(new Error('never mind'));
    await expect(stopped).rejects.toThrow('never mind');
    const second = new AbortController();
    const waiting = send(upload, content, { onProgress: () => undefined, signal: second.signal });
    const ended = expect(waiting).rejects.toThrow('never mind');
    made[1]!.answer(503);
    await settle();
    second.abort(new Error('never mind'));
    await clock.advance(5_000);
    await ended;
    expect(made).toHaveLength(2);
  });

  test('is not tried again when the address has run out', async () => {
    const { send, made } = inBrowser();
    const done = send({ ...upload, expiresAt: '2020-01-01T00:00:00Z' }, content, { onProgress: () => undefined });
    made[0]!.fail();
    await expect(done).rejects.toMatchObject({ problem: { code: 'unavailable' } });
    expect(made).toHaveLength(1);
  });
});
