import type { Problem } from '../../../contract/errors.ts';

/** The errors of a problem by the field of a form they belong to; what belongs to none of them stands in `form`. */
export function fieldErrors<Field extends string>(problem: Problem, fields: readonly Field[]): Partial<Record<Field | 'form', string>> {
  const found: Partial<Record<Field | 'form', string>> = {};
  const stray: string[] = [];
  for (const { path, message } of problem.errors ?? []) {
    const field = fields.find((name) => path === `body.${name}` || path.startsWith(`body.${name}.`));
    if (!field) stray.push(`${path}: ${message}`);
    else found[field] ??= capitalized(message);
  }
  const nothingPlaced = Object.keys(found).length === 0;
  if (stray.length > 0) found.form = stray.join('; ');
  else if (nothingPlaced) found.form = problem.detail ?? problem.title;
  return found;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
