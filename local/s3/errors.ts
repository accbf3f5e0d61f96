import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** An error in S3's form. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const accessDenied = (message = 'Access Denied'): S3Error => new S3Error(403, 'AccessDenied', message);
export const notImplemented = (what: string): S3Error => new S3Error(501, 'NotImplemented', `The local S3 does not do this: ${what}`);

/** Sets the headers that each answer has. */
export function sendBasics(response: ServerResponse): void {
  response.setHeader('server', 'AmazonS3');
  response.setHeader('x-amz-request-id', randomBytes(8).toString('hex').toUpperCase());
}

/** Answers with S3's XML. The rest of an incoming body is read and dropped, so that the client can read the answer. */
export function sendError(request: IncomingMessage, response: ServerResponse, error: S3Error): void {
  request.resume();
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
  response.setHeader('content-type', 'application/xml');
  // HEAD has no body; the SDK names the error by its status.
  if (request.method !== 'HEAD') response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(error.status).end(request.method === 'HEAD' ? undefined : body);
}

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' };
const escapeXml = (text: string): string => text.replaceAll(/[<>&"']/g, (character) => entities[character] ?? character);
