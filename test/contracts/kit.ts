import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { httpOf } from '../support/http.ts';
import type { Request, Response } from '../support/http.ts';
import { createTeam } from '../support/team.ts';
import type { Team, Teammate } from '../support/team.ts';

/** A workspace as a React kit sees it, through the front that takes trailing slashes away. */
export interface Kit {
  readonly app: TestApp;
  readonly team: Team;
  /** A member, who owns the channel `general`. */
  readonly ada: Teammate;
  ask(request: Request): Promise<Response>;
  /** Asks once with the trailing slash and once without, and returns both answers. */
  both(token: string | undefined, path: string, more?: Partial<Request>): Promise<[Response, Response]>;
}

const source = readFileSync(join(import.meta.dirname, '../../lib/platform/kit-paths.js'), 'utf8');
/** The path that the gateway gets from the front. */
export const behindFront = (uri: string): string =>
  runInNewContext(`${source}\nhandler({ request: { uri: ${JSON.stringify(uri)} } }).uri`) as string;

export async function openKit(): Promise<Kit> {
  const app = await createTestApp();
  const team = await createTeam(app);
  const ada = await team.join('ada', 'owner');
  await ada.channel('general');
  const http = httpOf(app);
  const ask = (request: Request) => http({ ...request, path: behindFront(request.path) });
  return {
    app,
    team,
    ada,
    ask,
    both: async (token, path, more = {}) => {
      const request = { ...(token !== undefined && { token }), ...more };
      return [await ask({ ...request, path: `${path}/` }), await ask({ ...request, path })];
    },
  };
}
