import { parentPort, workerData } from 'node:worker_threads';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { openConnections } from '../../functions/realtime/connections.ts';
import { systemClock } from '../../functions/platform/clock.ts';

/**
 * The peer of `fan-out`: the SDK's PostToConnection in a loop with limited concurrency, in its own thread with the environment of the
 * fan-out function. It knows the connections beforehand and answers with their number.
 */
const { room, concurrency } = workerData as { room: string; concurrency: number };
const client = new ApiGatewayManagementApiClient({ endpoint: process.env.REALTIME_URL?.replace(/^ws/, 'http'), maxAttempts: 1 });
const ids = (await Array.fromAsync(openConnections({ clock: systemClock }).listRoom(room))).flat();

parentPort?.on('message', ({ frame }: { frame: string }) => {
  const Data = new TextEncoder().encode(frame);
  const queue = ids.values();
  const lane = async () => {
    for (const ConnectionId of queue) await client.send(new PostToConnectionCommand({ ConnectionId, Data }));
  };
  void Promise.all(Array.from({ length: concurrency }, lane)).then(() => parentPort?.postMessage(ids.length));
});
parentPort?.postMessage(ids.length);
