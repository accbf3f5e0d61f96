import { useEffect, useEffectEvent, useId, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import { sentenceOf } from './connection.ts';
import type { ComposerProps, Draft } from './composer.tsx';
import type { UploadItem } from './file-uploads.ts';
import { isSendable, roomLeft, type TextRoom } from './message-text.ts';
import { readWritten } from './slash-commands.ts';
import { runCommand } from './slash-run.ts';
import { useWorkspace } from './workspace-context.ts';

type Options = Pick<ComposerProps, 'live' | 'stream' | 'streamId' | 'uploads' | 'onPoll'> & {
  readonly draft: Draft;
  readonly files: readonly UploadItem[];
};

export interface Sending {
  readonly send: () => void;
  readonly attach: (files: readonly File[]) => void;
  readonly onTyped: (text: string) => void;
  readonly isSendable: boolean;
  /** A command is being carried out. */
  readonly busy: boolean;
  /** It goes out as soon as the files are up. */
  readonly isWaiting: boolean;
  readonly room: TextRoom;
  /** Why nothing was sent, and what would be right. */
  readonly says: string | undefined;
  readonly notesId: string;
}

/** Sends what was written: as a message, with files beside it, or as a command. */
export function useSend(options: Options): Sending {
  const { live, stream, draft, files, uploads } = options;
  const { text } = draft;
  const [says, setSays] = useState<string>();
  const [isWaiting, setWaiting] = useState(false);
  const notesId = useId();
  const room = roomLeft(text);
  const hasText = text.trim() !== '';
  const isUploading = files.some(({ status }) => status === 'uploading');
  const isStuck = files.some(({ status }) => status === 'refused' || status === 'failed');
  const sendFiles = useSendFiles(options);
  const command = useCommand(options, setSays);

  const sendNow = (): void => {
    setWaiting(false);
    const written = readWritten(text, stream);
    if (written.kind === 'problem') return setSays(written.says);
    if (written.kind === 'command')
      return files.length > 0 ? setSays('A command takes no files. Send or remove them first.') : command.run(written.command);
    if (files.length > 0) sendFiles(written.text);
    else live.send(written.text);
    draft.change('');
    setSays(undefined);
  };
  const send = (): void => {
    if (command.busy || room.kind === 'over' || (!hasText && files.length === 0)) return;
    if (isStuck) return setSays('Remove the file that cannot be sent, or try it again.');
    if (isUploading) return setWaiting(true);
    sendNow();
  };
  useWhenUp(isWaiting && !isUploading, () => (isStuck ? setWaiting(false) : sendNow()));
  return {
    send,
    attach: (added) => setSays(uploads.add(added)),
    onTyped: () => setSays(undefined),
    isSendable: room.kind !== 'over' && !isWaiting && (isSendable(text) || files.length > 0),
    busy: command.busy,
    isWaiting,
    room,
    says,
    notesId,
  };
}

/** Goes on once the files are up. */
function useWhenUp(isUp: boolean, onUp: () => void): void {
  const goOn = useEffectEvent(onUp);
  useEffect(() => {
    if (isUp) goOn();
  }, [isUp]);
}

/** Each file is an event of its own; the words stand with the first. */
function useSendFiles({ files, uploads, streamId }: Options): (text: string) => void {
  const { streambed, workspaceId } = useWorkspace();
  const post = async ({ id, stored }: UploadItem, words: string): Promise<void> => {
    if (!stored) return;
    try {
      await streambed
        .workspace(workspaceId)
        .events(streamId)
        .post({ eventType: 'file', fileId: stored.id, ...(words !== '' && { text: words }) });
      uploads.remove(id);
    } catch (error) {
      uploads.fail(id, sentenceOf(problemOf(error)));
    }
  };
  return (text) => {
    void files.reduce(async (before, file, index) => {
      await before;
      await post(file, index === 0 ? text.trim() : '');
    }, Promise.resolve());
  };
}

/** Carries out one command at a time; what was written stays until it worked. */
function useCommand({ draft, streamId, onPoll }: Options, says: (text: string | undefined) => void) {
  const { streambed, workspaceId, list, intents, tell, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const attempt = async (command: Parameters<typeof runCommand>[0]): Promise<void> => {
    setBusy(true);
    says(undefined);
    try {
      await runCommand(command, { streambed, workspaceId, streamId, list, intents, tell, go, onPoll });
      draft.change('');
    } catch (error) {
      says(sentenceOf(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };
  return { busy, run: (command: Parameters<typeof runCommand>[0]) => void attempt(command) };
}
