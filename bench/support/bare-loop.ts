import { parentPort, workerData } from 'node:worker_threads';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { openConnections } from '../../functions/realtime/connections.ts';
import { systemClock } from '../../functions/platform/clock.ts';

/**
 * The peer of `fan-out`: nothing but the SDK's PostToConnection in a loop, a few at a time, in a thread of its own with the environment of
 * the fan-out function. It is told the connections beforehand.
 */
const { concurrency } = workerData as { concurrency: number };
const connections = openConnections(systemClock);
const client = new ApiGatewayManagementApiClient({ endpoint: process.env.REALTIME_URL?.replace(/^ws/, 'http'), maxAttempts: 1 });
let ids: string[] = [];

parentPort?.on('message', (message: { room: string } | { frame: string }) => {
  void (async () => {
    if ('room' in message) {
      ids = (await Array.fromAsync(connections.listRoom(message.room))).flat();
      parentPort?.postMessage({ listed: ids.length });
      return;
    }
    const Data = new TextEncoder().encode(message.frame);
    const queue = ids.values();
    const lane = async () => {
      for (const ConnectionId of queue) await client.send(new PostToConnectionCommand({ ConnectionId, Data }));
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    parentPort?.postMessage({ done: true });
  })();
});
