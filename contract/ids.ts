import * as z from 'zod';

/** The prefixes of all ids. The body is 26 characters of Crockford base32: 48 bits of milliseconds, 80 random bits. */
export const idPrefixes = {
  workspace: 'ws',
  stream: 'str',
  event: 'evt',
  epoch: 'ep',
  job: 'job',
  correction: 'cor',
  provider: 'prv',
  file: 'fil',
  notification: 'ntf',
  pollOption: 'opt',
  apiKey: 'key',
  audit: 'aud',
  pushSubscription: 'psh',
  outbox: 'out',
  session: 'ses',
  request: 'req',
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const bodyPattern = '[0-9a-hjkmnp-tv-z]{26}';

/** Makes an id. Ids sort as text in the order of their creation, to the millisecond. */
export function newId(kind: IdKind, nowMs: number = Date.now()): string {
  let time = nowMs;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = alphabet.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  const chance = crypto.getRandomValues(new Uint8Array(16));
  let tail = '';
  for (const byte of chance) tail += alphabet.charAt(byte & 31);
  return `${idPrefixes[kind]}_${head}${tail}`;
}

const idOf = (kind: IdKind) =>
  z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_${bodyPattern}$`), `must be an id that starts with "${idPrefixes[kind]}_"`)
    .meta({ example: `${idPrefixes[kind]}_01kb0000000000000000000000` });

export const WorkspaceId = idOf('workspace').brand<'WorkspaceId'>();
export type WorkspaceId = z.infer<typeof WorkspaceId>;
export const StreamId = idOf('stream').brand<'StreamId'>();
export type StreamId = z.infer<typeof StreamId>;
export const EventId = idOf('event').brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;
export const EpochId = idOf('epoch').brand<'EpochId'>();
export type EpochId = z.infer<typeof EpochId>;
export const JobId = idOf('job').brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;
export const FileId = idOf('file').brand<'FileId'>();
export type FileId = z.infer<typeof FileId>;
export const PushSubscriptionId = idOf('pushSubscription').brand<'PushSubscriptionId'>();
export type PushSubscriptionId = z.infer<typeof PushSubscriptionId>;
export const NotificationId = idOf('notification').brand<'NotificationId'>();
export type NotificationId = z.infer<typeof NotificationId>;
export const ApiKeyId = idOf('apiKey').brand<'ApiKeyId'>();
export type ApiKeyId = z.infer<typeof ApiKeyId>;
export const ProviderId = idOf('provider').brand<'ProviderId'>();
export type ProviderId = z.infer<typeof ProviderId>;

/**
 * Id of a user, chosen by the product that Streambed is built into: 1 to 64 characters, no colon (names of rooms use it). Refused are the
 * ids that stand for everyone in a mention, and `.` and `..`, which addresses drop.
 */
export const UserId = z
  .string()
  .regex(
    /^(?!(?:\.{1,2}|@?here)$)[A-Za-z0-9_.@-]{1,64}$/,
    'must be 1 to 64 of the characters A-Z a-z 0-9 _ . @ -, and none of: . .. here @here',
  )
  .brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** The sender's own id of an event. Sends with the same id by the same actor in a stream have one effect, with no time limit. */
export const ClientEventId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters')
  .brand<'ClientEventId'>();
export type ClientEventId = z.infer<typeof ClientEventId>;
