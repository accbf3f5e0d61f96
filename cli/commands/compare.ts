import { HeaderRecord } from '../../contract/transfer.ts';
import { Failure } from '../failure.ts';
import { createMask } from '../mask.ts';
import { createProgress } from '../progress.ts';
import { readLines } from '../read-lines.ts';
import type { FileLine } from '../read-lines.ts';

/** Compares two exports, ignoring the ids and times that their headers name. Reports the first line that differs. */
export async function compareFiles(one: string, two: string, options: { readonly signal: AbortSignal }): Promise<void> {
  const progress = createProgress('Compare');
  const [left, right] = [readLines(one, options.signal), readLines(two, options.signal)];
  const masks = [maskOf(one, await first(one, left)), maskOf(two, await first(two, right))] as const;
  let lines = 1;
  for (;;) {
    const [a, b] = [await left.next(), await right.next()];
    if (a.done === true && b.done === true) break;
    if (a.done === true || b.done === true)
      throw new Failure(`${a.done === true ? two : one} has more lines than the other, from line ${lines + 1} on.`);
    const [was, is] = [masks[0](known(a.value)), masks[1](known(b.value))];
    const where = differenceOf(was, is, '');
    if (where !== undefined) throw new Failure(`${one}:${a.value.number} and ${two}:${b.value.number} differ in ${where}`);
    progress.update(++lines);
  }
  progress.done(`${one} and ${two} are equal in ${lines.toLocaleString('en')} lines, apart from the ids and times that they name as such.`);
}

async function first(file: string, lines: AsyncGenerator<FileLine>): Promise<FileLine> {
  const { value } = await lines.next();
  if (value === undefined) throw new Failure(`${file}: is empty`);
  return value as FileLine;
}

function maskOf(file: string, { number, record }: FileLine): (record: { readonly kind: string }) => unknown {
  const header = HeaderRecord.safeParse(record);
  if (!header.success) throw new Failure(`${file}:${number}: is no header of an export`);
  return createMask(header.data);
}

const known = ({ record }: FileLine): { readonly kind: string } => ({ ...record, kind: String(record.kind) });

/** Describes the first difference between two values, with its path; undefined when they are equal. */
function differenceOf(one: unknown, two: unknown, path: string): string | undefined {
  if (typeof one === 'object' && typeof two === 'object' && one !== null && two !== null) {
    const [a, b] = [one as Record<string, unknown>, two as Record<string, unknown>];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differenceOf(a[key], b[key], path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return one === two ? undefined : `${path}: ${shortened(one)} and ${shortened(two)}`;
}

const shortened = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));
