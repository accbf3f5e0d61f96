import type { Log } from '../types.ts';
import { Collection, type Change, type CollectionConfig } from './collection.ts';
import { invalid, noCollection, notFound, QdrantError, wrongInput } from './errors.ts';
import { outOfDisk, type ArmedFaults } from './faults.ts';
import type { AliasAction, CollectionBody } from './requests.ts';
import type { ChangeLog, Storage } from './storage.ts';

/** A collection with the log of its changes. */
export interface Kept {
  readonly collection: Collection;
  readonly log: ChangeLog;
}

/** All collections of a server, by name and by alias. */
export class Collections {
  readonly #storage: Storage;
  readonly #kept: Map<string, Kept>;
  readonly #log: Log;
  readonly #faults: ArmedFaults;
  #aliases: Map<string, string>;
  #isClosed = false;

  constructor(storage: Storage, kept: Map<string, Kept>, faults: ArmedFaults, log: Log) {
    this.#storage = storage;
    this.#kept = kept;
    this.#faults = faults;
    this.#log = log;
    this.#aliases = new Map([...storage.loadAliases()].filter(([, name]) => kept.has(name)));
  }

  get names(): string[] {
    return [...this.#kept.keys()].sort();
  }

  get aliases(): ReadonlyMap<string, string> {
    return this.#aliases;
  }

  has(name: string): boolean {
    return this.#kept.has(this.#aliases.get(name) ?? name);
  }

  get(name: string): Collection {
    return this.#find(name).collection;
  }

  /** Resolves an alias to the collection's name; a name stays as it is. */
  nameOf(name: string): string {
    this.#find(name);
    return this.#aliases.get(name) ?? name;
  }

  create(name: string, body: CollectionBody): void {
    // As in Qdrant, where a name becomes a folder.
    if (name.length > 255 || /[<>:"/\\|?*\p{Cc}]/u.test(name)) throw invalid(`collection_name: "${name}" is not a name of a collection`);
    if (this.#kept.has(name)) throw wrongInput(`Collection \`${name}\` already exists!`, 409);
    if (this.#aliases.has(name))
      throw wrongInput(`Can't create collection with name ${name}. Alias with the same name already exists`, 409);
    this.#demandRoom();
    const collection = new Collection(configOf(body));
    this.#kept.set(name, { collection, log: this.#storage.create(name, collection) });
  }

  /** Deletes a collection by name, not alias; true when it existed. */
  delete(name: string): boolean {
    const kept = this.#kept.get(name);
    if (kept === undefined) return false;
    const aliases = new Map([...this.#aliases].filter(([, target]) => target !== name));
    if (aliases.size !== this.#aliases.size) this.#storage.saveAliases(aliases);
    this.#aliases = aliases;
    this.#kept.delete(name);
    kept.log.delete();
    return true;
  }

  /** Logs a change, then applies it; returns its number. */
  change(name: string, change: Exclude<Change, { kind: 'create' }>): number {
    const { collection, log } = this.#find(name);
    this.#demandRoom();
    try {
      log.append(change);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? outOfDisk() : error;
    }
    collection.apply(change);
    if (log.isLong()) {
      log
        .compact()
        .catch((error: unknown) => this.#log('warn', 'a log of the local Qdrant stays long', { collection: name, error: String(error) }));
    }
    return collection.operations;
  }

  /** Changes aliases: all of the actions, or none. */
  changeAliases(actions: readonly AliasAction[]): void {
    const aliases = new Map(this.#aliases);
    for (const action of actions) {
      if ('create_alias' in action) {
        const { alias_name: alias, collection_name: name } = action.create_alias;
        if (!this.#kept.has(name)) throw noCollection(name);
        if (this.#kept.has(alias)) throw wrongInput(`Collection \`${alias}\` already exists!`, 409);
        aliases.set(alias, name);
      } else if ('delete_alias' in action) aliases.delete(action.delete_alias.alias_name);
      else {
        const { old_alias_name: old, new_alias_name: renamed } = action.rename_alias;
        const name = aliases.get(old);
        if (name === undefined) throw notFound(`Alias ${old} does not exists!`);
        aliases.delete(old);
        aliases.set(renamed, name);
      }
    }
    this.#demandRoom();
    this.#storage.saveAliases(aliases);
    this.#aliases = aliases;
  }

  /** Refuses changes from now on. Requests in progress when a server stops are not acknowledged. */
  close(): void {
    this.#isClosed = true;
    for (const { log } of this.#kept.values()) log.close();
  }

  #demandRoom(): void {
    if (this.#isClosed) throw new QdrantError(503, 'Service internal error: The local Qdrant is stopped');
    this.#faults.demandRoom();
  }

  #find(name: string): Kept {
    const kept = this.#kept.get(this.#aliases.get(name) ?? name);
    if (kept === undefined) throw noCollection(name);
    return kept;
  }
}

function configOf({ vectors = {}, sparse_vectors: sparse, on_disk_payload: onDiskPayload }: CollectionBody): CollectionConfig {
  const isUnnamed = typeof vectors['size'] === 'number';
  const named = (isUnnamed ? { '': vectors } : vectors) as CollectionConfig['dense'];
  return {
    dense: Object.fromEntries(Object.entries(named).map(([name, { size, distance }]) => [name, { size, distance }])),
    sparse: Object.fromEntries(Object.entries(sparse ?? {}).map(([name, { modifier }]) => [name, modifier ? { modifier } : {}])),
    isUnnamed,
    onDiskPayload: onDiskPayload ?? true,
  };
}
