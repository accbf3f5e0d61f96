import { join } from 'node:path';
import * as z from 'zod';
import { setting } from './config.ts';
import { databaseAddress } from './database.ts';
import { migrate } from './migrate.ts';
import { fetchSecret } from './secrets.ts';
import { taskHandler } from './task-handler.ts';

const Credentials = z.object({ username: z.string(), password: z.string() });
const read = async (name: 'databaseOwnerSecretArn' | 'databaseSecretArn') =>
  Credentials.parse(JSON.parse(await fetchSecret(setting(name))));

export const handler = taskHandler(z.unknown(), async () => {
  const [owner, app] = await Promise.all([read('databaseOwnerSecretArn'), read('databaseSecretArn')]);
  const connection = { ...databaseAddress(), user: owner.username, password: owner.password };
  return migrate({ owner: connection, appPassword: app.password, directory: join(import.meta.dirname, 'migrations') });
});
