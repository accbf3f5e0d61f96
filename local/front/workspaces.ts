import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../types.ts';

const maxBytes = 10_000;

/**
 * `POST /local/workspaces {"name"}` makes a workspace, as an operator does in AWS, and answers with its id and first API key. The type of
 * the body keeps pages of other origins from asking.
 */
export function makeWorkspace(functions: Functions, request: IncomingMessage, response: ServerResponse): void {
  // Whoever asked is gone: there is nobody to tell.
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
