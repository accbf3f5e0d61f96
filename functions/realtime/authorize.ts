import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { App } from '../platform/app.ts';
import { callerOfToken } from '../platform/authenticate.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import type { Connections } from './connections.ts';
import { ticketSeconds } from './create-ticket.ts';

/** Identifies the user of a ticket; undefined when it is not ours, too old, or already used. The check itself uses the ticket up. */
export async function authorize(
  app: Pick<App, 'keys' | 'clock'> & { readonly connections: Connections },
  event: Pick<APIGatewayRequestAuthorizerEvent, 'queryStringParameters'>,
): Promise<UserCaller | undefined> {
  const ticket = event.queryStringParameters?.ticket ?? '';
  try {
    const caller = await callerOfToken(app, 'realtime-ticket', ticket);
    if (caller.tokenId === undefined) return undefined;
    const fresh = await app.connections.useTicket(caller.tokenId, new Date(app.clock.now().getTime() + ticketSeconds * 1000));
    return fresh ? caller : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
