import type { StreamEvent } from '../../../../contract/event.ts';
import type { PageActions } from '../../workspace/page-actions.ts';
import { offersThread } from '../actions/branch.ts';
import type { RowContext } from '../actions/row-context.ts';

/** The actions on an event that have a shortcut. */
export type EventAction = 'edit' | 'delete' | 'react' | 'reply' | 'share' | 'pin' | 'unread';

/** The keyboard focus moves among the rows, to the end of the list, or back to the composer. */
type FocusMove = 'up' | 'down' | 'end' | 'leave' | 'type';

const moves = new Map<string, FocusMove>([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['End', 'end'],
  ['Escape', 'leave'],
]);
const shortcuts = new Map<string, EventAction>([
  ['e', 'edit'],
  ['E', 'edit'],
  ['Delete', 'delete'],
  ['+', 'react'],
  ['r', 'reply'],
  ['R', 'reply'],
  ['s', 'share'],
  ['S', 'share'],
  ['p', 'pin'],
  ['P', 'pin'],
  ['u', 'unread'],
  ['U', 'unread'],
]);

/**
 * The action or move that a key triggers among the rows. Shortcuts work after keyboard navigation only: a reader who clicked a message
 * and then types a letter means the composer.
 */
export function actionOfKey(key: string, byKeyboard: boolean): EventAction | FocusMove | undefined {
  const action = moves.get(key) ?? (byKeyboard ? shortcuts.get(key) : undefined);
  if (action) return action;
  return /^\S$/u.test(key) ? 'type' : undefined;
}

/** The events that a row offers to actions; `own` is the reader's own event that can be edited. */
export interface RowEvents {
  readonly own: StreamEvent | undefined;
  readonly event: StreamEvent | undefined;
}

/** Runs the action of a shortcut on a row; does nothing where the reader lacks the right. */
export function runEventAction(
  action: EventAction,
  { own, event }: RowEvents,
  { rights, actions, stream }: Pick<RowContext, 'rights' | 'actions' | 'stream'>,
  pageActions: PageActions,
): void {
  switch (action) {
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
      if (event && offersThread(event, rights)) pageActions.openThread(event);
      return;
    case 'share':
      if (event) pageActions.share(event);
      return;
    case 'pin':
      if (event && rights.pin) actions.onPin(event);
      return;
    case 'unread':
      if (event && stream?.isMember) pageActions.markUnread(event);
      return;
    default: {
      const never: never = action;
      throw new Error(`unknown action ${String(never)}`);
    }
  }
}
