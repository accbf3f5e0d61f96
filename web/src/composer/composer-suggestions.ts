import { useCallback, useId, useLayoutEffect, useState, type RefObject, type SyntheticEvent } from 'react';
import type { Person, Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { Draft } from './composer-draft.ts';
import { complete, matchesHere, matchPeople, matchStreams, mostOffered, tokenAt, type Token } from './mention-search.ts';
import { useRequest } from '../ui/use-request.ts';
import { usePeople } from '../workspace/people-search.ts';
import { commandsFor } from './slash-commands.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

/** A replacement for the token at the caret. */
export interface Suggestion {
  readonly key: string;
  readonly kind: Token['kind'];
  readonly name: string;
  readonly note: string;
  /** The text that replaces the token. */
  readonly replacement: string;
}

export interface Suggestions {
  readonly items: readonly Suggestion[];
  readonly active: number;
  readonly listId: string;
  readonly kind: Token['kind'];
  readonly pick: (item: Suggestion) => void;
  readonly point: (index: number) => void;
  /** Handles a key; true when the list used it. */
  readonly onKey: (key: string) => boolean;
  /** Updates the list; callers run it at each change of the text, so that the list never belongs to an older text. */
  readonly onInput: (field: HTMLTextAreaElement) => void;
  readonly fieldProps: Record<string, unknown>;
}

interface Options {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly draft: Draft;
  readonly stream: Stream | undefined;
}

/** Suggests people after @, streams after # and commands after /. */
export function useSuggestions({ field, draft, stream }: Options): Suggestions {
  const { text } = draft;
  const [caret, setCaret] = useState<number>();
  const token = caret === undefined ? undefined : tokenAt(text, Math.min(caret, text.length));
  const [at, setAt] = useState({ token: '', index: 0, closed: false });
  const tokenKey = token ? `${token.kind}:${token.start}:${token.query}` : '';
  const { index, closed } =
    at.token === tokenKey
      ? at
      : { index: 0, closed: at.closed && token !== undefined && at.token.startsWith(`${token.kind}:${token.start}:`) };
  const found = useMatches(token, stream);
  const items = closed ? [] : found;
  const active = Math.min(index, Math.max(0, items.length - 1));
  const listId = useId();
  const moveCaret = useCaretAfter(field);
  const pick = (item: Suggestion): void => {
    if (!token) return;
    const next = complete(text, token, item.replacement);
    draft.change(next.text);
    setCaret(next.caret);
    moveCaret(next.caret);
    field.current?.focus();
  };
  const point = (next: number): void => setAt({ token: tokenKey, index: next, closed: false });
  const onKey = (key: string): boolean => {
    const item = items[active];
    if (!item) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') point((active + (key === 'ArrowDown' ? 1 : items.length - 1)) % items.length);
    // Enter sends a text whose token is complete already.
    else if (key === 'Enter' && token && item.replacement === text.slice(token.start, token.end)) return false;
    else if (key === 'Enter' || key === 'Tab') pick(item);
    else if (key === 'Escape') setAt({ token: tokenKey, index, closed: true });
    else return false;
    return true;
  };
  const isOpen = items.length > 0;
  const fieldProps = {
    'aria-autocomplete': 'list',
    onSelect: (event: SyntheticEvent<HTMLTextAreaElement>) => setCaret(caretOf(event.currentTarget)),
    onBlur: () => setCaret(undefined),
    ...(isOpen && { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${active}` }),
  };
  const onInput = (element: HTMLTextAreaElement): void => setCaret(caretOf(element));
  return { items, active, listId, kind: token?.kind ?? 'person', pick, point, onKey, onInput, fieldProps };
}

function useMatches(token: Token | undefined, stream: Stream | undefined): Suggestion[] {
  const { me } = useWorkspace();
  const { streams, people, me: self } = useStreamList();
  const quiet = useQuietStreams(token?.kind === 'stream' ? token.query : undefined);
  const { people: found } = usePeople(token?.kind === 'person' ? token.query : '');
  switch (token?.kind) {
    case undefined:
      return [];
    case 'person':
      return peopleFor(
        token.query,
        self?.role,
        [...people].filter(([id]) => id !== me.id).map(([id, name]) => ({ id: id as Person['id'], name })),
        found.filter(({ id }) => id !== me.id),
      );
    case 'stream':
      return matchStreams([...streams, ...quiet], token.query).map(streamItem);
    case 'command':
      return commandsThatFit(token.query, stream);
  }
}

/** Delay between the last key stroke and the request, in milliseconds. */
const pauseMs = 120;

/** Streams that match and are missing from the list, because they had no activity for long. */
function useQuietStreams(query: string | undefined): readonly Stream[] {
  const { streambed, workspaceId, list } = useWorkspace();
  const { hasMore } = useStreamList();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { items } = await streambed.workspace(workspaceId).streams.list({ q: query, limit: mostOffered }, { signal });
      return items;
    },
    [streambed, workspaceId, query],
  );
  // When the request fails, the streams of the list are offered anyway.
  const { value: found = [] } = useRequest(hasMore && query !== undefined && query !== '' ? load : undefined, { pauseMs });
  return found.filter(({ id }) => list.find(id) === undefined);
}

const streamItem = ({ id, name, slug, description }: Stream): Suggestion => ({
  key: id,
  kind: 'stream',
  name: `#${slug}`,
  note: description ?? (name === slug ? '' : (name ?? '')),
  replacement: `#${slug}`,
});

function commandsThatFit(query: string, stream: Stream | undefined): Suggestion[] {
  const fitting = commandsFor(stream).filter(({ name }) => name.startsWith(query));
  // Enter runs a complete command instead of completing it.
  if (fitting.some(({ name }) => name === query)) return [];
  return fitting.map(({ name, usage, says }) => ({
    key: name,
    kind: 'command',
    name: `/${name} ${usage}`.trim(),
    note: says,
    replacement: `/${name}`,
  }));
}

const everyone: Suggestion = { key: 'here', kind: 'person', name: 'here', note: 'Everyone in this stream', replacement: '@here' };

function peopleFor(query: string, role: WorkspaceRole | undefined, known: readonly Person[], found: readonly Person[]): Suggestion[] {
  const people = matchPeople(known, found, query).map(({ id, name }): Suggestion => ({
    key: id,
    kind: 'person',
    name,
    note: `@${id}`,
    replacement: `@${id}`,
  }));
  return role !== undefined && matchesHere(query, role) ? [...people, everyone] : people;
}

/** Position of the caret; undefined while text is selected. */
const caretOf = ({ selectionStart, selectionEnd }: HTMLTextAreaElement): number | undefined =>
  selectionStart === selectionEnd ? selectionStart : undefined;

/** Moves the caret after the text has changed. */
function useCaretAfter(field: RefObject<HTMLTextAreaElement | null>): (caret: number) => void {
  const [goal, setGoal] = useState<{ readonly caret: number }>();
  useLayoutEffect(() => {
    if (goal) field.current?.setSelectionRange(goal.caret, goal.caret);
  }, [field, goal]);
  return (caret) => setGoal({ caret });
}
