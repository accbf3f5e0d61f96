import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A stored object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** MD5 of the content in quotes. */
  readonly etag: string;
  /** ISO time of the upload. */
  readonly modified: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Name of the file with the content, in the folder of the bucket. */
  readonly file: string;
}

/** Content that has arrived completely but is not an object yet. */
export interface Draft {
  readonly bytes: number;
  readonly md5: Buffer;
  readonly sha256: string;
  /** Makes the content the object of its key; false when the key exists and `onlyIfNew` is set. */
  keep(about: Pick<StoredObject, 'key' | 'mediaType' | 'modified' | 'tags'>, onlyIfNew: boolean): false | StoredObject;
  drop(): void;
}

/** The objects of one bucket in a folder: a content file and a metadata file for each. */
export interface ObjectFolder {
  find(key: string): StoredObject | undefined;
  pathOf(object: StoredObject): string;
  receive(content: Readable): Promise<Draft>;
  retag(object: StoredObject, tags: StoredObject['tags']): void;
  delete(key: string): void;
  list(): StoredObject[];
}

/** Opens the folder of a bucket and deletes files that a crash left incomplete. */
export function openObjectFolder(folder: string): ObjectFolder {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.draft')) rmSync(path.join(folder, name));
  return new Folder(folder);
}

class Folder implements ObjectFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  find(key: string): StoredObject | undefined {
    return readAbout(this.#aboutFile(key));
  }

  pathOf({ file }: StoredObject): string {
    return path.join(this.#folder, file);
  }

  async receive(content: Readable): Promise<Draft> {
    const file = this.#draftFile();
    const drop = (): void => rmSync(file, { force: true });
    try {
      const { bytes, md5, sha256 } = await writeMeasured(content, file);
      return { bytes, md5, sha256, drop, keep: (about, onlyIfNew) => this.#keep(file, { ...about, bytes }, md5, onlyIfNew) };
    } catch (thrown) {
      drop();
      throw thrown;
    }
  }

  /** Checks and writes in one synchronous step, so that one of two parallel uploads is first. */
  #keep(draft: string, about: Omit<StoredObject, 'etag' | 'file'>, md5: Buffer, onlyIfNew: boolean): false | StoredObject {
    const before = this.find(about.key);
    if (before !== undefined && onlyIfNew) {
      rmSync(draft, { force: true });
      return false;
    }
    const object = { ...about, etag: `"${md5.toString('hex')}"`, file: `${randomUUID()}.content` };
    renameSync(draft, this.pathOf(object));
    this.#write(object);
    if (before !== undefined) rmSync(this.pathOf(before), { force: true });
    return object;
  }

  retag(object: StoredObject, tags: StoredObject['tags']): void {
    this.#write({ ...object, tags });
  }

  delete(key: string): void {
    const object = this.find(key);
    if (object === undefined) return;
    rmSync(this.#aboutFile(key), { force: true });
    rmSync(this.pathOf(object), { force: true });
  }

  list(): StoredObject[] {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    return files.flatMap((name) => readAbout(path.join(this.#folder, name)) ?? []);
  }

  /** Path of a metadata file. A hash, because a key may be too long for a file name or hold forbidden characters. */
  #aboutFile(key: string): string {
    return path.join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  #draftFile(): string {
    return path.join(this.#folder, `${randomUUID()}.draft`);
  }

  #write(object: StoredObject): void {
    const draft = this.#draftFile();
    writeFileSync(draft, JSON.stringify(object));
    renameSync(draft, this.#aboutFile(object.key));
  }
}

function readAbout(file: string): StoredObject | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredObject;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

async function writeMeasured(content: Readable, file: string): Promise<{ bytes: number; md5: Buffer; sha256: string }> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      md5.update(chunk);
      sha256.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(content, measure, createWriteStream(file));
  return { bytes, md5: md5.digest(), sha256: sha256.digest('hex') };
}
