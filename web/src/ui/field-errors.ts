import type { Problem } from '../../../contract/errors.ts';
import { capitalized, fieldReason, fieldSentence, sentenceOf } from './problem-words.ts';

/** Groups the errors of a problem by form field, in words for a person; errors of other fields go to `form`. */
export function fieldErrors<Field extends string>(problem: Problem, fields: readonly Field[]): Partial<Record<Field | 'form', string>> {
  const found: Partial<Record<Field | 'form', string>> = {};
  const stray: string[] = [];
  for (const error of problem.errors ?? []) {
    const field = fields.find((name) => error.path === `body.${name}` || error.path.startsWith(`body.${name}.`));
    if (!field) stray.push(fieldSentence(error));
    else found[field] ??= capitalized(fieldReason(error));
  }
  const nothingPlaced = Object.keys(found).length === 0;
  if (stray.length > 0) found.form = stray.join(' ');
  else if (nothingPlaced) found.form = sentenceOf(problem);
  return found;
}
