import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** A dialogue with the topic boundaries that annotators set. */
export interface Dialogue {
  readonly id: string;
  readonly messages: readonly { readonly text: string; readonly role?: string | undefined }[];
  /** A new subject starts at these messages (0-based, never the first), ascending. */
  readonly boundaries: readonly number[];
}

const Line = z
  .object({
    id: z.string(),
    messages: z.array(z.object({ text: z.string(), role: z.string().optional() })).min(1),
    boundaries: z.array(z.int().min(1)),
  })
  .refine(({ messages, boundaries }) => boundaries.every((at) => at < messages.length), {
    error: 'a boundary is not at a message',
    path: ['boundaries'],
  })
  .transform(({ boundaries, ...line }) => ({ ...line, boundaries: [...new Set(boundaries)].sort((a, b) => a - b) }));

/** Reads JSON lines of dialogues. Throws with the line number at the first malformed one. */
export function readDialogues(file: string): Dialogue[] {
  if (!existsSync(file)) throw new Error(`${file} is not there: give a file of dialogues with --data`);
  const dialogues: Dialogue[] = [];
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    dialogues.push(parseLine(line, `${file}:${at + 1}`));
  }
  if (dialogues.length === 0) throw new Error(`${file} holds no dialogues`);
  return dialogues;
}

function parseLine(line: string, where: string): Dialogue {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new Error(`${where}: is not JSON`);
  }
  const parsed = Line.safeParse(json);
  if (!parsed.success) {
    const [fault] = parsed.error.issues;
    throw new Error(`${where}: ${fault?.path.join('.') ?? ''}: ${fault?.message ?? 'is no dialogue'}`);
  }
  return parsed.data;
}
