import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import { openSocketOrigin } from '../platform/keys/origin.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { authorize, contextOf } from './authorize.ts';
import { openConnections } from './connections.ts';

const app = wire({ origin: openSocketOrigin, ticketVerifier: openVerifier('realtime-ticket'), connections: openConnections });
const Request = z.custom<APIGatewayRequestAuthorizerEvent>((event) => typeof event === 'object' && event !== null && 'methodArn' in event);

export const handler = taskHandler(Request, async (event): Promise<APIGatewayAuthorizerResult> => {
  const caller = await authorize(app, event);
  const Effect = caller ? 'Allow' : 'Deny';
  return {
    principalId: caller?.userId ?? 'nobody',
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }] },
    ...(caller && { context: contextOf(caller) }),
  };
});
