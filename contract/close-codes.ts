/**
 * Codes of the `bye` frames that the server sends, by the reaction they ask for: 4000-4099 reconnect, 4100-4199 get a new token and ticket,
 * 4400-4499 stop and show. Clients react to a code by its range.
 */
export const byeCodes = {
  insufficient_state: 4010,
  token_expired: 4101,
  revoked: 4401,
  version_unsupported: 4426,
} as const;
/** All codes that clients know: those that are sent, and those kept for other servers of the protocol. */
export const closeCodes = {
  ...byeCodes,
  shutdown: 4001,
  max_age: 4002,
  rate_limited: 4008,
  slow_consumer: 4009,
  bad_frame: 4400,
  forbidden: 4403,
  frame_too_large: 4413,
} as const;
