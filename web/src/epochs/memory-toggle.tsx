import { ActionIcon, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Layers } from 'lucide-react';
import { modKey } from '../ui/mod-key.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Opens and closes the memory panel of a stream. */
export function MemoryToggle() {
  const { place, go } = useWorkspace();
  const isOpen = place.kind === 'stream' && place.memory !== undefined;
  const toggle = (): void => {
    if (place.kind !== 'stream') return;
    const { thread: _thread, memory: _memory, ...stream } = place;
    go(isOpen ? stream : { ...stream, memory: 'related' });
  };
  useHotkeys([['mod+.', toggle]], []);
  return (
    <Tooltip label={`Memory (${modKey} .)`}>
      <ActionIcon
        variant={isOpen ? 'light' : 'subtle'}
        color={isOpen ? undefined : 'gray'}
        size={32}
        aria-label="Memory"
        aria-pressed={isOpen}
        onClick={toggle}
      >
        <Layers size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
