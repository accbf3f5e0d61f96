import type { Problem } from '../../contract/errors.ts';
import type { SocketState } from '../socket/socket.ts';

/**
 * The states of a follower. The follower of a room and the follower of a workspace's rooms share them.
 *
 *        start
 *          |
 *          v
 *     +---------+ --lost-----> +---------+
 *     | opening |              | offline | <--lost-- subscribing, behind, live
 *     +---------+ <--opening-- +---------+
 *          |                        |
 *         open                     open      A resumed subscription goes on to `behind` or `live` at once.
 *          v                        v
 *     +-------------+              +--------+                           +------+
 *     | subscribing | --promised-> | behind | --moved,read,promised---> | live |
 *     +-------------+              +--------+ <--moved,due,promised---- +------+
 *          ^                        |                                   |
 *          +------unsubscribed------+------------unsubscribed-----------+
 *
 *     | ended | <--refused-- every state above        | closed | <--close-- every other state
 *
 * `subscribing` and `behind` have a deadline: `overdue` subscribes and reads again. The socket's own back-off ends `opening` and `offline`.
 *
 * The table lists all edges between two states; an event that it does not list keeps the state. `opening` comes from a socket that was
 * closed and is opened again. test/client/follow-state.test.ts compares picture and table with `transition`.
 *
 *     opening      open          subscribing, behind, live
 *     opening      lost          offline
 *     opening      refused       ended
 *     opening      close         closed
 *     offline      opening       opening
 *     offline      open          subscribing, behind, live
 *     offline      refused       ended
 *     offline      close         closed
 *     subscribing  promised      behind, live
 *     subscribing  opening       opening
 *     subscribing  lost          offline
 *     subscribing  refused       ended
 *     subscribing  close         closed
 *     behind       moved         live
 *     behind       read          live
 *     behind       promised      live
 *     behind       unsubscribed  subscribing
 *     behind       opening       opening
 *     behind       lost          offline
 *     behind       refused       ended
 *     behind       close         closed
 *     live         moved         behind
 *     live         due           behind
 *     live         promised      behind
 *     live         unsubscribed  subscribing
 *     live         opening       opening
 *     live         lost          offline
 *     live         refused       ended
 *     live         close         closed
 *     ended        close         closed
 */
export type FollowState =
  /** The socket is being opened for the first time, or again after it was stopped or closed. */
  | ({ readonly name: 'opening' } & Unconnected)
  /** No connection. `problem`: the reason why the socket stopped for good. */
  | ({ readonly name: 'offline'; readonly since?: number; readonly problem?: Problem } & Unconnected)
  /** Connected, without a subscription. */
  | { readonly name: 'subscribing'; readonly wasLive: boolean; readonly copy: Copy }
  /** Subscribed, and the copy does not reach the promised head. */
  | { readonly name: 'behind'; readonly wasLive: boolean; readonly promise: LogPosition; readonly copy: Copy }
  /** Subscribed, and the copy was compared with the promised head. */
  | { readonly name: 'live'; readonly promise: LogPosition; readonly copy: HeldCopy }
  /** Ended for good. */
  | { readonly name: 'ended'; readonly problem: Problem; readonly offlineSince?: number }
  /** Closed by its owner. */
  | { readonly name: 'closed' };

interface Unconnected {
  readonly wasLive: boolean;
  /** A `hello` resumes subscriptions before the socket says that it is open. */
  readonly promise?: LogPosition;
  readonly copy: Copy;
}

/** A position in one generation of a log. A workspace counts rooms instead: its head is their number, its position how many are live. */
export interface LogPosition {
  readonly gen: string;
  readonly seq: number;
}

/** The copy that is shown. A read over HTTP is under way, with the problem of its last failure; or all up to a position is here. */
type Copy = { readonly name: 'reading'; readonly problem?: Problem } | HeldCopy;
type HeldCopy = { readonly name: 'held' } & LogPosition;

/** The events of a follower; each is valid in each state. */
export type FollowEvent =
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  /** No connection; `problem`: the reason why the socket stopped for good. */
  | { readonly name: 'lost'; readonly since?: number; readonly problem?: Problem }
  /** The subscription is written, and the log's head was at this position then. */
  | ({ readonly name: 'promised' } & LogPosition)
  | { readonly name: 'unsubscribed' }
  /** The copy is whole up to this position. */
  | ({ readonly name: 'moved' } & LogPosition)
  /** Something is missing that no frame will bring. */
  | { readonly name: 'due' }
  /** The read has ended, and the copy is whole up to this position. */
  | ({ readonly name: 'read' } & LogPosition)
  /** A read failed and is repeated. */
  | { readonly name: 'failed'; readonly problem: Problem }
  /** The deadline of the state has passed. */
  | ({ readonly name: 'overdue' } & Delay)
  | { readonly name: 'refused'; readonly problem: Problem }
  | { readonly name: 'close' };

