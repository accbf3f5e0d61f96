import { Button } from '@mantine/core';
import classes from './composer-conflict.module.css';

interface Props {
  /** The text of the other device. */
  readonly other: string;
  readonly onChoose: (which: 'own' | 'other') => void;
}

/** Shows that the draft was edited on another device too, and lets the member choose one of the two texts. */
export function ComposerConflict({ other, onChoose }: Props) {
  return (
    <section className={classes.conflict} aria-label="Edited elsewhere" role="status">
      <div className={classes.words}>
        <b>Edited elsewhere.</b> Another device has this text:
        <blockquote className={classes.other}>{other}</blockquote>
      </div>
      <div className={classes.choice}>
        <Button size="compact-xs" variant="light" onClick={() => onChoose('other')}>
          Use that text
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChoose('own')}>
          Keep mine
        </Button>
      </div>
    </section>
  );
}
