import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256 of each migration in a folder, by file name, in order. */
export function checksumsOf(directory: string): Record<string, string> {
  const names = globSync('[0-9]*.sql', { cwd: directory }).sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  );
}
