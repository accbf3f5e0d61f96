import { join } from 'node:path';
import * as z from 'zod';
import { setting } from './config.ts';
import { databaseAddress } from './database.ts';
import { migrate } from './migrate.ts';
import { fetchSecret } from './keys/secrets.ts';
import { taskHandler } from './task-handler.ts';

const Credentials = z.object({ username: z.string(), password: z.string() });
const read = async (arn: string) => Credentials.parse(JSON.parse(await fetchSecret(arn)));

export const handler = taskHandler(z.unknown(), async () => {
  const roles = await Promise.all(setting('databaseRoleSecretArns').split(',').map(read));
  const owner = await read(setting('databaseOwnerSecretArn'));
  return migrate({
    owner: { ...databaseAddress(), user: owner.username, password: owner.password },
    passwords: Object.fromEntries(roles.map(({ username, password }) => [username, password])),
    directory: join(import.meta.dirname, 'migrations'),
  });
});
