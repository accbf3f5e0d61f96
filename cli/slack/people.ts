import * as z from 'zod';
import { UserId } from '../../contract/ids.ts';
import type { RecordOf } from '../../contract/transfer.ts';
import { oneLine } from './plain-text.ts';
import type { SlackMessage, SlackUser } from './slack-files.ts';

/** The field of a Slack user that becomes the user id here. */
export type UserIdField = 'name' | 'id' | 'email';
type Member = RecordOf<'member'>;

/** Everyone who wrote, reacted or was a member: the users of the list, and bots and guests that appear only in messages. */
export class People {
  readonly #known = new Map<string, { readonly id: string; readonly name: string }>();
  readonly #taken = new Set<string>();
  readonly #at: string;
  #fresh: Member[] = [];

  /** `at` is the time of joining for people whom no list names. */
  constructor(users: readonly SlackUser[], field: UserIdField, at: string) {
    this.#at = at;
    for (const user of users) this.#add(user.id, memberOf(user, at), { name: user.name, id: user.id, email: user.profile?.email }[field]);
  }

  /** Returns the members found since the last call. Their records must come before their first event. */
  takeFresh(): Member[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  find(slackId: string): { readonly id: string; readonly name: string } | undefined {
    return this.#known.get(slackId);
  }

  /** Id of a user. A user whom no list names becomes a former member, without access. */
  idOf(slackId: string, name: string = slackId): string {
    const known = this.#known.get(slackId);
    if (known) return known.id;
    const plain: Omit<Member, 'userId'> = {
      kind: 'member',
      name: oneLine(name, 80) ?? slackId,
      email: null,
      role: 'guest',
      createdAt: this.#at,
      updatedAt: this.#at,
      joinedAt: this.#at,
      removedAt: this.#at,
    };
    return this.#add(slackId, plain, name);
  }

  /** Id of a message's author. A bot without a user is known by its display name. */
  authorOf(message: SlackMessage): string {
    const profile = message.user_profile;
    if (message.user !== undefined) return this.idOf(message.user, profile?.real_name ?? profile?.name ?? message.user);
    const name = message.username ?? message.bot_id ?? 'slack';
    return this.idOf(`bot ${message.bot_id ?? ''} ${message.username ?? ''}`, name);
  }

  #add(slackId: string, member: Omit<Member, 'userId'>, wanted: string | null | undefined): string {
    const id = this.#freeId(wanted, slackId);
    this.#taken.add(id.toLowerCase());
    this.#known.set(slackId, { id, name: member.name });
    this.#fresh.push({ ...member, userId: UserId.parse(id) });
    return id;
  }

  #freeId(wanted: string | null | undefined, slackId: string): string {
    const plain = (text: string): string =>
      text
        .normalize('NFKD')
        .replaceAll(/[^A-Za-z0-9_.@-]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
        .slice(0, 60);
    const candidates = [plain(wanted ?? ''), plain(slackId)].filter((id) => UserId.safeParse(id).success);
    const [first = 'somebody'] = candidates;
    let id = candidates.find((candidate) => !this.#taken.has(candidate.toLowerCase())) ?? first;
    for (let n = 2; this.#taken.has(id.toLowerCase()); n++) id = `${first}-${n}`;
    return id;
  }
}

function memberOf(user: SlackUser, at: string): Omit<Member, 'userId'> {
  const since = user.updated === undefined ? at : new Date(user.updated * 1000).toISOString();
  const { profile } = user;
  const email = z.email().max(254).safeParse(profile?.email);
  return {
    kind: 'member',
    name: oneLine(profile?.real_name, 80) ?? oneLine(profile?.display_name, 80) ?? oneLine(user.name, 80) ?? user.id,
    email: email.success ? email.data : null,
    role: roleOf(user),
    createdAt: since,
    updatedAt: since,
    joinedAt: since,
    removedAt: user.deleted === true ? since : null,
  };
}

function roleOf(user: SlackUser): Member['role'] {
  if (user.is_owner === true) return 'owner';
  if (user.is_admin === true) return 'admin';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
}
