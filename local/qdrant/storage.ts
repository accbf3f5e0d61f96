import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Collection, type Change } from './collection.ts';
import { readLine, writeLine } from './log-line.ts';

/** Log of one collection's changes. */
export interface ChangeLog {
  /** Appends a change. After the return a crash of this process does not lose it. */
  append(change: Change): void;
  /** True when most of the log is obsolete. */
  isLong(): boolean;
  /** Rewrites the log from the current content while changes continue. */
  compact(): Promise<void>;
  close(): void;
  delete(): void;
}

export interface Storage {
  create(name: string, collection: Collection): ChangeLog;
  /** Loads all stored collections. */
  load(): Promise<Map<string, { readonly collection: Collection; readonly log: ChangeLog }>>;
  saveAliases(aliases: ReadonlyMap<string, string>): void;
  loadAliases(): Map<string, string>;
}

/** Storage that keeps nothing, for a server with temporary data. */
export const noStorage: Storage = {
  create: () => ({ append() {}, isLong: () => false, async compact() {}, close() {}, delete() {} }),
  load: async () => new Map(),
  saveAliases: () => {},
  loadAliases: () => new Map(),
};

const ending = '.log';
/** Size below which a log is not worth compacting. */
const shortBytes = 16 * 1024 * 1024;
const pointsPerLine = 64;
/** Time of reading a log between two yields to the event loop. */
const turnMilliseconds = 20;

/** Stores each collection in a file of a folder: one line for each change, appended before the change is acknowledged. */
export function openStorage(folder: string): Storage {
  mkdirSync(folder, { recursive: true });
  const fileOf = (name: string): string => path.join(folder, `${encodeURIComponent(name)}${ending}`);
  const aliasFile = path.join(folder, 'aliases.json');
  return {
    create(name, collection) {
      const file = fileOf(name);
      // Renamed when its first line is complete, so a collection exists fully or not at all.
      writeFileSync(`${file}.new`, writeLine({ kind: 'create', config: collection.config }));
      renameSync(`${file}.new`, file);
      return new FileLog(file, collection);
    },
    async load() {
      const collections = new Map<string, { collection: Collection; log: ChangeLog }>();
      for (const entry of readdirSync(folder)) {
        if (entry.endsWith('.new')) rmSync(path.join(folder, entry));
        if (!entry.endsWith(ending)) continue;
        const name = decodeURIComponent(entry.slice(0, -ending.length));
        const collection = await replay(fileOf(name));
        collections.set(name, { collection, log: new FileLog(fileOf(name), collection) });
      }
      return collections;
    },
    saveAliases(aliases) {
      writeFileSync(`${aliasFile}.new`, JSON.stringify(Object.fromEntries(aliases)));
      renameSync(`${aliasFile}.new`, aliasFile);
    },
    loadAliases: () =>
      new Map(existsSync(aliasFile) ? Object.entries(JSON.parse(readFileSync(aliasFile, 'utf8')) as Record<string, string>) : []),
  };
}

/** Rebuilds a collection from its log. Truncates an incomplete last line, which a crash left. */
async function replay(file: string): Promise<Collection> {
  let collection: Collection | undefined;
  let rest: Buffer = Buffer.alloc(0);
  let whole = 0;
  let number = 0;
  let turned = performance.now();
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      if (performance.now() - turned > turnMilliseconds) {
        await nextTurn();
        turned = performance.now();
      }
      const change = readWhole(bytes.toString('utf8', start, end), file, ++number);
      if (change.kind === 'create') collection = new Collection(change.config);
      else collection?.apply(change);
      start = end + 1;
    }
    whole += start;
    rest = bytes.subarray(start);
  }
  if (collection === undefined) throw new Error(`${file} does not begin with a collection`);
  if (rest.length > 0) {
    const open = openSync(file, 'r+');
    ftruncateSync(open, whole);
    closeSync(open);
  }
  return collection;
}

function readWhole(line: string, file: string, number: number): Change {
  try {
    return readLine(line);
  } catch (error) {
    throw new Error(`${file} cannot be read at line ${number}`, { cause: error });
  }
}

class FileLog implements ChangeLog {
  readonly #file: string;
  readonly #collection: Collection;
  #open: number;
  #bytes: number;
  /** Size of the log after its last compaction. */
  #liveBytes: number;
  /** Changes during a compaction. */
  #meanwhile: string[] | undefined;
  #isClosed = false;

  constructor(file: string, collection: Collection) {
    this.#file = file;
    this.#collection = collection;
    this.#open = openSync(file, 'a');
    this.#bytes = statSync(file).size;
    this.#liveBytes = shortBytes;
  }

  append(change: Change): void {
    const line = writeLine(change);
    try {
      this.#bytes += writeAll(this.#open, line);
    } catch (error) {
      // An incomplete line must not precede the next one.
      ftruncateSync(this.#open, this.#bytes);
      throw error;
    }
    this.#meanwhile?.push(line);
  }

  isLong(): boolean {
    return this.#meanwhile === undefined && !this.#isClosed && this.#bytes > Math.max(shortBytes, 3 * this.#liveBytes);
  }

  async compact(): Promise<void> {
    if (this.#meanwhile !== undefined || this.#isClosed) return;
    const meanwhile: string[] = (this.#meanwhile = []);
    const name = `${this.#file}.new`;
    const fresh = openSync(name, 'w');
    try {
      let bytes = 0;
      for (const line of linesOf(this.#collection)) {
        bytes += writeAll(fresh, line);
        await nextTurn();
        if (this.#isClosed) return;
      }
      for (const line of meanwhile) bytes += writeAll(fresh, line);
      renameSync(name, this.#file);
      closeSync(this.#open);
      this.#open = openSync(this.#file, 'a');
      this.#bytes = this.#liveBytes = bytes;
    } finally {
      closeSync(fresh);
      rmSync(name, { force: true });
      this.#meanwhile = undefined;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#open);
  }

  delete(): void {
    this.close();
    rmSync(this.#file, { force: true });
  }
}

/** Serializes a whole collection as a log. Changes during the read are appended behind it; applying them twice gives the same result. */
function* linesOf(collection: Collection): Generator<string> {
  yield writeLine({ kind: 'create', config: collection.config });
  for (const [field, { schema }] of collection.indexes) yield writeLine({ kind: 'index', field, schema });
  const ids = [...collection.unsortedIds()];
  for (let start = 0; start < ids.length; start += pointsPerLine) {
    const points = ids.slice(start, start + pointsPerLine).flatMap((id) => collection.point(id) ?? []);
    yield writeLine({ kind: 'upsert', points });
  }
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  return bytes.length;
}
