import { createHash } from 'node:crypto';
import { idPrefixes } from '../../contract/ids.ts';
import type { IdKind } from '../../contract/ids.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Deterministic id for an object of Slack, with the object's time inside. */
export function slackId(kind: IdKind, milliseconds: number, key: string): string {
  let time = milliseconds;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = alphabet.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  for (const byte of createHash('sha256').update(`${kind} ${key}`).digest().subarray(0, 16)) tail += alphabet.charAt(byte & 31);
  return `${idPrefixes[kind]}_${head}${tail}`;
}
