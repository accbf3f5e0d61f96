import type { Poll } from '../../../contract/event.ts';

/** How an option does: its share of all who voted, in whole percent. Several choices a person may add up to more than 100. */
export const percentOf = (count: number, voterCount: number): number => (voterCount === 0 ? 0 : Math.round((count / voterCount) * 100));

/** The options with the most votes; none while nobody has voted. */
export function leadersOf({ options }: Pick<Poll, 'options'>): string[] {
  const most = Math.max(...options.map(({ count }) => count));
  return most === 0 ? [] : options.filter(({ count }) => count === most).map(({ id }) => id);
}

export const isClosed = ({ closesAt }: Pick<Poll, 'closesAt'>, now: number): boolean => closesAt !== null && Date.parse(closesAt) <= now;

/** What a person voted, as far as the poll tells names. */
export const votesOf = ({ options }: Pick<Poll, 'options'>, userId: string): string[] =>
  options.filter(({ userIds }) => userIds.some((id) => id === userId)).map(({ id }) => id);

/** The whole choice after an option was chosen or taken back; with a single choice the new one replaces the old one. */
export function toggleChoice(chosen: readonly string[], optionId: string, multiple: boolean): string[] {
  if (chosen.includes(optionId)) return chosen.filter((id) => id !== optionId);
  return multiple ? [...chosen, optionId] : [optionId];
}

/** The poll as it will be when a person's choice has changed from `before` to `after`. */
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
