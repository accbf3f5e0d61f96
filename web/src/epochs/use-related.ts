import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Epoch, MemoryState, Related, RelatedList } from '../../../contract/epoch.ts';
import type { Problem } from '../../../contract/errors.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useRequest } from '../ui/use-request.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { labelOf } from './epoch-words.ts';
import { mergeRelated, type RelatedAnnouncement } from './related-query.ts';
import { useEpochs } from './use-epochs.ts';
import { useDraftQuery } from './use-draft-query.ts';

/** The related epochs of a conversation at this moment. */
export interface RelatedState {
  /** Sorted by score, the best first. */
  readonly items: readonly Related[];
  /** The items are related to the draft, or to the stream's newest epoch. */
  readonly about: 'text' | 'stream';
  /** Undefined until the first answer. */
  readonly memory: MemoryState | undefined;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
  readonly reject: (related: Related) => void;
}

/** Epochs that are related to a stream, or to the draft in it. */
export function useRelated(streamId: string): RelatedState {
  const text = useDraftQuery(streamId);
  const { announced, epochs } = useEpochs(streamId);
  const ofStream = useRelatedList(streamId, newestEpoch, announced);
  useRefresh(ofStream.refresh, announced, epochs[0]);
  const ofDraft = useRelatedList(
    streamId,
    useMemo(() => (text === undefined ? undefined : { text }), [text]),
    undefined,
  );
  const newer = ofStream.announcedBefore === announced ? undefined : announced;
  // An announcement may belong to a newer epoch than the list.
  const { rejected, reject } = useRejection(newer?.epochId ?? ofStream.list?.epochId ?? undefined, ofStream.refresh);
  // When nothing matches the draft, the list keeps the stream's related items.
  const isOfText = text !== undefined && ofDraft.list !== undefined && ofDraft.list.items.length > 0;
  const { list } = isOfText ? ofDraft : ofStream;
  return {
    items: mergeRelated(list, isOfText ? undefined : newer, rejected),
    about: isOfText ? 'text' : 'stream',
    memory: list?.memory,
    loading: list === undefined && ofStream.problem === undefined,
    problem: isOfText ? undefined : ofStream.problem,
    retry: ofStream.refresh,
    reject,
  };
}

/** Without a text, the query is about the newest epoch. */
interface RelatedQuery {
  readonly text?: string;
}
const newestEpoch: RelatedQuery = {};

interface RelatedReading {
  readonly list: RelatedList | undefined;
  /** The last announcement at the time of the request. */
  readonly announcedBefore: RelatedAnnouncement | undefined;
  readonly problem: Problem | undefined;
  /** Runs the same query again; the list stays until the answer arrives. */
  readonly refresh: () => void;
}

/** Interval of retries while memory is behind, in milliseconds. */
const behindMs = 10_000;

/** Queries memory. A newer query aborts the older one, whose list stays until the next answer. Undefined queries nothing. */
function useRelatedList(streamId: string, query: RelatedQuery | undefined, announced: RelatedAnnouncement | undefined): RelatedReading {
  const { streambed, workspaceId } = useWorkspace();
  const latest = useRef(announced);
  useEffect(() => {
    latest.current = announced;
  });
  const load = useCallback(
    async (signal: AbortSignal) => {
      const announcedBefore = latest.current;
      return { list: await streambed.workspace(workspaceId).memory.related(streamId, { ...query }, { signal }), announcedBefore };
    },
    [streambed, workspaceId, streamId, query],
  );
  const { value, problem, retry } = useRequest(query && load);
  const isBehind = query !== undefined && value?.list.memory === 'behind';
  useEffect(() => {
    if (!isBehind) return;
    const timer = setInterval(retry, behindMs);
    return () => clearInterval(timer);
  }, [isBehind, retry]);
  return { list: value?.list, announcedBefore: value?.announcedBefore, problem, refresh: retry };
}

/** Longest random delay, because frames reach all members at the same moment; in milliseconds. */
const restMs = 500;

/** Refreshes on each announcement, and when another epoch is the newest: the reader may see more than the room. */
function useRefresh(refresh: () => void, announced: RelatedAnnouncement | undefined, newest: Epoch | undefined): void {
  const state = newest && `${newest.id}:${newest.status}`;
  const known = useRef({ announced, state });
  useEffect(() => {
    const before = known.current;
    known.current = { announced, state };
    // The first epochs that load are no news.
    if (before.announced === announced && (before.state === state || before.state === undefined)) return;
    const timer = setTimeout(refresh, Math.random() * restMs);
    return () => clearTimeout(timer);
  }, [refresh, announced, state]);
}

/** Rejects links and hides them at once; the notice offers to restore them. */
function useRejection(epochId: string | undefined, refresh: () => void) {
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
      // The list may have been read without the link meanwhile.
      memory.restoreLink(epochId, target).then(refresh, (error: unknown) => {
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
