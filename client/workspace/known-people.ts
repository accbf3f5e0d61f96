import type { Person } from '../../contract/stream.ts';

/** Names by id, of everyone met so far. */
export class KnownPeople {
  readonly #names = new Map<string, string>();
  #shown: ReadonlyMap<string, string> | undefined;

  meet({ id, name }: Person): void {
    if (this.#names.get(id) === name) return;
    this.#names.set(id, name);
    this.#shown = undefined;
  }

  /** The same map until a name changes. */
  list(): ReadonlyMap<string, string> {
    return (this.#shown ??= new Map(this.#names));
  }
}
