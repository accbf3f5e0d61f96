/** Counts of what could not be imported, by reason. */
export class LeftOut {
  readonly #reasons = new Map<string, { count: number; example: string }>();

  /** Counts one more case of a reason. `place` is kept for the first case. */
  note(reason: string, place: string): void {
    const known = this.#reasons.get(reason);
    if (known) known.count++;
    else this.#reasons.set(reason, { count: 1, example: place });
  }

  /** One line for each reason, the most frequent first. */
  lines(): string[] {
    return [...this.#reasons]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([reason, { count, example }]) => `  ${count.toLocaleString('en')} ${reason} (first: ${example})`);
  }
}
