/** Where things listen that only get an address when they run. */
export interface Addresses {
  queueUrl(queueName: string): string;
  /** As `ApiEndpoint` says it: `http://127.0.0.1:3000`, `ws://127.0.0.1:3000`. */
  apiEndpoint(apiId: string, protocol: 'HTTP' | 'WEBSOCKET'): string;
  readonly database: { readonly host: string; readonly port: number };
  /** Host and port of the front. */
  readonly frontHost: string;
  /** What the addresses of pages may begin with: `http://localhost:3000`. */
  readonly pageOrigins: readonly string[];
}
