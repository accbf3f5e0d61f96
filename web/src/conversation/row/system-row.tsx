import {
  Archive,
  ArchiveRestore,
  CircleCheck,
  Megaphone,
  MessagesSquare,
  Pencil,
  RotateCcw,
  Settings2,
  UserMinus,
  UserPlus,
  type LucideIcon,
} from 'lucide-react';
import { StreamId } from '../../../../contract/ids.ts';
import { fullTimeOf, timeOf } from '../../ui/times.ts';
import { PlaceLink } from '../../workspace/place-link.tsx';
import type { Place } from '../../workspace/place.ts';
import { useRowContext, type RowContext } from '../actions/row-context.ts';
import { plainSentence, sentenceFor, type NoticeIcon, type Part } from './system-sentence.ts';
import classes from './system-row.module.css';
import type { NoticeRow } from '../timeline/timeline.ts';

const icons: Readonly<Record<NoticeIcon, LucideIcon>> = {
  join: UserPlus,
  leave: UserMinus,
  thread: MessagesSquare,
  promote: Megaphone,
  rename: Pencil,
  archive: Archive,
  unarchive: ArchiveRestore,
  resolve: CircleCheck,
  reopen: RotateCcw,
  change: Settings2,
};

/** One line for a change of the stream, such as a join. */
export function SystemRow({ row, isActive }: { row: NoticeRow; isActive: boolean }) {
  const context = useRowContext();
  const sentence = sentenceFor(row.events);
  const at = Date.parse(row.events.at(-1)?.createdAt ?? '');
  const Icon = icons[sentence.icon];
  return (
    <div
      role="note"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys move the focus from row to row
      tabIndex={isActive ? 0 : -1}
      className={classes.row}
      data-row={row.key}
      data-icon={sentence.icon}
      aria-label={`${plainSentence(sentence, context.nameOf)}, ${timeOf(at)}`}
    >
      <span className={classes.icon} aria-hidden="true">
        <Icon size={14} />
      </span>
      <p className={classes.text}>
        {sentence.parts.map((part, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the parts of a sentence have no other identity, and keep their order
          <SentencePart key={index} part={part} context={context} parentId={row.events[0]?.streamId} />
        ))}{' '}
        <time dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
          {timeOf(at)}
        </time>
      </p>
    </div>
  );
}

function SentencePart({ part, context, parentId }: { part: Part; context: RowContext; parentId: string | undefined }) {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'person':
      return <b dir="auto">{context.nameOf(part.id, part.name)}</b>;
    case 'quote':
      return <q>{part.text}</q>;
    case 'stream':
      return <OptionalLink to={placeOf(part.id)} text={part.name} />;
    case 'thread':
      return <OptionalLink to={placeOf(parentId ?? '', part.id)} text="a thread" />;
    default: {
      const never: never = part;
      throw new Error(`unknown part ${String(never)}`);
    }
  }
}

const OptionalLink = ({ to, text }: { to: Place | undefined; text: string }) => (to ? <PlaceLink to={to}>{text}</PlaceLink> : text);

function placeOf(streamId: string, thread?: string): Place | undefined {
  const stream = StreamId.safeParse(streamId);
  if (!stream.success) return undefined;
  const beside = StreamId.safeParse(thread);
  return { kind: 'stream', streamId: stream.data, ...(beside.success && { thread: beside.data }) };
}
