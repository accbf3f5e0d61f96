import * as z from 'zod';

/** The reaction to a failed request: give up, retry at once, or retry after a while (`Retry-After` where known). */
export const Retry = z.enum(['never', 'now', 'after']);
export type Retry = z.infer<typeof Retry>;

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
  /** WebSocket close code, where the error ends the connection. */
  readonly closeCode?: number;
}

/** All errors that leave Streambed. One row decides the HTTP status, the title, the reaction and the close code. */
export const errorKinds = {
  malformed_json: { status: 400, title: 'The body is not valid JSON', retry: 'never' },
  invalid_input: { status: 400, title: 'The input is not valid', retry: 'never' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours', retry: 'never' },
  unauthenticated: { status: 401, title: 'A valid token is needed', retry: 'never' },
  token_expired: { status: 401, title: 'The token has expired', retry: 'never', closeCode: 4101 },
  forbidden: { status: 403, title: 'Your role does not allow this', retry: 'never', closeCode: 4403 },
  not_author: { status: 403, title: 'Only the author may do this', retry: 'never' },
  not_found: { status: 404, title: 'There is nothing here that you may see', retry: 'never' },
  method_not_allowed: { status: 405, title: 'This address does not take that method', retry: 'never' },
  conflict: { status: 409, title: 'This is taken already', retry: 'never' },
  event_deleted: { status: 409, title: 'The event was deleted', retry: 'never' },
  poll_closed: { status: 409, title: 'The poll is closed', retry: 'never' },
  already_member: { status: 409, title: 'They are members already', retry: 'never' },
  not_a_member: { status: 409, title: 'Only members of the stream have that', retry: 'never' },
  member_removed: { status: 409, title: 'They were removed from the workspace', retry: 'never' },
  last_owner: { status: 409, title: 'It would be left without an owner', retry: 'never' },
  has_owner: { status: 409, title: 'The stream has an owner', retry: 'never' },
  already_promoted: { status: 409, title: 'The stream was promoted already', retry: 'never' },
  not_a_thread: { status: 409, title: 'Only a thread can become something else', retry: 'never' },
  draft_conflict: { status: 409, title: 'The draft was edited elsewhere', retry: 'never' },
  wrong_event_type: { status: 409, title: 'Events of this type do not take that', retry: 'never' },
  wrong_stream_type: { status: 409, title: 'Streams of this type do not take that', retry: 'never' },
  limit_reached: { status: 409, title: 'There is no room for more', retry: 'never' },
  not_empty: { status: 409, title: 'The workspace is not empty', retry: 'never' },
  upload_missing: { status: 409, title: 'The content of the file has not been uploaded', retry: 'never' },
  stream_archived: { status: 409, title: 'The stream is archived', retry: 'never' },
  nothing_before: { status: 409, title: 'There is nothing before it', retry: 'never' },
  precondition_failed: { status: 412, title: 'It was changed by someone else meanwhile', retry: 'never' },
  too_large: { status: 413, title: 'The request is too large', retry: 'never', closeCode: 4413 },
  idempotency_mismatch: { status: 422, title: 'The key was used with another body', retry: 'never' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json', retry: 'never' },
  too_broad: { status: 422, title: 'The search matches too much', retry: 'never' },
  rate_limited: { status: 429, title: 'Too many requests', retry: 'after', closeCode: 4008 },
  bad_frame: { status: 400, title: 'The frame is not one of the protocol', retry: 'never', closeCode: 4400 },
  unknown_op: { status: 400, title: 'There is no such operation', retry: 'never' },
  too_many_rooms: { status: 409, title: 'Too many rooms on this connection', retry: 'never' },
  insufficient_state: { status: 503, title: 'The server does not know this connection any more', retry: 'after', closeCode: 4010 },
  version_unsupported: { status: 400, title: 'This version of the protocol is not spoken here', retry: 'never', closeCode: 4426 },
  internal: { status: 500, title: 'Something went wrong on our side', retry: 'after' },
  unavailable: { status: 503, title: 'A part of the service is not available', retry: 'after' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;
export const ErrorCode = z.enum(Object.keys(errorKinds) as [ErrorCode, ...ErrorCode[]]);

/** One invalid field: its place (`body.text`, `query.limit`, `header.if-match`, `frame.d.rooms.0.room`) and the reason. */
export const FieldError = z.object({ path: z.string(), message: z.string() }).meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem, the only form in which an error leaves Streambed; the same object stands inside an `err` frame. */
export const Problem = z
  .object({
    type: z.string().describe('Where this code is documented, on the server that answered'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional().describe('The path that was asked for'),
    code: ErrorCode,
    retry: Retry,
    retryAfterSeconds: z.number().optional(),
    errors: z.array(FieldError).optional(),
    conflict: z
      .object({ stored: z.json(), given: z.json() })
      .optional()
      .describe('What is stored and what was given, where the caller must choose'),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** Documentation of an error code, on the server that answered; also the `type` of its problem (RFC 9457 allows a relative one). */
export const problemType = (code: ErrorCode): string => `/docs#problem-${code}`;
