import type { LifecycleRule } from '../definitions.ts';
import type { ObjectFolder, StoredObject } from './objects.ts';

const day = 86_400_000;

/** Deletes objects that the bucket's rules have expired; returns their number. As in S3, an age counts until the next midnight (UTC). */
export function expireObjects(folder: ObjectFolder, rules: readonly LifecycleRule[], now: Date): number {
  const old = folder.list().filter((object) => rules.some((rule) => concerns(rule, object) && isOver(rule, object, now)));
  for (const { key } of old) folder.delete(key);
  return old.length;
}

const concerns = (rule: LifecycleRule, object: StoredObject): boolean =>
  object.key.startsWith(rule.prefix) && Object.entries(rule.tags).every(([name, value]) => object.tags[name] === value);

const isOver = (rule: LifecycleRule, object: StoredObject, now: Date): boolean =>
  Math.ceil((Date.parse(object.modified) + rule.expireDays * day) / day) * day <= now.getTime();
