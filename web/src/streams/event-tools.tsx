import { useState, type ReactNode } from 'react';
import { Check, Copy, Pencil, Trash2 } from 'lucide-react';
import type { StreamEvent } from '../../../contract/event.ts';
import type { RowActions } from './row-actions.ts';
import classes from './event-tools.module.css';

interface Props {
  readonly event: StreamEvent;
  readonly isOwn: boolean;
  /** Only the message that the keyboard is on has its tools in the order of tabs. */
  readonly isReachable: boolean;
  readonly actions: RowActions;
}

/** What can be done with a message. */
export function EventTools({ event, isOwn, isReachable, actions }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(event.content?.text ?? '');
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const tool = (label: string, icon: ReactNode, onClick: () => void): ReactNode => (
    <button type="button" className={classes.tool} aria-label={label} title={label} tabIndex={isReachable ? 0 : -1} onClick={onClick}>
      {icon}
    </button>
  );
  return (
    <div className={classes.tools}>
      {tool(copied ? 'Copied' : 'Copy text', copied ? <Check size={15} /> : <Copy size={15} />, () => void copy())}
      {isOwn && tool('Edit message', <Pencil size={15} />, () => actions.onEdit(event.id))}
      {isOwn && tool('Delete message', <Trash2 size={15} />, () => actions.onDelete(event))}
    </div>
  );
}
