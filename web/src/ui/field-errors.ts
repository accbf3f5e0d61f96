import type { Problem } from '../../../contract/errors.ts';

/** Groups the errors of a problem by form field; errors of other fields go to `form`. */
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