/** The time that a state has lasted, and the number of times that it was overdue, counted from 1. */
interface Delay {
  readonly waitedMs: number;
  readonly attempt: number;
}

/** Work that a transition asks for. */
export type FollowEffect =
  /** Starts to read. */
  | { readonly name: 'read' }
  /** Ends the pause before the next try to read. */
  | { readonly name: 'retry' }
  /** Reads though nothing is known to be missing. */
  | { readonly name: 'hurry' }
  /** Subscribes again. */
  | ({ readonly name: 'rejoin' } & Delay)
  /** Tells the owner that frames without positions may have been missed. */
  | { readonly name: 'heard' }
  /** Ends the subscription. */
  | { readonly name: 'leave' };

/** A state, and the work that it asks for, in order. */
export interface Transition {
  readonly state: FollowState;
  readonly effects: readonly FollowEffect[];
}

/** The beginning: nothing was read. */
export const firstTransition: Transition = {
  state: { name: 'opening', wasLive: false, copy: { name: 'reading' } },
  effects: [{ name: 'read' }],
};

/** Takes one event. An event that does not concern the state returns the same state. */
export function transition(state: FollowState, event: FollowEvent): Transition {
  if (state.name === 'closed') return { state, effects: [] };
  if (event.name === 'close') return { state: { name: 'closed' }, effects: [{ name: 'leave' }] };
  if (state.name === 'ended') return { state: endedAfter(state, event), effects: [] };
  switch (event.name) {
    case 'opening':
      return { state: { name: 'opening', ...partsOf(state) }, effects: [] };
    case 'lost':
      return { state: offline(partsOf(state), event), effects: [] };
    case 'open':
      return isConnected(state)
        ? { state, effects: [] }
        : { state: connected(partsOf(state)), effects: isReading(state) ? [{ name: 'retry' }] : [] };
    case 'promised': {
      const { wasLive, promise, copy } = partsOf(state);
      const { gen, seq } = event;
      return {
        state: withParts(state, { wasLive, promise: { gen, seq }, copy }),
        effects: promise === undefined ? [{ name: 'heard' }] : [],
      };
    }
    case 'unsubscribed': {
      const { wasLive, copy } = partsOf(state);
      return { state: withParts(state, { wasLive, copy }), effects: [] };
    }
    case 'overdue':
      return { state, effects: hasDeadline(state) ? repair(state, event) : [] };
    case 'refused':
      return { state: { name: 'ended', problem: event.problem, ...offlineSinceOf(state) }, effects: [{ name: 'leave' }] };
    case 'moved':
    case 'due':
    case 'read':
    case 'failed':
      return withCopy(state, event);
  }
}

/** The states between the beginning and the end. */
type FollowingState = Exclude<FollowState, { name: 'ended' | 'closed' }>;
type ConnectedState = Extract<FollowState, { name: 'subscribing' | 'behind' | 'live' }>;

function withCopy(state: FollowingState, event: Extract<FollowEvent, { name: 'moved' | 'due' | 'read' | 'failed' }>): Transition {
  const reading = isReading(state);
  const put = (copy: Copy, effects: FollowEffect[] = []): Transition => ({ state: withParts(state, { ...partsOf(state), copy }), effects });
  switch (event.name) {
    case 'due':
      return reading ? { state, effects: [] } : put({ name: 'reading' }, [{ name: 'read' }]);
    case 'failed':
      return reading ? put({ name: 'reading', problem: event.problem }) : { state, effects: [] };
    case 'moved':
    case 'read':
      // While a read is under way, frames prove nothing: only its end does.
      if (reading !== (event.name === 'read')) return { state, effects: [] };
      return put({ name: 'held', gen: event.gen, seq: event.seq });
  }
}

/** Either the subscription or a change was lost: requests both again. A read that is under way has a deadline of its own. */
function repair(state: FollowState, { waitedMs, attempt }: Delay): FollowEffect[] {
  const rejoin: FollowEffect = { name: 'rejoin', waitedMs, attempt };
  return isReading(state) ? [rejoin] : [rejoin, { name: 'hurry' }];
}

