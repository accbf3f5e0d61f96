import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { originHeader } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import { callerOfToken } from '../platform/authenticate.ts';
import type { TokenCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import type { Connections } from './connections.ts';
import { ticketSeconds } from './create-ticket.ts';

/**
 * Identifies the user of a ticket; undefined when it is not ours, too old, or already used, or when the request bypasses the front. The
 * check of the ticket uses it up.
 */
export async function authorize(
  app: Pick<App, 'ticketVerifier' | 'origin' | 'clock'> & { readonly connections: Connections },
  event: Pick<APIGatewayRequestAuthorizerEvent, 'queryStringParameters'> & Partial<Pick<APIGatewayRequestAuthorizerEvent, 'headers'>>,
): Promise<TokenCaller | undefined> {
  if (!app.origin.accepts(headerOf(event.headers, originHeader))) return undefined;
  const ticket = event.queryStringParameters?.ticket ?? '';
  try {
    const caller = await callerOfToken(app.ticketVerifier, ticket, app.clock.now());
    if (caller.tokenId === undefined) return undefined;
    const fresh = await app.connections.useTicket(caller.tokenId, new Date(app.clock.now().getTime() + ticketSeconds * 1000));
    return fresh ? caller : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Reads a header of a WebSocket handshake, which keeps the case of the names. */
const headerOf = (headers: APIGatewayRequestAuthorizerEvent['headers'] | undefined, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([given]) => given.toLowerCase() === name)?.[1];

/** Context of a socket, which API Gateway repeats with every frame; `callerOf` of `ws-handler.ts` reads it. */
export const contextOf = ({ userId, workspaceId, tokenVersion, tokenExpiresAt }: TokenCaller) => ({
  userId,
  workspaceId,
  tokenVersion,
  tokenExpiresAt,
});
