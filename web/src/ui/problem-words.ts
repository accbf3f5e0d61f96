import type { Problem } from '../../../contract/errors.ts';

/** Whether the token is at fault: nothing will work before signing in again. */
export const isSignedOut = (problem: Problem): boolean => problem.status === 401;

/** Why a person has to sign in again. */
export const signedOutReason = (problem: Problem): string =>
  problem.code === 'token_expired'
    ? 'Your token has expired. Sign in again to go on.'
    : `The server refused your token: ${sentenceOf(problem)}`;

/** A problem in words for people: what it is, and what more the server had to say. */
export const sentenceOf = ({ title, detail }: Problem): string =>
  [title, detail]
    .filter((text) => text !== undefined && text !== '')
    .map((text) => (/[.!?]$/.test(text ?? '') ? text : `${text}.`))
    .join(' ');
