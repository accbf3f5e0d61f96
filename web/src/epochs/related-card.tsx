import type { MouseEvent } from 'react';
import { ActionIcon, Tooltip } from '@mantine/core';
import { ThumbsDown } from 'lucide-react';
import type { Related } from '../../../contract/epoch.ts';
import { spanLabel } from '../ui/times.ts';
import { EpochLink } from './epoch-link.tsx';
import { labelOf, messagesOf, confidenceOf } from './epoch-words.ts';
import classes from './memory-list.module.css';
import { streamWords } from './stream-words.ts';

interface Props {
  readonly related: Related;
  /** In milliseconds. */
  readonly today: number;
  /** Undefined where it is related to a text that nobody has said yet: there is nothing to take it away from. */
  readonly onReject: ((related: Related) => void) | undefined;
}

/** An earlier epoch that what is said now is related to, and the way there. */
export function RelatedCard({ related, today, onReject }: Props) {
  const { level, words } = confidenceOf(related.score);
  const label = labelOf(related);
  const reject = (event: MouseEvent): void => {
    focusBeside(event.currentTarget.closest('li'));
    onReject?.(related);
  };
  return (
    <li className={classes.card}>
      <EpochLink range={related} className={classes.link}>
        <bdi className={classes.label}>{label}</bdi>
        <span className={classes.meta}>
          <bdi>{streamWords(related)}</bdi>
          <span>
            {spanLabel(Date.parse(related.openedAt), Date.parse(related.lastEventAt), today)}, {messagesOf(related.messageCount)}
          </span>
        </span>
        {related.snippet !== null && (
          <span className={classes.snippet} dir="auto">
            {related.snippet}
          </span>
        )}
      </EpochLink>
      <div className={classes.foot}>
        <span className={classes.sureness} data-level={level}>
          {words}
        </span>
        {onReject && (
          <Tooltip label="Not related">
            <ActionIcon variant="subtle" color="gray" size={26} aria-label={`${label} is not related`} onClick={reject}>
              <ThumbsDown size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </li>
  );
}

/** The card goes away, and the focus with it, unless it is elsewhere by then. */
function focusBeside(card: Element | null): void {
  const beside = card?.nextElementSibling ?? card?.previousElementSibling;
  beside?.querySelector('a')?.focus();
}
