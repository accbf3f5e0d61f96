import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { ActionIcon, Button, CloseButton, TextInput, Tooltip } from '@mantine/core';
import { ChevronDown, Compass, ListFilter, Plus } from 'lucide-react';
import { sentenceOf } from '../ui/problem-words.ts';
import { groupStreams, type SidebarGroup } from './sidebar-groups.ts';
import { SidebarDrafts } from './sidebar-drafts.tsx';
import { SidebarItem } from './sidebar-item.tsx';
import classes from './sidebar.module.css';
import { useMoreStreams, useNamedStreams } from '../workspace/use-more-streams.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly onCreate: () => void;
  readonly onBrowse: () => void;
  /** Reports that a place was picked, so that a drawer can close. */
  readonly onPicked?: () => void;
  readonly head: ReactNode;
  /** The links to pages that are no streams. */
  readonly links: ReactNode;
  readonly foot: ReactNode;
}

/** The member's streams by type, kept live, with a filter over all visible streams. */
export function Sidebar({ onCreate, onBrowse, onPicked, head, links, foot }: Props) {
  const [query, setQuery] = useState('');
  const { streams, loading } = useStreamList();
  const { me, place } = useWorkspace();
  const showMore = useMoreStreams();
  useNamedStreams(query);
  const groups = groupStreams({ streams, me: me.id, query, place: place.kind === 'stream' ? place : undefined });
  return (
    <div className={classes.sidebar}>
      {head}
      {links}
      <div className={classes.actions}>
        <TextInput
          className={classes.filter}
          size="xs"
          aria-label="Filter streams"
          placeholder="Filter streams"
          leftSection={<ListFilter size={14} aria-hidden="true" />}
          rightSection={query === '' ? null : <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setQuery('')} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setQuery('')}
        />
        <Tooltip label="New stream">
          <ActionIcon variant="default" size={30} aria-label="New stream" onClick={onCreate}>
            <Plus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <nav className={classes.list} aria-label="Streams">
        {!loading && query === '' && <SidebarDrafts onPicked={onPicked} />}
        {loading ? <Skeletons /> : groups.map((group) => <Group key={group.key} group={group} onPicked={onPicked} />)}
        {!loading && groups.length === 0 && <EmptySidebar query={query} onCreate={onCreate} />}
        <More onBrowse={onBrowse} onMore={query === '' ? showMore : undefined} />
      </nav>
      {foot}
    </div>
  );
}

function Group({ group, onPicked }: { group: SidebarGroup; onPicked: Props['onPicked'] }) {
  const { place, drafts } = useWorkspace();
  useSyncExternalStore(drafts.subscribe, drafts.version);
  const withDraft = new Set(drafts.streamIds());
  const current = place.kind === 'stream' ? (place.thread ?? place.streamId) : undefined;
  return (
    <section aria-labelledby={`group-${group.key}`}>
      <h2 id={`group-${group.key}`} className={classes.label}>
        {group.label}
      </h2>
      <ul>
        {group.streams.map((stream) => (
          <li key={stream.id}>
            <SidebarItem stream={stream} isCurrent={stream.id === current} hasDraft={withDraft.has(stream.id)} onPicked={onPicked} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function More({ onBrowse, onMore }: { onBrowse: () => void; onMore: (() => void) | undefined }) {
  return (
    <>
      {onMore && (
        <button type="button" className={classes.more} onClick={onMore}>
          <ChevronDown size={15} aria-hidden="true" /> Show quieter streams
        </button>
      )}
      <button type="button" className={classes.more} onClick={onBrowse}>
        <Compass size={15} aria-hidden="true" /> Browse channels
      </button>
    </>
  );
}

function EmptySidebar({ query, onCreate }: { query: string; onCreate: () => void }) {
  const { problem } = useStreamList();
  if (problem) return <p className={classes.nothing}>The streams could not be read. {sentenceOf(problem)}</p>;
  if (query !== '') return <p className={classes.nothing}>No stream matches “{query}”.</p>;
  return (
    <div className={classes.nothing}>
      <p>You are in no stream yet.</p>
      <Button size="xs" variant="light" leftSection={<Plus size={14} />} onClick={onCreate}>
        Create the first one
      </Button>
    </div>
  );
}

function Skeletons() {
  return (
    <output aria-busy="true" aria-label="Loading the streams" className={classes.skeletons}>
      {[70, 48, 82, 60, 54].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </output>
  );
}
