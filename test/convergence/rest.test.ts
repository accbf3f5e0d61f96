import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Connections } from '../../functions/realtime/connections.ts';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { createTestConnections } from '../support/connections.ts';
import { createLiveServer } from '../support/live-server.ts';
import { createTeam } from '../support/team.ts';

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections, subscriptions: registry.subscriptions });
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});

test('a server that does not come to rest says what it waits for', async () => {
  const team = await createTeam(app);
  const ada = await team.join('ada', 'owner');
  const server = createLiveServer(app, 300);
  const { clock } = server.client({ token: ada.token, workspaceId: team.workspaceId, userId: ada.id });
  let timer: unknown;
  const again = (): void => void (timer = clock.after(9_000, again));
  again();
  await expect(server.settle()).rejects.toThrow('it waits for timer of a client, 9000 ms');
  clock.cancel(timer);
  await server.settle();
});
