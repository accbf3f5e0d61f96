import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Epoch, MemoryState, Related, RelatedList } from '../../../contract/epoch.ts';
import type { Problem } from '../../../contract/errors.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { labelOf } from './epoch-words.ts';
import { relatedOf, type Told } from './related-ask.ts';
import { useEpochs } from './use-epochs.ts';
import { useWritten } from './use-written.ts';

/** What stands beside a conversation right now. */
export interface RelatedNow {
  /** Best first. */
  readonly items: readonly Related[];
  /** To what is being written, or to what was said. */
  readonly about: 'text' | 'stream';
  /** Undefined until it was asked once. */
  readonly memory: MemoryState | undefined;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
  readonly reject: (related: Related) => void;
}

/** What a stream, or a text that is being written in it, is related to; read again whenever there is reason to. */
export function useRelated(streamId: string): RelatedNow {
  const text = useWritten(streamId);
  const { told, epochs } = useEpochs(streamId);
  const read = useReading(streamId, reading, told);
  useAgain(read.again, told, epochs[0]);
  const written = useReading(
    streamId,
    useMemo(() => (text === undefined ? undefined : { text }), [text]),
    undefined,
  );
  const newer = read.knew === told ? undefined : told;
  // What everybody was told may be of an epoch that is newer than the one that was read of.
  const { rejected, reject } = useRejecting(newer?.epochId ?? read.list?.epochId ?? undefined, read.again);
  // A text that is like nothing takes nothing away from who reads.
  const isOfText = text !== undefined && written.list !== undefined && written.list.items.length > 0;
  const { list } = isOfText ? written : read;
  return {
    items: relatedOf(list, isOfText ? undefined : newer, rejected),
    about: isOfText ? 'text' : 'stream',
    memory: list?.memory,
    loading: list === undefined && read.problem === undefined,
    problem: isOfText ? undefined : read.problem,
    retry: read.again,
    reject,
  };
}

/** Without a text it is about the newest epoch. */
interface Ask {
  readonly text?: string;
}
const reading: Ask = {};

interface Reading {
  readonly list: RelatedList | undefined;
  /** What everybody had been told when it was read. */
  readonly knew: Told | undefined;
  readonly problem: Problem | undefined;
  /** Asks the same again; what is there stays until then. */
  readonly again: () => void;
}

/** While memory is behind it is asked again after this long, in milliseconds. */
const behindMs = 10_000;

/** Asks memory; a newer question ends the older one, whose answer stays until the next is there. Nothing is asked without a question. */
function useReading(streamId: string, ask: Ask | undefined, told: Told | undefined): Reading {
  const { streambed, workspaceId } = useWorkspace();
  const [state, setState] = useState<{ list?: RelatedList; knew?: Told | undefined; problem?: Problem }>({});
  const latest = useRef(told);
  useEffect(() => {
    latest.current = told;
  });
  const running = useRef<AbortController>(undefined);
  const isBehind = ask !== undefined && state.list?.memory === 'behind';
  const again = useCallback(() => {
    running.current?.abort();
    if (!ask) return;
    const { signal } = (running.current = new AbortController());
    const knew = latest.current;
    streambed
      .workspace(workspaceId)
      .memory.related(streamId, { ...ask }, { signal })
      .then((list) => !signal.aborted && setState({ list, knew }))
      .catch((error: unknown) => !signal.aborted && setState((before) => ({ ...before, problem: problemOf(error) })));
  }, [streambed, workspaceId, streamId, ask]);
  useEffect(() => {
    again();
    return () => running.current?.abort();
  }, [again]);
  useEffect(() => {
    if (!isBehind) return;
    const timer = setInterval(again, behindMs);
    return () => clearInterval(timer);
  }, [isBehind, again]);
  return { list: state.list, knew: state.knew, problem: state.problem, again };
}

/** Frames come to everybody at the same moment; in milliseconds. */
const restMs = 500;

/** Asks again when everybody is told something new, and when another epoch is the newest: the reader may see more than all do. */
function useAgain(again: () => void, told: Told | undefined, newest: Epoch | undefined): void {
  const state = newest && `${newest.id}:${newest.status}`;
  const known = useRef({ told, state });
  useEffect(() => {
    const before = known.current;
    known.current = { told, state };
    // The epochs are there for the first time: nothing is new.
    if (before.told === told && (before.state === state || before.state === undefined)) return;
    const timer = setTimeout(again, Math.random() * restMs);
    return () => clearTimeout(timer);
  }, [again, told, state]);
}

/** Takes links away that somebody says are none, and offers to put them back. */
function useRejecting(epochId: string | undefined, again: () => void) {
  const { streambed, workspaceId, tell } = useWorkspace();
  const [rejected, setRejected] = useState<ReadonlySet<string>>(new Set());
  const { memory } = streambed.workspace(workspaceId);
  const hide = (id: string): void => setRejected((before) => new Set([...before, id]));
  const show = (id: string): void => setRejected((before) => new Set([...before].filter((other) => other !== id)));
  const reject = (related: Related): void => {
    if (epochId === undefined) return;
    const target = related.epochId;
    hide(target);
    const undo = (): void => {
      show(target);
      // It may have been read without the link meanwhile.
      memory.restoreLink(epochId, target).then(again, (error: unknown) => {
        hide(target);
        tell(noticeOf(error));
      });
    };
    memory.rejectLink(epochId, target).then(
      () => tell({ text: `“${labelOf(related)}” is not related. This counts for everybody.`, action: { label: 'Undo', run: undo } }),
      (error: unknown) => {
        show(target);
        tell(noticeOf(error));
      },
    );
  };
  return { rejected, reject };
}
