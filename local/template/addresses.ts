/** Addresses that are known only when the app runs. */
export interface Addresses {
  queueUrl(queueName: string): string;
  /** Value of `ApiEndpoint`: `http://127.0.0.1:3000`, `ws://127.0.0.1:3000`. */
  apiEndpoint(apiId: string, protocol: 'HTTP' | 'WEBSOCKET'): string;
  readonly database: { readonly host: string; readonly port: number };
  /** Host and port of the front. */
  readonly frontHost: string;
  /** Origins of the page: `http://localhost:3000`. */
  readonly pageOrigins: readonly string[];
}
