/** "Ada, Bob and 3 others". `count` is the total; `names` may hold fewer. */
export function nameList(names: readonly string[], count: number, most = 12): string {
  const shown = names.slice(0, Math.min(most, count));
  const rest = count - shown.length;
  if (shown.length === 0) return count === 0 ? '' : `${count} ${count === 1 ? 'person' : 'people'}`;
  const all = rest > 0 ? [...shown, `${rest} ${rest === 1 ? 'other' : 'others'}`] : shown;
  return all.length === 1 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
