import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientOf, refusedPrincipal, until } from '../emulators.ts';
import { connect, startGateway } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  gateway = await startGateway({}, { bufferedBytes: 256 * 1024 });
});
afterAll(() => gateway.stop());

async function open() {
  const before = new Set(gateway.api.connections());
  const client = await connect(`${gateway.wsUrl}?ticket=t`);
  const id = gateway.api.connections().find((one) => !before.has(one)) as string;
  return { ...client, id };
}
const post = (ConnectionId: string, Data: string | Uint8Array) =>
  gateway.management.send(new PostToConnectionCommand({ ConnectionId, Data }));

describe('@connections', () => {
  test('what is posted arrives as a text frame', async () => {
    const { id, frames } = await open();
    await post(id, 'grüße');
    await post(id, '');
    await until('the frames', () => frames.length === 2);
    expect(frames).toEqual(['grüße', '']);
  });

  test('posts to one connection keep their order', async () => {
    const { id, frames } = await open();
    for (let i = 0; i < 200; i++) await post(id, String(i));
    await until('all frames', () => frames.length === 200);
    expect(frames).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });

  test('a connection can be looked at', async () => {
    const { id } = await open();
    const found = await gateway.management.send(new GetConnectionCommand({ ConnectionId: id }));
    expect(found).toMatchObject({ ConnectedAt: expect.any(Date), LastActiveAt: expect.any(Date), Identity: { SourceIp: '127.0.0.1' } });
  });

  test('a deleted connection is closed, and gone', async () => {
    const { id, closed } = await open();
    await gateway.management.send(new DeleteConnectionCommand({ ConnectionId: id }));
    expect((await closed).code).toBe(1000);
    await expect(post(id, 'x')).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
  });

  test('a connection that never was is gone; an id that cannot be one is a bad request', async () => {
    await expect(post('AAAAAAAAAAAAAAA=', 'x')).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
    await expect(post('nonsense', 'x')).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid connectionId: nonsense',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('more than 128 KB is too large; 128 KB arrive', async () => {
    const { id, frames } = await open();
    await expect(post(id, 'x'.repeat(128 * 1024 + 1))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
    await post(id, 'x'.repeat(128 * 1024));
    await until('the frame', () => frames[0]?.length === 128 * 1024);
  });

  test('a client that does not read is refused with 429 in the end, and served again when it reads', async () => {
    const { id, socket, frames } = await open();
    socket.pause();
    let posted = 0;
    const flood = async () => {
      for (; posted < 1000; posted++) await post(id, 'x'.repeat(100_000));
    };
    await expect(flood()).rejects.toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } });
    socket.resume();
    await until('everything posted is read', () => frames.length === posted);
    await post(id, 'again');
    await until('the next frame', () => frames.at(-1) === 'again');
  });

  test('a role without ManageConnections is refused', async () => {
    const { id } = await open();
    const refused = new ApiGatewayManagementApiClient(clientOf(gateway.endpoint, 'AKIAREFUSED'));
    await expect(refused.send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' }))).rejects.toMatchObject({
      name: 'ForbiddenException',
      message: expect.stringContaining(
        `User: ${refusedPrincipal} is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:000000000000:ws1/realtime/POST/@connections/`,
      ),
      $metadata: { httpStatusCode: 403 },
    });
    expect(gateway.access.questions.at(-1)).toBe(
      'AKIAREFUSED execute-api:ManageConnections arn:aws:execute-api:us-east-1:000000000000:ws1/realtime/POST/@connections/*',
    );
    expect((await fetch(`${gateway.endpoint}/@connections/${id}`, { method: 'POST', body: 'x' })).status).toBe(403);
  });
});

test('from inside $connect a connection is not there yet', async () => {
  let refused: unknown;
  const early = await startGateway({
    Connect: async ({ requestContext }) => {
      refused = await early.management
        .send(new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data: 'x' }))
        .catch((error: unknown) => error);
      return { statusCode: 200 };
    },
  });
  await connect(`${early.wsUrl}?ticket=t`);
  expect(refused).toMatchObject({ name: 'GoneException' });
  await early.stop();
});
