import type { Problem } from '../../../contract/errors.ts';

/** True when the server refused the token: nothing works before the next sign-in. */
export const isSignedOut = (problem: Problem): boolean => problem.status === 401;

/** The reason for signing in again, in words. */
export const signedOutReason = (problem: Problem): string =>
  problem.code === 'token_expired'
    ? 'Your token has expired. Sign in again to go on.'
    : `The server refused your token: ${sentenceOf(problem)}`;

/** The title and detail of a problem as sentences. */
export const sentenceOf = ({ title, detail }: Problem): string =>
  [title, detail]
    .filter((text) => text !== undefined && text !== '')
    .map((text) => (/[.!?]$/.test(text ?? '') ? text : `${text}.`))
    .join(' ');
