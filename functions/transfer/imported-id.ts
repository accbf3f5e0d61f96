import { createHash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const parts = /^(ws|str|evt|fil|prv)_([0-9a-hjkmnp-tv-z]{14})[0-9a-hjkmnp-tv-z]{12}$/;

/** Tells whether a string has the form of an id that an import replaces. A string in a payload is judged by its form alone. */
export const isImportable = (id: string): boolean => parts.test(id);

/**
 * Maps an id of a file to the id in the importing workspace: always the same one, and another one in each workspace. The prefix and the
 * time at the start of the body stay, and with them the order of ids.
 */
export function importedId(workspaceId: string, id: string): string {
  const [, prefix, beginning] = parts.exec(id) ?? [];
  if (prefix === undefined || beginning === undefined) throw new Error(`${id} is no id that an import makes anew`);
  if (prefix === 'ws') return workspaceId;
  const digest = createHash('sha256').update(`${workspaceId} ${id}`).digest();
  let rest = '';
  for (const byte of digest.subarray(0, 12)) rest += alphabet.charAt(byte & 31);
  return `${prefix}_${beginning}${rest}`;
}
