import { problemOf } from '../../../client/errors.ts';
import type { File as StoredFile } from '../../../contract/file.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { checkFile, kindOf, type FileKind } from './file-check.ts';

/** A file that goes with the next message. */
export interface UploadItem {
  readonly id: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly kind: FileKind;
  /** A local address of the image, before the upload. */
  readonly previewUrl: string | undefined;
  /** `refused`: the file cannot be shared. `failed`: a retry is possible. */
  readonly status: 'uploading' | 'ready' | 'failed' | 'refused';
  /** Uploaded share, from 0 to 1. */
  readonly progress: number;
  /** The error in words. */
  readonly says?: string;
  readonly stored?: StoredFile;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
}

export interface UploadsOptions {
  /** Uploads a file whose type and name are checked. */
  readonly upload: (
    content: File,
    options: { signal: AbortSignal; onProgress: (sent: number, total: number) => void } & Partial<Pixels>,
  ) => Promise<StoredFile>;
  readonly measure: (content: File) => Promise<Pixels | undefined>;
  readonly preview: { make(content: File): string; drop(url: string): void };
}

/** Limit of files per message. */
export const mostFiles = 10;

interface Entry {
  item: UploadItem;
  readonly content: File | undefined;
  stop: AbortController;
}

/** The files of a composer. Each one uploads at once, so that sending need not wait. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #listeners = new Set<() => void>();
  readonly #sent = new Map<string, StoredFile>();
  #entries: Entry[] = [];
  #list: readonly UploadItem[] = [];
  #count = 0;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** The current list; the same array until a change. */
  getSnapshot(): readonly UploadItem[] {
    return this.#list;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds files; returns an error text when there are too many. */
  add(files: readonly File[]): string | undefined {
    const room = mostFiles - this.#entries.length;
    for (const file of files.slice(0, Math.max(0, room))) this.#takeOn(file);
    this.#changed();
    return files.length > room ? `${mostFiles} files at once are the most. Send these first.` : undefined;
  }

  /** Aborts an upload and removes the file. */
  remove(id: number): void {
    const entry = this.#entries.find(({ item }) => item.id === id);
    if (!entry) return;
    entry.stop.abort();
    if (entry.item.previewUrl !== undefined) this.#options.preview.drop(entry.item.previewUrl);
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#changed();
  }

  retry(id: number): void {
    const entry = this.#entries.find(({ item }) => item.id === id);
    if (entry?.item.status === 'failed') void this.#upload(entry);
  }

  /** Removes a file that was posted; `sent` still finds it. */
  take(id: number): void {
    const stored = this.#entries.find(({ item }) => item.id === id)?.item.stored;
    if (stored) this.#sent.set(stored.id, stored);
    this.remove(id);
  }

  /** A file that this page posted, for the time until its event arrives. */
  sent(fileId: string): StoredFile | undefined {
    return this.#sent.get(fileId);
  }

  #takeOn(file: File): void {
    const id = ++this.#count;
    const verdict = checkFile(file);
    const base = { id, name: verdict.ok ? verdict.name : file.name, sizeBytes: file.size, progress: 0 };
    const stop = new AbortController();
    if (!verdict.ok) {
      const item: UploadItem = { ...base, kind: 'other', previewUrl: undefined, status: 'refused', says: verdict.says };
      this.#entries.push({ item, content: undefined, stop });
      return;
    }
    const kind = kindOf(verdict.mediaType);
    const content = new File([file], verdict.name, { type: verdict.mediaType });
    const previewUrl = kind === 'image' ? this.#options.preview.make(file) : undefined;
    const entry: Entry = { item: { ...base, kind, previewUrl, status: 'uploading' }, content, stop };
    this.#entries.push(entry);
    void this.#upload(entry);
  }

  async #upload(entry: Entry): Promise<void> {
    const { content } = entry;
    if (!content) return;
    entry.stop = new AbortController();
    const { says: _, ...rest } = entry.item;
    entry.item = { ...rest, status: 'uploading', progress: 0 };
    this.#changed();
    try {
      const pixels = entry.item.kind === 'image' ? await this.#options.measure(content) : undefined;
      const onProgress = (sent: number, total: number): void => this.#set(entry, { progress: total === 0 ? 0 : sent / total });
      const stored = await this.#options.upload(content, { signal: entry.stop.signal, onProgress, ...pixels });
      this.#set(entry, { status: 'ready', progress: 1, stored });
    } catch (error) {
      if (entry.stop.signal.aborted) return;
      const problem = problemOf(error);
      this.#set(entry, { status: problem.status === 400 ? 'refused' : 'failed', says: sentenceOf(problem) });
    }
  }

  #set(entry: Entry, change: Partial<UploadItem>): void {
    if (!this.#entries.includes(entry)) return;
    entry.item = { ...entry.item, ...change };
    this.#changed();
  }

  #changed(): void {
    this.#list = this.#entries.map(({ item }) => item);
    for (const listener of this.#listeners) listener();
  }
}
