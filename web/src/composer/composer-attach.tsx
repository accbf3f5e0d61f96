import { useRef } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { ChartColumn, Paperclip, Plus } from 'lucide-react';
import { mediaTypes } from '../../../contract/file.ts';

interface Props {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onPoll: () => void;
}

/** Attaches files or a poll to a message. */
export function AttachButton({ disabled, onFiles, onPoll }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Menu position="top-start" withinPortal keepMounted={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={32} radius="md" aria-label="Add a file or a poll" disabled={disabled}>
            <Plus size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Paperclip size={15} aria-hidden="true" />} onClick={() => input.current?.click()}>
            Attach files
          </Menu.Item>
          <Menu.Item leftSection={<ChartColumn size={15} aria-hidden="true" />} onClick={onPoll}>
            New poll
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-label="Files"
        // Browsers do not know the type of every file, so the list names file endings as well.
        accept={[...mediaTypes, '.md', '.log', '.csv', '.json'].join(',')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // Clears the input, so that the same file can be chosen again.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
