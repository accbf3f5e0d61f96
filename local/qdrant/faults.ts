import { setTimeout as pause } from 'node:timers/promises';
import { QdrantError } from './errors.ts';

/** Faults for tests of the app's reaction. Each stays until it is turned off. */
export interface QdrantFaults {
  /** Cuts every connection before its answer; false ends the fault. */
  down(isDown?: boolean): void;
  /** Delays every answer; 0 ends the fault. */
  slow(milliseconds: number): void;
  /** Fails the next requests, one by default. */
  failWith(status: number, times?: number): void;
  /** Refuses operations that need disk space; false ends the fault. */
  diskFull(isFull?: boolean): void;
  /** Deletes a collection, as an operator might. */
  dropCollection(name: string): void;
}

/** The faults from the server's side. */
export interface ArmedFaults extends QdrantFaults {
  readonly isDown: boolean;
  /** Delays or throws as the faults say, before a request is handled. */
  strike(): Promise<void>;
  /** Throws when the disk counts as full. */
  demandRoom(): void;
}

export function createFaults(dropCollection: (name: string) => void): ArmedFaults {
  let isDown = false;
  let isFull = false;
  let delay = 0;
  let failure = { status: 500, times: 0 };
  return {
    get isDown() {
      return isDown;
    },
    down: (value = true) => void (isDown = value),
    slow: (milliseconds) => void (delay = milliseconds),
    failWith: (status, times = 1) => void (failure = { status, times }),
    diskFull: (value = true) => void (isFull = value),
    dropCollection,
    async strike() {
      if (delay > 0) await pause(delay);
      if (failure.times <= 0) return;
      failure.times--;
      throw new QdrantError(failure.status, `Service internal error: A fault that was set on purpose (${failure.status})`);
    },
    demandRoom() {
      if (isFull) throw outOfDisk();
    },
  };
}

/** Qdrant's error for a full disk. */
export const outOfDisk = (): QdrantError =>
  new QdrantError(500, 'Service internal error: No space left on device: WAL buffer size exceeds available disk space');
