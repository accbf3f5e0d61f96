import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';

/** Drafts of one user that an environment embeds within a minute. The web app asks when the author rests, at most every 0.4 s. */
export const draftsPerMinute = 60;
/** Users that an environment remembers; a forgotten one starts a new minute. */
const maxRemembered = 1_000;
const minuteMs = 60_000;

/** Budget for drafts: each one costs an embedding, which a provider may bill. */
export interface DraftBudget {
  /** Counts a draft. Throws `rate_limited` after too many drafts of a user. */
  take(caller: UserCaller): void;
}

/** Creates the budget of one environment. An environment handles one request at a time, so the number of environments bounds the rest. */
export function createDraftBudget({ clock }: Pick<App, 'clock'>): DraftBudget {
  const users = new Map<string, { until: number; count: number }>();
  return {
    take({ workspaceId, userId }) {
      const now = clock.now().getTime();
      const key = `${workspaceId} ${userId}`;
      const known = users.get(key);
      const minute = known && now < known.until ? known : { until: now + minuteMs, count: 0 };
      if (minute.count >= draftsPerMinute) {
        const retryAfterSeconds = Math.ceil((minute.until - now) / 1000);
        throw new AppError('rate_limited', `At most ${draftsPerMinute} drafts a minute are compared.`, { retryAfterSeconds });
      }
      users.delete(key);
      users.set(key, { ...minute, count: minute.count + 1 });
      const [oldest] = users.keys();
      if (users.size > maxRemembered && oldest !== undefined) users.delete(oldest);
    },
  };
}
