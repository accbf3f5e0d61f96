import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { findSlugs } from './stream-store.ts';
import { slugOf } from '../stream.ts';

/**
 * Chooses a slug from the name or the requested slug, unique in the workspace. A slug taken by a stream the caller sees is a conflict. If
 * the caller cannot see that stream, a number is added: an error would reveal it. Null for a name without letters.
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

/** Error: another stream has the name, or the requested slug. */
export function nameTaken({ slug }: { slug?: string | undefined }): AppError {
  const field = slug === undefined ? 'name' : 'slug';
  return new AppError('conflict', `Another stream has this ${field}.`, {
    errors: [{ path: `body.${field}`, message: 'is taken by another stream; choose another' }],
  });
}
