import type { Streambed } from '../../../client/http/http.ts';
import type { LiveWorkspace } from '../../../client/workspace/live-workspace.ts';
import { StreamId, UserId } from '../../../contract/ids.ts';
import type { PageActions, Notice } from '../workspace/page-actions.ts';
import type { Place } from '../workspace/place.ts';
import { nameList } from '../ui/name-list.ts';
import type { CheckedPoll, PollDraft } from '../polls/poll-draft.ts';
import type { Command } from './slash-commands.ts';

/** The clients and callbacks that commands use. */
export interface SlashServices {
  readonly streambed: Streambed;
  readonly workspaceId: string;
  readonly streamId: string;
  readonly list: Pick<LiveWorkspace, 'put'>;
  readonly pageActions: PageActions;
  readonly tell: (notice: Notice) => void;
  readonly go: (place: Place, how?: 'push' | 'replace') => void;
  /** Opens the poll form. */
  readonly onPoll: (draft: PollDraft) => void;
  readonly onPost: (poll: CheckedPoll) => void;
  /** Begins an epoch at the next message. Rejects with StreambedError. */
  readonly beginEpoch: (label: string | undefined) => Promise<void>;
}

/** Runs a command, or opens the dialog that asks for missing details. Rejects with StreambedError. */
export async function runCommand(command: Command, services: SlashServices): Promise<void> {
  const { streambed, workspaceId, streamId, pageActions, list, tell } = services;
  const workspace = streambed.workspace(workspaceId);
  switch (command.name) {
    case 'promote-incident':
    case 'promote-channel':
      return promote(command.name === 'promote-incident' ? 'incident' : 'channel', command.title, services);
    case 'poll': {
      const { question, options, isComplete } = command;
      if (!isComplete) return services.onPoll({ question, options });
      return services.onPost({ eventType: 'poll', question, options: [...options] });
    }
    case 'new':
      return services.beginEpoch(command.label);
    case 'topic':
      await list.put(workspace.streams.update(streamId, { description: command.text }));
      return;
    case 'invite': {
      if (command.userIds.length === 0) return pageActions.invite(streamId);
      const userIds = command.userIds.map((id) => UserId.parse(id));
      const added = await workspace.streams.invite(streamId, { userIds });
      tell({
        text: `Added ${nameList(
          added.map(({ user }) => user.name),
          added.length,
        )}.`,
      });
      return;
    }
    case 'leave':
      return pageActions.leave(streamId);
    case 'archive':
      return pageActions.archive(streamId);
    default: {
      const never: never = command;
      throw new Error(`unknown command ${String(never)}`);
    }
  }
}

/** Promotes at once when there is a name; otherwise the dialog asks for it. */
async function promote(streamType: 'channel' | 'incident', name: string | undefined, services: SlashServices): Promise<void> {
  const { streambed, workspaceId, streamId, pageActions, list, go } = services;
  if (name === undefined) return pageActions.promote(streamId, undefined, streamType);
  await list.put(streambed.workspace(workspaceId).streams.promote(streamId, { streamType, name }));
  go({ kind: 'stream', streamId: StreamId.parse(streamId) });
}
