/** Start of the time in a connection id: 2026-01-01, in milliseconds since 1970. 41 bits reach to 2095. */
export const snowflakeEpochMs = Date.UTC(2026, 0, 1);
/** Numbers of workers, and of ids that a worker makes in one millisecond. */
export const workers = 1 << 10;
const idsPerMs = 1 << 12;

/**
 * Makes 64-bit ids: 41 bits of milliseconds, 10 of the worker, 12 of a counter. The ids of a worker grow also when its clock goes back: it
 * keeps to the latest millisecond that it has used, and borrows the next one when the counter is full.
 */
export class Snowflakes {
  #ms = 0;
  #count = 0;

  next(worker: number, nowMs: number): bigint {
    const ms = nowMs - snowflakeEpochMs;
    if (ms > this.#ms) [this.#ms, this.#count] = [ms, 0];
    else if (++this.#count === idsPerMs) [this.#ms, this.#count] = [this.#ms + 1, 0];
    return (BigInt(this.#ms) << 22n) | (BigInt(worker) << 12n) | BigInt(this.#count);
  }

  /** The latest millisecond that an id was made of, since 1970. */
  get latestMs(): number {
    return this.#ms + snowflakeEpochMs;
  }
}
