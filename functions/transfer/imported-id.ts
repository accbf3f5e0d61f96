import { createHash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const parts = /^(ws|str|evt|fil|prv)_([0-9a-hjkmnp-tv-z]{14})[0-9a-hjkmnp-tv-z]{12}$/;

/** The ids that are made anew. What a string in a payload looks like, it is taken for. */
export const isImportable = (id: string): boolean => parts.test(id);

/**
 * The id that a thing has in the workspace it is imported into: always the same one, and in each workspace another. Its prefix and the
 * beginning of its body, which is the time, stay: so does the order of ids.
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
