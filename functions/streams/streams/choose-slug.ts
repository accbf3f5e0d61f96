import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { findSlugs } from './stream-store.ts';
import { slugOf } from '../stream.ts';

/**
 * The slug for a name, or the one that was asked for; unique in the workspace. Taken by a stream that the caller sees, it is a conflict.
 * Taken by one they do not see, a number is added: an error would tell that the other is there. null where a name has no letters.
 */
export async function chooseSlug(
  tx: Transaction,
  caller: UserCaller,
  { name, slug, streamId }: { name: string; slug?: string; streamId?: string },
): Promise<string | null> {
  const wanted = slug ?? slugOf(name);
  if (wanted === undefined) return null;
  const taken = (await findSlugs(tx, caller.userId, wanted)).filter(({ id }) => id !== streamId);
  const same = taken.find((other) => other.slug === wanted);
  if (!same) return wanted;
  if (same.visible) throw nameTaken({ slug });
  const slugs = new Set(taken.map((other) => other.slug));
  for (let n = 2; ; n++) {
    const numbered = `${wanted.slice(0, 76).replace(/-+$/, '')}-${n}`;
    if (!slugs.has(numbered)) return numbered;
  }
}

/** Another stream has the name, or the slug where one was asked for. */
export function nameTaken({ slug }: { slug?: string | undefined }): AppError {
  const field = slug === undefined ? 'name' : 'slug';
  return new AppError('conflict', `Another stream has this ${field}.`, {
    errors: [{ path: `body.${field}`, message: 'is taken by another stream; choose another' }],
  });
}
