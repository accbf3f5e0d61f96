import { afterEach, describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../functions/platform/clock.ts';
import { hashOf, signRequest } from '../../../functions/realtime/sign-request.ts';
import { createSockets, frameOf } from '../../../functions/realtime/sockets.ts';
import type { Sockets } from '../../../functions/realtime/sockets.ts';

const signer = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: undefined,
  region: 'us-east-1',
  service: 'execute-api',
};

/** Hash for AWS's signer. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('Nobody asks for this');
  }
}

describe('the signature', () => {
  test('is that of the published example', () => {
    const headers = signRequest(
      { ...signer, service: 'service' },
      { method: 'POST', host: 'example.amazonaws.com', path: '/', bodyHash: hashOf('') },
      new Date('2015-08-30T12:36:00Z'),
    );
    expect(headers.authorization).toContain('Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b');
  });

  test.each(['/realtime/@connections/L0SM9cOFvHcCIhw%3D', "/a b/@connections/it's(a)*%21~_-."])(
    "is that of AWS's own signer for %s",
    async (path) => {
      const body = '{"op":"ev"}';
      const now = new Date('2026-11-20T23:59:59.999Z');
      const host = 'abc.execute-api.us-east-1.amazonaws.com';
      const theirs = new SignatureV4({
        service: signer.service,
        region: signer.region,
        sha256: Sha256,
        credentials: { ...signer, sessionToken: 'token' },
        applyChecksum: false,
      });
      const signed = await theirs.sign(
        { method: 'POST', protocol: 'https:', hostname: host, path, headers: { host }, body, query: {} },
        { signingDate: now },
      );
      const ours = signRequest({ ...signer, sessionToken: 'token' }, { method: 'POST', host, path, bodyHash: hashOf(body) }, now);
      expect(ours.authorization).toBe(signed.headers.authorization);
      expect(ours['x-amz-date']).toBe(signed.headers['x-amz-date']);
    },
  );
});

describe('posting', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  /** Starts a callback address that answers with these statuses and records its requests. */
  async function answering(statuses: (number | 'cut')[]): Promise<{ sockets: Sockets; requests: IncomingMessage[] }> {
    const requests: IncomingMessage[] = [];
    server = createServer((request, response) => {
      requests.push(request);
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      request.resume().on('end', () => (status === 'cut' ? request.socket.destroy() : response.writeHead(status ?? 200).end()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { sockets: createSockets(`http://127.0.0.1:${(server.address() as AddressInfo).port}/realtime`, signer, systemClock), requests };
  }
  const frame = frameOf(new TextEncoder().encode('{"op":"ev"}'));

  test('is taken, or the socket is gone', async () => {
    const { sockets, requests } = await answering([200, 410, 400]);
    expect(await sockets.post('a=b', frame)).toBe('taken');
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/realtime/@connections/a%3Db', headers: { 'content-length': '11' } });
    expect(await sockets.post('c', frame)).toBe('gone');
    expect(await sockets.post('c', frame)).toBe('gone');
  });

  test('is retried after a failure, a dropped connection and a throttle', async () => {
    const { sockets, requests } = await answering([500, 'cut', 429, 200]);
    expect(await sockets.post('c', frame)).toBe('taken');
    expect(requests).toHaveLength(4);
  });

  test('reports repeated throttling as slow; throws on permanent failures', async () => {
    expect(await (await answering([429])).sockets.post('c', frame)).toBe('slow');
    await expect((await answering([503])).sockets.post('c', frame)).rejects.toThrow('503');
    await expect((await answering(['cut'])).sockets.post('c', frame)).rejects.toThrow();
  });

  test('closes a socket that may be gone already', async () => {
    const { sockets, requests } = await answering([204, 410, 500]);
    await sockets.close('c');
    await sockets.close('c');
    expect(requests[0]?.method).toBe('DELETE');
    await expect(sockets.close('c')).rejects.toThrow('500');
  });
});
