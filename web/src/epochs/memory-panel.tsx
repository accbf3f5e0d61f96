import { useCallback, useId, type KeyboardEvent, type ReactNode } from 'react';
import { ActionIcon, Button, Drawer, Tooltip } from '@mantine/core';
import { X } from 'lucide-react';
import { useRequest } from '../ui/use-request.ts';
import type { MemoryTab, StreamPlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import classes from './memory-panel.module.css';
import { RelatedView } from './related-view.tsx';
import { TimelineView } from './timeline-view.tsx';
import { useEpochs } from './use-epochs.ts';
import { useRelated } from './use-related.ts';

interface Props {
  readonly place: StreamPlace;
  readonly tab: MemoryTab;
  /** The panel is a sheet over the stream, as on a phone. */
  readonly isNarrow: boolean;
}

/** The memory panel beside a stream. */
export function MemoryPanel({ place, tab, isNarrow }: Props) {
  const { go } = useWorkspace();
  const id = useId();
  const close = (): void => {
    const { memory: _memory, ...stream } = place;
    go(stream, 'replace');
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-main-column] textarea')?.focus());
  };
  const content = <Content {...{ place, tab, id }} onClose={close} />;
  if (isNarrow) {
    return (
      <Drawer
        opened
        onClose={close}
        position="bottom"
        size="80%"
        padding={0}
        withCloseButton={false}
        attributes={{ content: { 'aria-label': 'Memory' } }}
        styles={{ body: { height: '100%' } }}
      >
        <div className={classes.sheet}>{content}</div>
      </Drawer>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it from wherever the focus is inside
    <aside aria-labelledby={id} className={classes.panel} onKeyDown={(event) => isEscape(event) && close()}>
      {content}
    </aside>
  );
}

const tabs: readonly (readonly [MemoryTab, string])[] = [
  ['related', 'Related'],
  ['timeline', 'Timeline'],
];

function Content({ place, tab, id, onClose }: Omit<Props, 'isNarrow'> & { id: string; onClose: () => void }) {
  const { go } = useWorkspace();
  return (
    <>
      <header className={classes.header}>
        <h2 id={id} className={classes.title}>
          Memory
        </h2>
        <div className={classes.tabs}>
          {tabs.map(([value, label]) => (
            <Button
              key={value}
              size="compact-sm"
              variant={value === tab ? 'light' : 'subtle'}
              color="gray"
              aria-pressed={value === tab}
              onClick={() => go({ ...place, memory: value }, 'replace')}
            >
              {label}
            </Button>
          ))}
        </div>
        <Tooltip label="Close memory">
          <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close memory" onClick={onClose}>
            <X size={18} />
          </ActionIcon>
        </Tooltip>
      </header>
      {tab === 'related' ? <Related streamId={place.streamId} /> : <Timeline streamId={place.streamId} />}
      <Foot />
    </>
  );
}

function Related({ streamId }: { streamId: string }): ReactNode {
  return <RelatedView now={useRelated(streamId)} />;
}

function Timeline({ streamId }: { streamId: string }): ReactNode {
  return <TimelineView now={useEpochs(streamId)} />;
}

/** A remark on the embedder, where it limits the search. */
function Foot() {
  const { streambed, workspaceId } = useWorkspace();
  // The remark is optional, so a failed request shows nothing.
  const { value: status } = useRequest(
    useCallback((signal: AbortSignal) => streambed.workspace(workspaceId).memory.read({ signal }), [streambed, workspaceId]),
  );
  if (!status?.embedder.isOffline) return null;
  return <p className={classes.foot}>Found by words only: no model is set up here that knows what they mean.</p>;
}

/** True for Escape that no inner element used. A search field clears its text first. */
function isEscape(event: KeyboardEvent<HTMLElement>): boolean {
  if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return false;
  if (event.target instanceof HTMLInputElement && event.target.value !== '') return false;
  return event.target instanceof Node && event.currentTarget.contains(event.target);
}
