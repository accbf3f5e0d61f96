import type { Poll } from '../../../contract/event.ts';

/** An option's share of all voters, in whole percent. With several choices per voter the shares may exceed 100. */
export const percentOf = (count: number, voterCount: number): number => (voterCount === 0 ? 0 : Math.round((count / voterCount) * 100));

/** The options with the most votes; empty before the first vote. */
export function leadersOf({ options }: Pick<Poll, 'options'>): string[] {
  const most = Math.max(...options.map(({ count }) => count));
  return most === 0 ? [] : options.filter(({ count }) => count === most).map(({ id }) => id);
}

export const isClosed = ({ closesAt }: Pick<Poll, 'closesAt'>, now: number): boolean => closesAt !== null && Date.parse(closesAt) <= now;

/** A member's choices, as far as the poll lists names. */
export const votesOf = ({ options }: Pick<Poll, 'options'>, userId: string): string[] =>
  options.filter(({ userIds }) => userIds.some((id) => id === userId)).map(({ id }) => id);

/** The choices after an option is toggled; in a single choice the new option replaces the old one. */
export function toggleChoice(chosen: readonly string[], optionId: string, multiple: boolean): string[] {
  if (chosen.includes(optionId)) return chosen.filter((id) => id !== optionId);
  return multiple ? [...chosen, optionId] : [optionId];
}

/** The poll after a member's choices change from `before` to `after`. */
export function withVotes(poll: Poll, userId: string, before: readonly string[], after: readonly string[]): Poll {
  const voted = Math.sign(after.length) - Math.sign(before.length);
  const options = poll.options.map((option) => {
    const [had, has] = [before.includes(option.id), after.includes(option.id)];
    if (had === has) return option;
    const userIds = has
      ? [...option.userIds, userId as Poll['options'][number]['userIds'][number]]
      : option.userIds.filter((id) => id !== userId);
    return { ...option, userIds, count: option.count + (has ? 1 : -1) };
  });
  return { ...poll, options, voterCount: poll.voterCount + voted };
}
