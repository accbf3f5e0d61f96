import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { wildcard } from './permissions.ts';
import type { Services } from './services.ts';
import type { Log } from './types.ts';
export function createEdge({ services }: { services: Services; log: Log }) {
  const find = (request: IncomingMessage) =>
    services.application.front?.find((b) =>
      wildcard(b.pathPattern.startsWith('/') || b.pathPattern === '*' ? b.pathPattern : `/${b.pathPattern}`).test(
        (request.url ?? '/').split('?')[0] ?? '',
      ),
    );
  return {
    request(request: IncomingMessage, response: ServerResponse) {
      const b = find(request);
      if (b?.origin.kind === 'gateway') return services.httpApis.get(b.origin.apiId)?.handle(request, response);
      response.writeHead(404).end('static later');
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const b = find(request);
      if (b?.origin.kind === 'gateway') return services.webSocketApis.get(b.origin.apiId)?.upgrade(request, socket, head);
      socket.destroy();
    },
  };
}
