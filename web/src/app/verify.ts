import { StreambedError } from '../../../client/errors.ts';
import { createStreambed } from '../../../client/http/http.ts';
import { signedOutReason, sentenceOf } from '../ui/problem-words.ts';
import type { Session } from './session.ts';
import { readToken } from './token.ts';

export type VerifyResult = { readonly ok: true; readonly session: Session } | { readonly ok: false; readonly message: string };

/** Checks a token with the server, and reads the names that belong to it. */
export async function verifyToken(pasted: string, signal?: AbortSignal): Promise<VerifyResult> {
  const read = readToken(pasted, Date.now());
  if (!read.ok) return read;
  const { token, workspaceId } = read.claims;
  try {
    const { workspace, me } = await createStreambed({ baseUrl: '', token }).workspace(workspaceId).read({ signal });
    return { ok: true, session: { ...read.claims, userName: me.name, workspaceName: workspace.name } };
  } catch (error) {
    if (!(error instanceof StreambedError)) throw error;
    return { ok: false, message: reasonOf(error) };
  }
}

function reasonOf({ problem }: StreambedError): string {
  if (problem.status === 401) return signedOutReason(problem);
  if (problem.code === 'not_found' || problem.status === 403)
    return 'The server knows this token’s workspace no longer, or you are not a member of it.';
  if (problem.code === 'unavailable') return 'The server cannot be reached. Look at your connection, then try again.';
  return sentenceOf(problem);
}
