/** A value that others watch. It stays the same object until one of its fields is another. */
export class ObservableValue<Value extends object> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get(): Value {
    return this.#value;
  }

  /** Puts a value in its place and tells everyone, if it says anything new. */
  set(value: Value): void {
    if (sameFields(this.#value, value)) return;
    this.#value = value;
    // Of a copy: who listens may change while they are told.
    for (const listener of new Set(this.#listeners)) listener();
  }

  /** Returns how to stop listening. */
  subscribe(listener: () => void): () => void {
    // A function of its own for each call: the same listener may listen twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Tells nobody any more. */
  close(): void {
    this.#listeners.clear();
  }
}

function sameFields<Value extends object>(a: Value, b: Value): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Value)[]);
  return [...names].every((name) => a[name] === b[name]);
}
