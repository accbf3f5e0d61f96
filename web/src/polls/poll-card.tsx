import { useRef, useState } from 'react';
import { CircleCheck, CircleDot, Circle, ChartColumn, Square, SquareCheck } from 'lucide-react';
import type { Poll, StreamEvent } from '../../../contract/event.ts';
import { fullTimeOf } from '../ui/times.ts';
import { useTask } from '../ui/use-task.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { useNow } from '../ui/use-now.ts';
import { countdown, refreshAfter } from '../ui/relative-time.ts';
import classes from './poll-card.module.css';
import { isClosed, leadersOf, percentOf, toggleChoice, votesOf, withVotes } from './poll-maths.ts';
import { nameList } from '../ui/name-list.ts';
import { PeopleTooltip } from '../ui/people-tooltip.tsx';
import { useRowContext } from '../conversation/actions/row-context.ts';

/** A poll with live counts; a click votes, another one withdraws the vote. */
export function PollCard({ event, poll }: { event: StreamEvent; poll: Poll }) {
  const { me, rights } = useRowContext();
  const { shown, chosen, busy, problem, vote } = useVote(event, poll);
  const { now, closed } = useClosing(poll);
  const leaders = closed ? leadersOf(shown) : [];
  const isOpen = !closed && rights.post;
  return (
    <section className={classes.poll} aria-label={`Poll: ${poll.question}`} aria-busy={busy}>
      <p className={classes.kind}>
        <ChartColumn size={13} aria-hidden="true" /> Poll · {poll.multiple ? 'choose any number' : 'choose one'}
      </p>
      <p className={classes.question} dir="auto">
        {poll.question}
      </p>
      <div className={classes.options} role="group" aria-label="Answers">
        {shown.options.map((option) => (
          <PollOption
            key={option.id}
            option={option}
            voterCount={shown.voterCount}
            isChosen={chosen.includes(option.id)}
            isWinner={leaders.includes(option.id)}
            multiple={poll.multiple}
            isOpen={isOpen}
            onVote={() => vote(toggleChoice(chosen, option.id, poll.multiple))}
          />
        ))}
      </div>
      <p className={classes.foot}>
        <span>{`${shown.voterCount} ${shown.voterCount === 1 ? 'person has' : 'people have'} voted`}</span>
        <ClosingTime poll={poll} now={now} closed={closed} />
        {isOpen && chosen.length > 0 && (
          <button type="button" onClick={() => vote([])}>
            Take my vote back
          </button>
        )}
      </p>
      {problem && (
        <p className={classes.problem} role="alert">
          {`Your vote was not counted, ${me.name}. ${sentenceOf(problem)}`}
        </p>
      )}
    </section>
  );
}

interface OptionProps {
  readonly option: Poll['options'][number];
  readonly voterCount: number;
  readonly isChosen: boolean;
  readonly isWinner: boolean;
  readonly multiple: boolean;
  readonly isOpen: boolean;
  readonly onVote: () => void;
}

function PollOption({ option, voterCount, isChosen, isWinner, multiple, isOpen, onVote }: OptionProps) {
  const { me, nameOf } = useRowContext();
  const percent = percentOf(option.count, voterCount);
  const who = nameList(
    option.userIds.map((id) => (id === me.id ? 'you' : nameOf(id))),
    option.count,
  );
  const Mark = multiple ? (isChosen ? SquareCheck : Square) : isChosen ? CircleDot : Circle;
  return (
    <PeopleTooltip label={who === '' ? 'Nobody has voted for it yet' : who}>
      <button
        type="button"
        className={classes.option}
        aria-pressed={isChosen}
        // Readers who cannot vote can still see the voters.
        aria-disabled={!isOpen}
        data-winner={isWinner}
        onClick={() => isOpen && onVote()}
      >
        <span className={classes.bar} style={{ width: `${percent}%` }} />
        <Mark size={15} className={classes.mark} aria-hidden="true" />
        <span className={classes.text} dir="auto">
          {option.text}
        </span>
        {isWinner && <CircleCheck size={14} aria-hidden="true" />}
        <span className={classes.count}>
          {option.count}
          <span className="sb-hidden">{option.count === 1 ? ' vote, ' : ' votes, '}</span> <i>{percent}%</i>
        </span>
        {(who !== '' || isWinner) && (
          <span className="sb-hidden">
            {who === '' ? '' : `voted for by ${who}`}
            {isWinner ? ' (most votes)' : ''}
          </span>
        )}
      </button>
    </PeopleTooltip>
  );
}

function ClosingTime({ poll: { closesAt }, now, closed }: { poll: Poll; now: number; closed: boolean }) {
  if (closesAt === null) return null;
  const at = Date.parse(closesAt);
  return (
    <time dateTime={closesAt} title={fullTimeOf(at)} data-closed={closed}>
      {closed ? 'Closed' : `Closes in ${countdown(at, now)}`}
    </time>
  );
}

/** Counts down to the end of a poll, and reports it. */
function useClosing(poll: Poll): { now: number; closed: boolean } {
  const end = poll.closesAt === null ? undefined : Date.parse(poll.closesAt);
  const [every, setEvery] = useState(() => (end === undefined ? undefined : refreshAfter(end, Date.now())));
  const now = useNow(every);
  const closed = isClosed(poll, now);
  const wanted = end === undefined || closed ? undefined : refreshAfter(end, now);
  if (wanted !== every) setEvery(wanted);
  return { now, closed };
}

/** Shows the vote at once; the server's answer replaces it. */
function useVote(event: StreamEvent, poll: Poll) {
  const { me, actions } = useRowContext();
  const { busy, problem, run } = useTask();
  const [choice, setChoice] = useState<{ readonly poll: Poll; readonly optionIds: readonly string[] }>();
  const counted = votesOf(poll, me.id);
  // A newer state of the stream overrides the click.
  const chosen = choice && (choice.poll === poll || busy) ? choice.optionIds : counted;
  const wanted = useRef<readonly string[]>(undefined);
  const isSending = useRef(false);
  // A click while a vote is under way is sent after it; of several, the last one.
  const send = async (): Promise<void> => {
    for (let optionIds = wanted.current; optionIds !== undefined; optionIds = wanted.current) {
      wanted.current = undefined;
      await actions.onVote(event, optionIds);
    }
  };
  const vote = (optionIds: readonly string[]): void => {
    setChoice({ poll, optionIds });
    wanted.current = optionIds;
    if (isSending.current) return;
    isSending.current = true;
    void run(send).then((worked) => {
      isSending.current = false;
      wanted.current = undefined;
      if (!worked) setChoice(undefined);
    });
  };
  return { shown: withVotes(poll, me.id, counted, chosen), chosen, busy, problem, vote };
}
