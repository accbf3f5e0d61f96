import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../types.ts';

const maxBytes = 10_000;

/**
 * Creates a workspace on `POST /local/workspaces {"name"}`, as an operator does in AWS, and answers with its id and first API key. The
 * JSON content type keeps pages of other origins out, because it needs a preflight.
 */
export function makeWorkspace(functions: Functions, request: IncomingMessage, response: ServerResponse): void {
  // The client has disconnected.
  make(functions, request, response).catch(() => response.destroy());
}

async function make(functions: Functions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST') return answer(405, { message: 'POST makes a workspace' });
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') return answer(415, { message: 'It must be application/json' });
  const input = await readJson(request);
  if (input === undefined) return answer(400, { message: 'The body must be JSON such as {"name":"Second"}' });
  const result = await functions.invoke('WorkspacesCreateWorkspace', input);
  if (result.ok) answer(201, result.payload as object);
  else answer(400, { message: result.error.errorMessage });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxBytes) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
