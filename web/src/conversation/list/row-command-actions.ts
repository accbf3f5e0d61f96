import type { Intents } from '../../workspace/intents.ts';
import type { RowScene } from '../actions/row-scene.ts';
import type { EventCommand, RowKeysOptions } from './use-row-keys.ts';

/** Carries out what a key asks for at a row, as far as one may. */
export function rowCommands(
  { rights, actions, stream }: Pick<RowScene, 'rights' | 'actions' | 'stream'>,
  intents: Intents,
): RowKeysOptions['onCommand'] {
  return (command: EventCommand, { own, event }) => {
    switch (command) {
      case 'edit':
        if (own && rights.post) actions.onEdit(own.id);
        return;
      case 'delete':
        if (event && rights.post && (event === own || rights.moderate)) actions.onDelete(event);
        return;
      case 'react':
        if (event && rights.post) actions.onPick(event.id);
        return;
      case 'reply':
        if (event && (rights.reply || event.thread)) intents.openThread(event);
        return;
      case 'share':
        if (event) intents.share(event);
        return;
      case 'pin':
        if (event && rights.pin) actions.onPin(event);
        return;
      case 'unread':
        if (event && stream?.isMember) intents.markUnread(event);
        return;
      default: {
        const never: never = command;
        throw new Error(`unknown command ${String(never)}`);
      }
    }
  };
}
