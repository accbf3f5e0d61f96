/** A value with listeners. It stays the same object until one of its fields changes. */
export class ObservableValue<Value extends object> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get(): Value {
    return this.#value;
  }

  /** Replaces the value and calls the listeners, unless every field is the same. */
  set(value: Value): void {
    if (sameFields(this.#value, value)) return;
    this.#value = value;
    // A copy, because listeners may subscribe and unsubscribe while they are called.
    for (const listener of new Set(this.#listeners)) listener();
  }

  /** Subscribes a listener. Returns a function that unsubscribes it. */
  subscribe(listener: () => void): () => void {
    // A new function for each call, so that the same listener can subscribe twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Drops all listeners. */
  close(): void {
    this.#listeners.clear();
  }
}

function sameFields<Value extends object>(a: Value, b: Value): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Value)[]);
  return [...names].every((name) => a[name] === b[name]);
}
