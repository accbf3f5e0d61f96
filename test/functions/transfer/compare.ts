import type { ExportRecord } from '../../../contract/transfer.ts';

/**
 * The lines of a file without what its header says is another after an import: each id by the place where it was seen first, the times
 * left out.
 */
export function comparable(records: readonly ExportRecord[]): unknown[] {
  const [header] = records;
  if (header?.kind !== 'header') throw new Error('The file has no header');
  const seen = new Map<string, string>();
  const place = (id: string): string => {
    const known = seen.get(id) ?? `${id.slice(0, id.indexOf('_'))} ${seen.size}`;
    seen.set(id, known);
    return known;
  };
  const named = (list: readonly string[], path: string): boolean => {
    const parts = path.split('.');
    return list.some((entry) => {
      const wanted = entry.split('.');
      const open = wanted.at(-1) === '*' && entry.includes('payload');
      return (
        (open ? parts.length >= wanted.length : parts.length === wanted.length) &&
        wanted.every((part, i) => part === parts[i] || (part === '*' && (open || /^\d+$/.test(parts[i] ?? ''))))
      );
    });
  };
  const walk = (value: unknown, path: string): unknown => {
    if (named(header.times, path)) return 'a time';
    if (typeof value === 'string') return named(header.ids, path) && /^[a-z]+_[0-9a-z]{26}$/.test(value) ? place(value) : value;
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${path}.${i}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, `${path}.${key}`)]));
  };
  return records.map((record) => walk(record, record.kind));
}
