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
  /** The start of the viewer's day, in milliseconds. */
  readonly today: number;
  /** Rejects the link. Undefined for a draft, which has no links to reject. */
  readonly onReject: ((related: Related) => void) | undefined;
}

/** An earlier epoch that is related to the present one, with a link to it. */
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

/** Moves the focus before the card disappears, unless another element has it by then. */
function focusBeside(card: Element | null): void {
  const beside = card?.nextElementSibling ?? card?.previousElementSibling;
  beside?.querySelector('a')?.focus();
}
