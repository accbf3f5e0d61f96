import type { Message } from './message.ts';

/** The receivable messages of a queue, in delivery order. */
export interface Order {
  /** Adds a message that is new or visible again. */
  add(message: Message): void;
  /** Takes the next messages, which are then in flight. */
  take(max: number, maxBytes: number): Message[];
  /** Releases a taken message before it is deleted, moved or added again. */
  release(message: Message): void;
  /** Removes a waiting message. */
  remove(message: Message): void;
  readonly waiting: number;
}

/** The messages of one group in a standard queue; messages without a group form one too. */
interface Lane {
  /** Waiting messages with their arrival numbers, in that order. */
  readonly waiting: Map<Message, number>;
  inFlight: number;
}

/**
 * A standard queue: oldest first, and a returned message goes to the end. Groups make it a fair queue: a group with fewer messages in
 * flight comes first, so that a busy group does not delay the others.
 */
export function standardOrder(): Order {
  const lanes = new Map<string | undefined, Lane>();
  let coming = 0;
  let waiting = 0;
  const settle = (groupId: string | undefined, { waiting: left, inFlight }: Lane): void => {
    if (left.size === 0 && inFlight === 0) lanes.delete(groupId);
  };
  return {
    add: (message) => {
      const lane = lanes.get(message.groupId) ?? { waiting: new Map(), inFlight: 0 };
      lanes.set(message.groupId, lane);
      lane.waiting.set(message, ++coming);
      waiting += 1;
    },
    take: (max, maxBytes) => {
      const taken: Message[] = [];
      let bytes = 0;
      for (let next = fairest(lanes.values()); next !== undefined && taken.length < max; next = fairest(lanes.values())) {
        const { lane, message } = next;
        bytes += message.bytes;
        if (taken.length > 0 && bytes > maxBytes) break;
        lane.waiting.delete(message);
        lane.inFlight += 1;
        taken.push(message);
      }
      waiting -= taken.length;
      return taken;
    },
    release: (message) => {
      const lane = lanes.get(message.groupId);
      if (lane === undefined) return;
      lane.inFlight -= 1;
      settle(message.groupId, lane);
    },
    remove: (message) => {
      const lane = lanes.get(message.groupId);
      if (!lane?.waiting.delete(message)) return;
      waiting -= 1;
      settle(message.groupId, lane);
    },
    get waiting() {
      return waiting;
    },
  };
}

/** Next message of the lane with the fewest in flight; arrival decides between equal lanes. */
function fairest(lanes: Iterable<Lane>): { lane: Lane; message: Message } | undefined {
  let best: { lane: Lane; message: Message; came: number } | undefined;
  for (const lane of lanes) {
    const [first] = lane.waiting;
    if (first === undefined) continue;
    const [message, came] = first;
    const ahead = best === undefined ? -1 : lane.inFlight - best.lane.inFlight || came - best.came;
    if (ahead < 0) best = { lane, message, came };
  }
  return best;
}

interface Group {
  /** Waiting messages by position. */
  readonly waiting: Message[];
  inFlight: number;
}

/** A FIFO queue: a group is blocked while any of its messages is in flight. */
export function fifoOrder(): Order {
  const groups = new Map<string, Group>();
  /** Groups with waiting messages and none in flight, longest wait first. */
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
