import { useEffect, useEffectEvent, useId, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { LiveStream } from '../../../client/stream/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import type { Draft } from './composer-draft.ts';
import type { UploadItem, Uploads } from '../files/file-uploads.ts';
import { isSendable, roomLeft, type TextRoom } from '../ui/message-text.ts';
import type { CheckedPoll, PollDraft } from '../polls/poll-draft.ts';
import { parseInput } from './slash-commands.ts';
import { runCommand } from './slash-run.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The destination of a text. */
export interface SendTarget {
  readonly live: LiveStream;
  readonly stream: Stream | undefined;
  readonly streamId: string;
  readonly uploads: Uploads;
  readonly onPoll: (draft: PollDraft) => void;
  /** Begins an epoch at the next message. Rejects with StreambedError. */
  readonly beginEpoch: (label: string | undefined) => Promise<void>;
}

interface Options extends SendTarget {
  readonly draft: Draft;
  readonly files: readonly UploadItem[];
}

export interface SendState {
  readonly send: () => void;
  readonly attach: (files: readonly File[]) => void;
  readonly onTyped: (text: string) => void;
  readonly isSendable: boolean;
  /** A command is running. */
  readonly busy: boolean;
  /** The message waits for its files to upload. */
  readonly isWaiting: boolean;
  readonly room: TextRoom;
  /** The reason for not sending, and the correction. */
  readonly says: string | undefined;
  readonly notesId: string;
}

/** Sends the text as a message, with its files, or runs it as a command. */
export function useSend(options: Options): SendState {
  const { live, stream, draft, files, uploads } = options;
  const { text } = draft;
  const [says, setSays] = useState<string>();
  const [isWaiting, setWaiting] = useState(false);
  const notesId = useId();
  const room = roomLeft(text);
  const hasText = text.trim() !== '';
  const isUploading = files.some(({ status }) => status === 'uploading');
  const isStuck = files.some(({ status }) => status === 'refused' || status === 'failed');
  const command = useCommand(options, setSays);

  const sendNow = (): void => {
    setWaiting(false);
    const input = parseInput(text, stream);
    if (input.kind === 'problem') return setSays(input.says);
    if (input.kind === 'command')
      return files.length > 0 ? setSays('A command takes no files. Send or remove them first.') : command.run(input.command);
    if (files.length > 0) sendFiles(options, input.text);
    else live.send(input.text);
    draft.sent();
    setSays(undefined);
  };
  const send = (): void => {
    if (command.busy || room.kind === 'over' || (!hasText && files.length === 0)) return;
    if (isStuck) return setSays('Remove the file that cannot be sent, or try it again.');
    if (isUploading) return setWaiting(true);
    sendNow();
  };
  useWhenUploaded(isWaiting && !isUploading, () => (isStuck ? setWaiting(false) : sendNow()));
  return {
    send,
    attach: (added) => setSays(uploads.add(added)),
    onTyped: (typed) => {
      setSays(undefined);
      if (typed.trim() !== '' && !typed.startsWith('/')) live.typing();
    },
    isSendable: room.kind !== 'over' && !isWaiting && (isSendable(text) || files.length > 0),
    busy: command.busy,
    isWaiting,
    room,
    says,
    notesId,
  };
}

/** Runs the callback once the files are uploaded. */
function useWhenUploaded(isUploaded: boolean, onUploaded: () => void): void {
  const goOn = useEffectEvent(onUploaded);
  useEffect(() => {
    if (isUploaded) goOn();
  }, [isUploaded]);
}

/** Posts each file as an event of its own; the text goes with the first. */
function sendFiles({ live, files, uploads }: Pick<Options, 'live' | 'files' | 'uploads'>, text: string): void {
  const words = text.trim();
  for (const [index, { id, stored }] of files.entries()) {
    if (!stored) continue;
    live.send({ eventType: 'file', fileId: stored.id, ...(index === 0 && words !== '' && { text: words }) });
    uploads.take(id);
  }
}

/** Runs one command at a time; the text stays until the command succeeds. */
function useCommand({ live, draft, streamId, onPoll, beginEpoch }: Options, says: (text: string | undefined) => void) {
  const { streambed, workspaceId, list, pageActions, tell, go } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const attempt = async (command: Parameters<typeof runCommand>[0]): Promise<void> => {
    setBusy(true);
    says(undefined);
    try {
      const onPost = (poll: CheckedPoll): void => live.send(poll);
      await runCommand(command, { streambed, workspaceId, streamId, list, pageActions, tell, go, onPoll, onPost, beginEpoch });
      draft.change('');
    } catch (error) {
      says(sentenceOf(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };
  return { busy, run: (command: Parameters<typeof runCommand>[0]) => void attempt(command) };
}