/** A lost connection takes its subscriptions with it. */
function offline({ wasLive, copy }: Unconnected, { since, problem }: Extract<FollowEvent, { name: 'lost' }>): FollowState {
  return { name: 'offline', wasLive, copy, ...(since !== undefined && { since }), ...(problem && { problem }) };
}

/** The end keeps only how long there has been no connection, for those who show it. */
function endedAfter(state: Extract<FollowState, { name: 'ended' }>, event: FollowEvent): FollowState {
  const { name, problem } = state;
  if (event.name === 'lost' && event.since !== undefined) return { name, problem, offlineSince: event.since };
  return event.name === 'open' || event.name === 'opening' ? { name, problem } : state;
}

function withParts(state: FollowingState, parts: Unconnected): FollowState {
  if (isConnected(state)) return connected(parts);
  if (state.name === 'opening') return { name: 'opening', ...parts };
  const { name, since, problem } = state;
  return { name, ...parts, ...(since !== undefined && { since }), ...(problem && { problem }) };
}

/** The one place that decides who is live. A copy of another generation is newer than the promise: a read has brought it since. */
function connected({ wasLive, promise, copy }: Unconnected): ConnectedState {
  if (promise === undefined) return { name: 'subscribing', wasLive, copy };
  if (copy.name === 'held' && (copy.gen !== promise.gen || copy.seq >= promise.seq)) return { name: 'live', promise, copy };
  return { name: 'behind', wasLive, promise, copy };
}

function partsOf(state: FollowingState): Unconnected {
  if (state.name === 'live') return { wasLive: true, promise: state.promise, copy: state.copy };
  const { wasLive, copy } = state;
  return state.name === 'subscribing' || state.promise === undefined ? { wasLive, copy } : { wasLive, copy, promise: state.promise };
}

function isConnected(state: FollowState): state is ConnectedState {
  return state.name === 'subscribing' || state.name === 'behind' || state.name === 'live';
}

/** Tells whether a read is under way. */
export function isReading(state: FollowState): boolean {
  return state.name !== 'ended' && state.name !== 'closed' && state.copy.name === 'reading';
}

/** Tells whether the state has to pass within a time: the event that ends it can be lost on a connection that lives. */
export function hasDeadline(state: FollowState): boolean {
  return state.name === 'subscribing' || state.name === 'behind';
}

/** Translates the state of the socket. */
export function linkEvent({ status, offlineSince, problem }: SocketState): FollowEvent {
  if (status === 'open') return { name: 'open' };
  if (status === 'idle' || status === 'connecting') return { name: 'opening' };
  return { name: 'lost', ...(offlineSince !== undefined && { since: offlineSince }), ...(problem && { problem }) };
}

/** `connecting`: not there yet; `live`: everything is here, as it happens; `catching up`: connected, and fetching what was missed; `offline`: no connection. */
export type LiveState = 'connecting' | 'live' | 'catching up' | 'offline';

/** The part of a state that a user sees. */
export interface FollowView {
  readonly state: LiveState;
  /** The reason why nothing more will come. */
  readonly problem?: Problem;
  /** The reason why the last read failed; it is repeated. */
  readonly readProblem?: Problem;
  /** Since when there is no connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

export function viewOf(state: FollowState): FollowView {
  switch (state.name) {
    case 'ended':
      return { state: 'offline', problem: state.problem, ...offlineSinceOf(state) };
    case 'closed':
      return { state: 'offline' };
    case 'live':
      return { state: 'live' };
    case 'offline':
      return { state: 'offline', ...(state.problem && { problem: state.problem }), ...readProblemOf(state), ...offlineSinceOf(state) };
    case 'opening':
    case 'subscribing':
    case 'behind':
      return { state: state.wasLive ? 'catching up' : 'connecting', ...readProblemOf(state) };
  }
}

function readProblemOf({ copy }: { readonly copy: Copy }): Pick<FollowView, 'readProblem'> {
  return copy.name === 'reading' && copy.problem ? { readProblem: copy.problem } : {};
}

function offlineSinceOf(state: FollowState): Pick<FollowView, 'offlineSince'> {
  const since = state.name === 'ended' ? state.offlineSince : state.name === 'offline' ? state.since : undefined;
  return since === undefined ? {} : { offlineSince: since };
}
