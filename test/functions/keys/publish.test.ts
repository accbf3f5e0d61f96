import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answerCloudFormation } from '../../../functions/keys/answer-cloud-formation.ts';
import { publicKeysOf } from '../../../functions/keys/public-keys.ts';
import { createSigner } from '../../../functions/platform/keys/signer.ts';
import { createVerifier } from '../../../functions/platform/keys/verifier.ts';

const seed = 'the seed of a purpose, of forty letters at least';
const next = 'another seed of a purpose, of as many letters';
const secrets = {
  userTokens: JSON.stringify({ seed, verifyOnly: [next] }),
  tickets: JSON.stringify({ seed: next }),
  origin: JSON.stringify({ value: seed }),
  vapid: JSON.stringify({ seed: next, verifyOnly: [seed] }),
};

const taken: { request: IncomingMessage; body: Record<string, unknown> }[] = [];
let status = 200;
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    taken.push({ request, body: JSON.parse(text) as Record<string, unknown> });
    response.writeHead(status, { connection: 'close' }).end();
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  taken.length = 0;
  status = 200;
});

const request = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'KeysPublished',
});
const named = { PhysicalResourceId: 'KeysPublished', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'KeysPublished' };

describe('The public keys', () => {
  test('are those that verify what the signers sign', async () => {
    const published = publicKeysOf(secrets);
    const claims = { ws: 'ws_1', sub: 'ada', iat: 1_700_000_000, exp: 1_700_000_060 };
    const at = new Date(1_700_000_001_000);
    const token = await createSigner('user-token', async () => secrets.userTokens, published.userTokens).sign(claims);
    expect(await createVerifier('user-token', published.userTokens).verify(token, at)).toEqual(claims);
    const ticket = await createSigner('realtime-ticket', async () => secrets.tickets, published.tickets).sign(claims);
    expect(await createVerifier('realtime-ticket', published.tickets).verify(ticket, at)).toEqual(claims);
  });

  test('tell nothing of the secrets, and differ for two purposes with one seed', () => {
    const published = publicKeysOf(secrets);
    for (const secret of [seed, next]) expect(JSON.stringify(published)).not.toContain(secret);
    const [, ofTokens] = published.userTokens.split(',');
    expect(ofTokens).toHaveLength(43);
    expect(published.tickets).not.toBe(ofTokens);
  });
});

describe('An answer to CloudFormation', () => {
  test('holds the attributes, and has no content type, which the signature of its address does not cover', async () => {
    for (const type of ['Create', 'Update'] as const) await answerCloudFormation(request(type), async () => ({ userTokens: 'a,b' }));
    expect(taken.map(({ body }) => body)).toEqual([1, 2].map(() => ({ Status: 'SUCCESS', Data: { userTokens: 'a,b' }, ...named })));
    expect(taken.map(({ request: { method, headers } }) => [method, headers['content-type']])).toEqual([1, 2].map(() => ['PUT', '']));
  });

  test('fails the deployment at once when the attributes cannot be made', async () => {
    await answerCloudFormation(request('Update'), () => Promise.reject(new Error('The secret is not of that form')));
    expect(taken[0]?.body).toEqual({ Status: 'FAILED', Reason: 'The secret is not of that form', ...named });
  });

  test('lets a stack be deleted without its secrets', async () => {
    await answerCloudFormation(request('Delete'), () => Promise.reject(new Error('gone')));
    expect(taken[0]?.body).toEqual({ Status: 'SUCCESS', ...named });
  });

  test('that was not taken is an error, so that Lambda tries again', async () => {
    status = 403;
    await expect(answerCloudFormation(request('Create'), async () => ({}))).rejects.toThrow('403');
  });
});
