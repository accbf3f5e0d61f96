import { expect, test } from '@jest/globals';
import pg from 'pg';
import { scramVerifier } from '../../../functions/platform/scram.ts';
import { createTestDatabase } from '../../support/database.ts';

test('Postgres takes the verifier for the password, and only for that one', async () => {
  const test = await createTestDatabase();
  const role = `scram_${crypto.randomUUID().slice(0, 8)}`;
  await test.owner.query(`create role ${role} login password '${scramVerifier('päss $word')}'`);
  const connect = async (password: string) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: Number(process.env.TEST_POSTGRES_PORT),
      database: test.name,
      user: role,
      password,
    });
    await client.connect();
    await client.end();
  };
  await connect('päss $word');
  await expect(connect('päss $w0rd')).rejects.toMatchObject({ code: '28P01' });
  await test.owner.query(`drop role ${role}`);
  await test.drop();
});
