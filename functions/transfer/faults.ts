import type { FieldError } from '../../contract/errors.ts';
import { AppError } from '../platform/errors.ts';

/** What is wrong with the lines of an import; each says which line of the request it is, and which field of it. */
export class Faults {
  readonly #found: FieldError[] = [];

  add(at: number, field: string, message: string): void {
    this.#found.push({ path: `body.records.${at}.${field}`, message });
  }

  /** Notes a reference to something that neither came before nor is in the workspace; null refers to nothing. */
  check(known: { has(id: string): boolean }, at: number, field: string, id: string | null, what: string): void {
    if (id !== null && !known.has(id)) this.add(at, field, `refers to ${what} that is not there: it must come before this line`);
  }

  throwAny(): void {
    if (this.#found.length === 0) return;
    const errors = this.#found.slice(0, 20);
    throw new AppError('invalid_input', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
  }
}
