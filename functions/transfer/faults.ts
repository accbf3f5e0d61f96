import type { FieldError } from '../../contract/errors.ts';
import { AppError } from '../platform/errors.ts';

/** Collects faults of imported lines, each with its line in the request and its field. */
export class Faults {
  readonly #found: FieldError[] = [];

  add(at: number, field: string, message: string): void {
    this.#found.push({ path: `body.records.${at}.${field}`, message });
  }

  /** Adds a fault for a reference to an id that is neither in earlier lines nor in the workspace. Null is no reference. */
  check(known: { has(id: string): boolean }, at: number, field: string, id: string | null, what: string): void {
    if (id !== null && !known.has(id)) this.add(at, field, `refers to ${what} that is not there: it must come before this line`);
  }

  throwAny(): void {
    if (this.#found.length === 0) return;
    const errors = this.#found.slice(0, 20);
    throw new AppError('invalid_input', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
  }
}
