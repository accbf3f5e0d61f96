import { errorKinds, type ErrorCode, type FieldError, type Problem } from '../../../contract/errors.ts';

/** True when the server refused the token: nothing works before the next sign-in. */
export const isSignedOut = (problem: Problem): boolean => problem.status === 401;

/** The reason for signing in again, in words. */
export const signedOutReason = (problem: Problem): string =>
  problem.code === 'token_expired' ? 'Your token has expired. Sign in again to go on.' : `The server refused your token. ${signInAgain}`;

/** The problem as sentences for a person: what happened, and what to do. Never a method, a route, JSON or a code. */
export function sentenceOf(problem: Problem): string {
  const { says, todo } = words[problem.code];
  const fields = (problem.errors ?? []).map(fieldSentence).slice(0, mostFields);
  const detail = fields.length === 0 && namesMore.has(problem.code) && isPlain(problem.detail) ? [ended(capitalized(problem.detail))] : [];
  return [says, ...fields, ...detail, waitWords(problem) ?? todo].join(' ');
}

/** The reason why a message was not sent. A 404 here means that the sender could read the stream before. */
export const unsentSentence = (problem: Problem): string =>
  problem.code === 'not_found' ? 'You no longer have access to this stream. Copy the text to keep it.' : sentenceOf(problem);

/** The reason why a field is refused, in words that follow its label. */
export const fieldReason = ({ message }: Pick<FieldError, 'message'>): string => (isPlain(message) ? message : 'is not valid');

/** A sentence about a field that has no label on the page: "Stream type must be channel." */
export function fieldSentence({ path, message }: FieldError): string {
  const [, ...names] = path.split('.').filter((part) => !/^\d+$/.test(part));
  const name = names.at(-1);
  const subject =
    name !== undefined && /^[a-z]+([A-Z][a-z]*)*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : 'it';
  return ended(capitalized(`${subject} ${fieldReason({ message })}`));
}

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Limit of fields in one text; the first ones are enough to go on. */
const mostFields = 3;

interface Words {
  readonly says: string;
  readonly todo: string;
}

const signInAgain = 'Sign in again with a new one.';
const loadAgain = 'Load the page again.';
const tryAgain = 'Wait a moment, then try again.';

/** Titles of the contract that are sentences for people stay; those of the protocol are put in other words. */
const titled = (code: ErrorCode, todo: string): Words => ({ says: ended(errorKinds[code].title), todo });

const words: Readonly<Record<ErrorCode, Words>> = {
  malformed_json: { says: 'The server did not understand this page.', todo: loadAgain },
  invalid_input: { says: 'Something in it is not valid.', todo: 'Change it, then try again.' },
  invalid_cursor: { says: 'The list cannot go on from here.', todo: loadAgain },
  unauthenticated: { says: 'The server refused your token.', todo: signInAgain },
  token_expired: { says: 'Your token has expired.', todo: 'Sign in again to go on.' },
  forbidden: titled('forbidden', 'Ask an owner or an admin for it.'),
  not_author: titled('not_author', 'Ask the author, or an owner of the stream.'),
  not_found: titled('not_found', 'It may be gone, or private: ask somebody who can open it.'),
  method_not_allowed: { says: 'The server does not know this action.', todo: loadAgain },
  conflict: titled('conflict', 'Choose another one, or try again.'),
  draft_conflict: titled('draft_conflict', 'Choose which of the two to keep.'),
  idempotency_mismatch: { says: 'Something else was sent in its place before.', todo: 'Send it again as a new message.' },
  too_broad: { says: 'Too many messages match.', todo: 'Add a word, or search in one stream.' },
  member_removed: { says: 'This person was removed from the workspace.', todo: 'An owner can bring them back.' },
  event_deleted: { says: 'The message was deleted.', todo: 'Choose another one.' },
  poll_closed: titled('poll_closed', 'Votes no longer count; start a new poll to ask again.'),
  already_member: titled('already_member', 'Choose somebody else.'),
  not_a_member: { says: 'Only members of the stream can do that.', todo: 'Join the stream first.' },
  last_owner: titled('last_owner', 'Make somebody else an owner first.'),
  has_owner: { says: 'The stream has an owner again.', todo: 'Ask them to let you in.' },
  already_promoted: { says: 'The thread has become a stream already.', todo: 'Look for it in the sidebar.' },
  not_a_thread: titled('not_a_thread', 'Choose a thread instead.'),
  wrong_event_type: { says: 'That does not work with an entry of this kind.', todo: 'Choose a message instead.' },
  wrong_stream_type: { says: 'That does not work in a stream of this kind.', todo: 'Choose another stream.' },
  limit_reached: titled('limit_reached', 'Remove what is no longer needed, then try again.'),
  not_empty: titled('not_empty', 'Use an empty workspace.'),
  upload_missing: { says: 'The file did not arrive.', todo: 'Attach it again.' },
  stream_archived: titled('stream_archived', 'It can be read; its owners and admins can bring it back.'),
  nothing_before: { says: 'This is the first topic.', todo: 'Choose a later one.' },
  precondition_failed: { says: 'Somebody else changed it at the same moment.', todo: 'Look at the change, then try again.' },
  too_large: { says: 'It is too large.', todo: 'Make it smaller, or send it in parts.' },
  unsupported_media_type: { says: 'The server did not understand this page.', todo: loadAgain },
  rate_limited: { says: 'Too many requests at once.', todo: tryAgain },
  bad_frame: { says: 'The server did not understand this page.', todo: loadAgain },
  unknown_op: { says: 'The server does not know this action.', todo: loadAgain },
  too_many_rooms: { says: 'Too many streams are open on this page.', todo: loadAgain },
  insufficient_state: { says: 'The server lost this connection.', todo: loadAgain },
  version_unsupported: { says: 'This page is out of date.', todo: loadAgain },
  internal: { says: 'Something went wrong that is not your doing.', todo: tryAgain },
  unavailable: { says: 'The server did not answer, or the connection failed.', todo: 'Check your connection, then try again.' },
};

/** Codes whose detail names the limit or the thing that the words cannot know. Details of other codes are for programmers. */
const namesMore: ReadonlySet<ErrorCode> = new Set(['conflict', 'limit_reached', 'wrong_event_type', 'wrong_stream_type']);

/** Longest detail that is worth reading, in characters. */
const longestDetail = 160;

/** Signs of text for programmers. */
const technical: readonly RegExp[] = [
  // Markup, JSON, addresses and paths of URLs.
  /["`{}[\]<>|\\=]|\w\/\w|(^|\s)\/\w/,
  /\b(GET|HEAD|POST|PUT|PATCH|DELETE|HTTP|JSON|null|undefined|NaN)\b/,
  // Identifiers: snake_case, dotted.path, camelCase, SomeError.
  /\w_\w|\w\.\w|\b[a-z]+[A-Z]|\b[A-Z]\w*Error\b/,
  // Milliseconds, statuses, times of protocols, and the words of a validator.
  /\d ?ms\b|\bstatus \d{3}\b|\d{4}-\d\d-\d\dT|\b(expected|received)\b/,
];

function isPlain(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && text.length <= longestDetail && !technical.some((sign) => sign.test(text));
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function waitWords({ code, retryAfterSeconds }: Problem): string | undefined {
  if (code !== 'rate_limited' || retryAfterSeconds === undefined || retryAfterSeconds < 2) return undefined;
  const seconds = Math.ceil(retryAfterSeconds);
  return seconds > 90 ? `Wait ${Math.ceil(seconds / 60)} minutes, then try again.` : `Wait ${seconds} seconds, then try again.`;
}
