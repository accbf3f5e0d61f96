import type { HeaderRecord } from '../contract/transfer.ts';

type Path = readonly (string | number)[];

/** Matches a path with a pattern of the header: `event.content.mentions.*.id`; `*` at the end stands for anything below. */
function matches(pattern: readonly string[], path: Path): boolean {
  const open = pattern.at(-1) === '*';
  if (open ? path.length < pattern.length : path.length !== pattern.length) return false;
  return pattern.every((part, i) => part === '*' || part === String(path[i]));
}

/**
 * Masks the values that an import changes, as the header names them: times are dropped, an id becomes the number of its first occurrence.
 * Two files have the same content when all their masked lines are equal.
 */
export function createMask(header: Pick<HeaderRecord, 'ids' | 'times'>): (record: { readonly kind: string }) => unknown {
  const ids = header.ids.map((pattern) => pattern.split('.'));
  const times = header.times.map((pattern) => pattern.split('.'));
  const places = new Map<string, string>();
  const placeOf = (id: string): string => {
    const place = places.get(id) ?? `${id.slice(0, id.indexOf('_'))} ${places.size}`;
    places.set(id, place);
    return place;
  };
  const mask = (value: unknown, path: Path): unknown => {
    if (times.some((pattern) => matches(pattern, path))) return 'a time';
    if (typeof value === 'string') {
      const isId = /^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/.test(value) && ids.some((pattern) => matches(pattern, path));
      return isId ? placeOf(value) : value;
    }
    if (Array.isArray(value)) return value.map((item, i) => mask(item, [...path, i]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item, [...path, key])]));
  };
  return (record) => mask(record, [record.kind]);
}
