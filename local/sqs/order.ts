import type { Message } from './message.ts';

/** The messages of a queue that can be received, and which of them comes next. */
export interface Order {
  /** A message that is new, or visible again. */
  add(message: Message): void;
  /** The next ones, which are in flight from now on. */
  take(max: number, maxBytes: number): Message[];
  /** A message that was taken is deleted, moved away, or about to be added again. */
  release(message: Message): void;
  /** A message that waits is deleted. */
  remove(message: Message): void;
  readonly waiting: number;
}

/** A standard queue: oldest first, whoever comes back goes to the end. */
export function standardOrder(): Order {
  const waiting = new Map<string, Message>();
  return {
    add: (message) => void waiting.set(message.id, message),
    take: (max, maxBytes) => {
      const taken: Message[] = [];
      let bytes = 0;
      for (const message of waiting.values()) {
        bytes += message.bytes;
        if (taken.length === max || (taken.length > 0 && bytes > maxBytes)) break;
        taken.push(message);
      }
      for (const message of taken) waiting.delete(message.id);
      return taken;
    },
    release: () => {},
    remove: (message) => void waiting.delete(message.id),
    get waiting() {
      return waiting.size;
    },
  };
}

interface Group {
  /** In the order of their places. */
  readonly waiting: Message[];
  inFlight: number;
}

/** A FIFO queue: nothing of a group is given out while any message of it is in flight. */
export function fifoOrder(): Order {
  const groups = new Map<string, Group>();
  /** Groups that wait and have nothing in flight, the one that waits longest first. */
  const ready = new Set<string>();
  let waiting = 0;
  const settle = (id: string, group: Group) => {
    if (group.inFlight > 0) return;
    if (group.waiting.length > 0) ready.add(id);
    else {
      ready.delete(id);
      groups.delete(id);
    }
  };
  return {
    add: (message) => {
      const id = message.groupId as string;
      const group = groups.get(id) ?? { waiting: [], inFlight: 0 };
      groups.set(id, group);
      const later = group.waiting.findLastIndex((other) => other.place < message.place);
      group.waiting.splice(later + 1, 0, message);
      waiting += 1;
      settle(id, group);
    },
    take: (max, maxBytes) => {
      const taken: Message[] = [];
      let bytes = 0;
      for (const id of ready) {
        const group = groups.get(id) as Group;
        while (group.waiting.length > 0 && taken.length < max) {
          bytes += (group.waiting[0] as Message).bytes;
          if (taken.length > 0 && bytes > maxBytes) break;
          taken.push(group.waiting.shift() as Message);
          group.inFlight += 1;
        }
        if (group.inFlight > 0) ready.delete(id);
        if (taken.length === max || bytes > maxBytes) break;
      }
      waiting -= taken.length;
      return taken;
    },
    release: (message) => {
      const group = groups.get(message.groupId as string) as Group;
      group.inFlight -= 1;
      settle(message.groupId as string, group);
    },
    remove: (message) => {
      const group = groups.get(message.groupId as string);
      const at = group?.waiting.indexOf(message) ?? -1;
      if (!group || at === -1) return;
      group.waiting.splice(at, 1);
      waiting -= 1;
      settle(message.groupId as string, group);
    },
    get waiting() {
      return waiting;
    },
  };
}
