import { Button } from '@mantine/core';
import type { MemoryMode, SearchPlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import classes from './search-page.module.css';

const modes: readonly (readonly [MemoryMode, string])[] = [
  ['hybrid', 'Words and meaning'],
  ['keyword', 'Words'],
  ['vector', 'Meaning'],
];

/** Switches between messages and memory, and between the modes of memory search. */
export function SearchScope({ place }: { place: SearchPlace }) {
  const { go } = useWorkspace();
  const { memory } = place;
  const to = (next: MemoryMode | undefined): void => {
    if (next !== memory) go({ kind: 'search', query: place.query, ...(next && { memory: next }) }, 'replace');
  };
  return (
    <div className={classes.scope}>
      <div role="group" aria-label="Look for" className={classes.choices}>
        <Choice label="Messages" isOn={memory === undefined} onClick={() => to(undefined)} />
        <Choice label="Memory" isOn={memory !== undefined} onClick={() => to(memory ?? 'hybrid')} />
      </div>
      {memory !== undefined && (
        <div role="group" aria-label="Find by" className={classes.choices}>
          {modes.map(([mode, label]) => (
            <Choice key={mode} label={label} isOn={mode === memory} onClick={() => to(mode)} />
          ))}
        </div>
      )}
    </div>
  );
}

function Choice({ label, isOn, onClick }: { label: string; isOn: boolean; onClick: () => void }) {
  return (
    <Button size="compact-sm" variant={isOn ? 'light' : 'subtle'} color="gray" aria-pressed={isOn} onClick={onClick}>
      {label}
    </Button>
  );
}
