import { ApiGatewayManagementApiClient, DeleteConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { setting } from '../platform/config.ts';

/** What became of a frame: it was taken, its socket is gone, or its reader does not keep up. */
export type PostOutcome = 'taken' | 'gone' | 'slow';

/** The sockets' other side. Anything that is neither taken, gone nor slow is thrown, after a few tries. */
export interface Sockets {
  post(connectionId: string, frame: Uint8Array): Promise<PostOutcome>;
  close(connectionId: string): Promise<void>;
}

export function openSockets(): Sockets {
  // The callback address of a WebSocket API is its own address, spoken to over HTTP.
  return createSockets(new ApiGatewayManagementApiClient({ endpoint: setting('realtimeUrl').replace(/^ws/, 'http'), maxAttempts: 1 }));
}

const maxTries = 4;

export function createSockets(client: ApiGatewayManagementApiClient): Sockets {
  return {
    async post(ConnectionId, Data) {
      for (let attempt = 1; ; attempt++) {
        try {
          await client.send(new PostToConnectionCommand({ ConnectionId, Data }));
          return 'taken';
        } catch (error) {
          const kind = kindOf(error);
          if (kind === 'gone') return 'gone';
          if (attempt === maxTries) {
            if (kind === 'slow') return 'slow';
            throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
        }
      }
    },
    async close(ConnectionId) {
      await client.send(new DeleteConnectionCommand({ ConnectionId })).catch((error: unknown) => {
        if (kindOf(error) !== 'gone') throw error;
      });
    },
  };
}

function kindOf(error: unknown): 'gone' | 'slow' | 'failed' {
  const name = error instanceof Error ? error.name : '';
  if (name === 'GoneException' || name === 'BadRequestException') return 'gone';
  if (name === 'LimitExceededException') return 'slow';
  return 'failed';
}
