import { Kbd } from '@mantine/core';
import { Dialog } from '../ui/dialog.tsx';
import { modKey } from '../ui/mod-key.ts';
import classes from './shortcuts-dialog.module.css';

const shortcuts: [keys: string[], what: string][] = [
  [[`${modKey} K`], 'Jump to a stream or a person'],
  [[`${modKey} .`], 'Show what memory knows beside the stream'],
  [['Enter'], 'Send the message'],
  [['Shift Enter'], 'Begin a new line'],
  [['@', '#', '/'], 'Name a person, name a stream, give a command'],
  [['↑'], 'In an empty composer: edit your last message'],
  [['↑', '↓'], 'Among the messages: go from one to the next'],
  [['E'], 'Edit the message you are on, or your last one'],
  [['Delete'], 'Delete the message you are on'],
  [['+'], 'React to the message you are on'],
  [['R'], 'Reply to it in a thread'],
  [['S'], 'Share it to another stream'],
  [['P'], 'Pin it, or unpin it'],
  [['U'], 'Mark it and all behind it as unread'],
  [['End'], 'Go to the newest message'],
  [['Escape'], 'Cancel an edit, go back to the composer, close the thread or memory'],
];

/** The list of keyboard shortcuts. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <dl className={classes.list}>
        {shortcuts.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
