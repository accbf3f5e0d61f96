import { createCloudFront, type CloudFront, type Origin } from '../cloudfront/cloudfront.ts';
import { filesOrigin, type Services } from '../runner/services.ts';
import { fillSecrets } from '../template/data.ts';
import type { FrontBehavior, FrontOrigin } from '../template/front.ts';
import type { Account, Log } from '../types.ts';

export interface EdgeOptions {
  readonly services: Services;
  readonly account: Account;
  readonly port: number;
  readonly log: Log;
}

/** The distribution of the templates, in front of the local gateways. */
export function createEdge({ services, account, port, log }: EdgeOptions): CloudFront {
  const behaviors = services.application.front;
  if (behaviors === undefined) throw new Error('The templates have no CloudFront distribution');
  return createCloudFront({
    behaviors: behaviors.map((behavior) => ({
      ...behavior,
      origin: originOf(behavior.origin, services),
      responseHeaders: atThisAddress(behavior, services, account, port),
    })),
    // The front of the runner already logs a line for each request.
    log: (level, message, fields) => log(level === 'info' ? 'debug' : level, message, fields),
  });
}

function originOf(origin: FrontOrigin, { httpApis, webSocketApis, secretText }: Services): Origin {
  if (origin.kind === 'bucket') return origin;
  const headers = Object.fromEntries(Object.entries(origin.headers).map(([name, value]) => [name, fillSecrets(value, secretText)]));
  const http = httpApis.get(origin.apiId);
  const sockets = webSocketApis.get(origin.apiId);
  if (http !== undefined) return { kind: 'gateway', headers, handle: (...call) => http.handle(...call) };
  if (sockets !== undefined)
    return { kind: 'gateway', headers, handle: (...call) => sockets.handle(...call), upgrade: (...call) => sockets.upgrade(...call) };
  throw new Error(`The front sends requests to the gateway ${origin.apiId}, which is not in the templates`);
}

/** Replaces AWS addresses of socket gateways and buckets in headers with local ones; the content security policy contains some. */
function atThisAddress(
  { responseHeaders }: FrontBehavior,
  { webSocketApis, application }: Services,
  account: Account,
  port: number,
): Record<string, string> {
  const here = ['127.0.0.1', 'localhost'].map((host) => `ws://${host}:${port}`).join(' ');
  const moved = new Map([
    ...[...webSocketApis.keys()].map((apiId) => [`wss://${apiId}.execute-api.${account.region}.amazonaws.com`, here] as const),
    ...application.buckets.map(({ name }) => [`https://${name}.s3.${account.region}.amazonaws.com`, filesOrigin(port)] as const),
  ]);
  const replaced = (value: string): string => [...moved].reduce((text, [there, isHere]) => text.replaceAll(there, isHere), value);
  return Object.fromEntries(Object.entries(responseHeaders).map(([name, value]) => [name, replaced(value)]));
}
