import type { Streambed } from '../../../client/http/http.ts';
import type { LiveWorkspace } from '../../../client/workspace/live-workspace.ts';
import { StreamId, UserId } from '../../../contract/ids.ts';
import type { PageActions, Notice } from '../workspace/page-actions.ts';
import type { Place } from '../workspace/place.ts';
import { nameList } from '../ui/name-list.ts';
import type { CheckedPoll, PollDraft } from '../polls/poll-draft.ts';
import type { Command } from './slash-commands.ts';

/** What commands act through. */
export interface SlashServices {
  readonly streambed: Streambed;
  readonly workspaceId: string;
  readonly streamId: string;
  readonly list: Pick<LiveWorkspace, 'put'>;
  readonly pageActions: PageActions;
  readonly tell: (notice: Notice) => void;
  readonly go: (place: Place, how?: 'push' | 'replace') => void;
  /** Opens the form of a poll. */
  readonly onPoll: (draft: PollDraft) => void;
  readonly onPost: (poll: CheckedPoll) => void;
  /** Begins an epoch with what comes next. Rejects with StreambedError. */
  readonly beginEpoch: (label: string | undefined) => Promise<void>;
}

/** Does what a command asks for, or opens the dialog that asks for the rest. Rejects with StreambedError. */
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
      list.put(await workspace.streams.update(streamId, { description: command.text }));
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

/** With a name it is done at once; without one the dialog asks for it. */
async function promote(streamType: 'channel' | 'incident', name: string | undefined, services: SlashServices): Promise<void> {
  const { streambed, workspaceId, streamId, pageActions, list, go } = services;
  if (name === undefined) return pageActions.promote(streamId, undefined, streamType);
  list.put(await streambed.workspace(workspaceId).streams.promote(streamId, { streamType, name }));
  go({ kind: 'stream', streamId: StreamId.parse(streamId) });
}
