import type { Upload } from '../../contract/file.ts';
import { backoffMs, requestBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { StreambedError, clientProblem, problemOf } from '../errors.ts';

export interface UploadWatch {
  readonly onProgress: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Uploads content to its signed address. Throws StreambedError, or the reason of an aborted signal. */
export type UploadContent = (upload: Upload, content: Blob, watch: UploadWatch) => Promise<void>;

/** A transport for content. */
export interface ContentSender {
  /** Sends the content once. Returns the status of the answer; throws when no answer came. */
  readonly put: (upload: Upload, content: Blob, watch: UploadWatch) => Promise<number>;
  /** Longest time without progress before an upload counts as dead. */
  readonly stalledAfterMs: number;
}

const maxTries = 3;

/** Uploads content, and retries after network failures until the server confirms that it is there. */
export function contentUploader(sender: ContentSender, clock: Clock): UploadContent {
  return async (upload, content, watch) => {
    for (let attempt = 0; ; attempt++) {
      const failure = await tryOnce(sender, clock, { upload, content, watch });
      if (failure === undefined) return;
      watch.signal?.throwIfAborted();
      const { code } = problemOf(failure);
      if (code !== 'unavailable' || attempt + 1 >= maxTries || Date.parse(upload.expiresAt) <= clock.now()) throw failure;
      await new Promise<void>((resolve) => void clock.after(backoffMs(requestBackoff, attempt, clock), resolve));
      watch.signal?.throwIfAborted();
    }
  };
}

interface Try {
  readonly upload: Upload;
  readonly content: Blob;
  readonly watch: UploadWatch;
}

/** Sends one try. Returns the reason of its failure. */
async function tryOnce(sender: ContentSender, clock: Clock, { upload, content, watch }: Try): Promise<StreambedError | undefined> {
  const { stalledAfterMs } = sender;
  const limit = new AbortController();
  const stop = (): void => limit.abort(watch.signal?.reason);
  if (watch.signal?.aborted) stop();
  watch.signal?.addEventListener('abort', stop, { once: true });
  const stalled = (): void => limit.abort(new Error(`nothing moved for ${stalledAfterMs / 1000} s`));
  let timer = clock.after(stalledAfterMs, stalled);
  const onProgress = (sentBytes: number, totalBytes: number): void => {
    clock.cancel(timer);
    timer = clock.after(stalledAfterMs, stalled);
    watch.onProgress(sentBytes, totalBytes);
  };
  try {
    const status = await sender.put(upload, content, { onProgress, signal: limit.signal });
    // 412: an earlier try had succeeded, and only its answer was lost.
    if ((status >= 200 && status < 300) || status === 412) return undefined;
    const detail = `the upload was answered with status ${status}`;
    return new StreambedError(clientProblem(status >= 500 || status === 429 ? 'unavailable' : 'upload_missing', detail));
  } catch (error) {
    const why: unknown = limit.signal.aborted ? limit.signal.reason : error;
    return new StreambedError(
      clientProblem('unavailable', `the upload failed: ${why instanceof Error ? why.message : String(why)}`),
      error,
    );
  } finally {
    clock.cancel(timer);
    watch.signal?.removeEventListener('abort', stop);
  }
}

/** Returns an XMLHttpRequest sender where there is one, because only that reports progress; else fetch. */
export function contentSender(fetch: typeof globalThis.fetch): ContentSender {
  if (typeof XMLHttpRequest === 'function') return { put: putByXhr, stalledAfterMs: 60_000 };
  return { put: (upload, content, watch) => putByFetch(fetch, upload, content, watch), stalledAfterMs: 600_000 };
}

async function putByFetch(fetch: typeof globalThis.fetch, upload: Upload, content: Blob, watch: UploadWatch): Promise<number> {
  const { method, headers, url } = upload;
  watch.onProgress(0, content.size);
  // fetch reports no progress. Bytes rather than a blob, so that their length is known and sent.
  const response = await fetch(url, { method, headers, body: await content.arrayBuffer(), signal: watch.signal });
  await response.text();
  if (response.ok) watch.onProgress(content.size, content.size);
  return response.status;
}

function putByXhr(upload: Upload, content: Blob, watch: UploadWatch): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.open(upload.method, upload.url);
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => watch.onProgress(Math.min(loaded, content.size), content.size));
    request.addEventListener('load', () => resolve(request.status));
    request.addEventListener('error', () => reject(new Error('the connection failed')));
    request.addEventListener('abort', () => reject(new Error('it was stopped')));
    request.addEventListener('loadend', () => watch.signal?.removeEventListener('abort', abort));
    if (watch.signal?.aborted) return reject(watch.signal.reason as Error);
    watch.signal?.addEventListener('abort', abort, { once: true });
    request.send(content);
  });
}
