import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import classes from './composer.module.css';
import { useNameOf } from '../workspace/mention-people.ts';
import { typingSentence } from './composer-typists.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** The names of people who are typing. */
export function ComposerTyping({ snapshot }: { snapshot: LiveSnapshot }) {
  const { me } = useWorkspace();
  const nameOf = useNameOf();
  const others = snapshot.typists.filter((id) => id !== me.id);
  return (
    <p className={classes.typing} aria-live="off" data-testid="typing">
      {typingSentence(others.map((id) => nameOf(id)))}
    </p>
  );
}
