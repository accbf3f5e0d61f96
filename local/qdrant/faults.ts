import { setTimeout as pause } from 'node:timers/promises';
import { QdrantError } from './errors.ts';

/** What can go wrong on purpose, for tests of what the app does about it. Each stays until it is taken back. */
export interface QdrantFaults {
  /** Cuts every connection before it is answered; false ends it. */
  down(isDown?: boolean): void;
  /** Lets every answer wait; 0 ends it. */
  slow(milliseconds: number): void;
  /** Answers the next requests with an error; one unless given. */
  failWith(status: number, times?: number): void;
  /** Refuses what needs room on the disk; false ends it. */
  diskFull(isFull?: boolean): void;
  /** Takes a collection away, as somebody might who empties the server. */
  dropCollection(name: string): void;
}

/** The faults as the server meets them. */
export interface ArmedFaults extends QdrantFaults {
  readonly isDown: boolean;
  /** Waits and throws as the faults want it, before a request is looked at. */
  strike(): Promise<void>;
  /** Throws when there is no room to write. */
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

/** What Qdrant says when a disk has no room for its log. */
export const outOfDisk = (): QdrantError =>
  new QdrantError(500, 'Service internal error: No space left on device: WAL buffer size exceeds available disk space');
