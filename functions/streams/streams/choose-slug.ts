import { freeSlug } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { findStreamsBySlug, listPublicSlugs } from './stream-store.ts';
import { slugOf } from '../stream.ts';
import type { PlainStream } from '../stream.ts';

/**
 * Chooses a slug from the name or the requested slug. Another stream that the caller sees and that has the slug is a conflict. Streams that
 * the caller cannot see do not count: a conflict, or a number, would reveal them. A stream keeps the slug that it has. Null for a name without
 * letters.
 */
export async function chooseSlug(
  tx: Transaction,
  caller: UserCaller,
  { name, slug, streamId }: { name: string; slug?: string; streamId?: string },
): Promise<string | null> {
  const wanted = slug ?? slugOf(name);
  if (wanted === undefined) return null;
  const seen = await findStreamsBySlug(tx, caller.userId, wanted);
  const isKept = seen.some(({ id }) => id === streamId);
  if (seen.length > 0 && !isKept) throw nameTaken({ slug });
  return wanted;
}

/** The slug of a stream that becomes public: its own, or with the next free number where another public stream has it. */
export async function publicSlug(tx: Transaction, { id, slug }: Pick<PlainStream, 'id' | 'slug'>): Promise<string | null> {
  return slug === null ? null : freeSlug(slug, new Set(await listPublicSlugs(tx, slug, id)));
}

/** Error: another stream has the name, or the requested slug. */
export function nameTaken({ slug }: { slug?: string | undefined }): AppError {
  const field = slug === undefined ? 'name' : 'slug';
  return new AppError('conflict', `Another stream has this ${field}.`, {
    errors: [{ path: `body.${field}`, message: 'is taken by another stream; choose another' }],
  });
}
