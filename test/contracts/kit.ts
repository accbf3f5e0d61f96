import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { readEdge } from '../support/kit/edge.ts';
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

const front = readEdge('kit-paths.js');

export async function openKit(): Promise<Kit> {
  const app = await createTestApp();
  const team = await createTeam(app);
  const ada = await team.join('ada', 'owner');
  await ada.channel('general');
  const http = httpOf(app);
  const ask = (request: Request) => http({ ...request, path: front.pathOf(request.path) });
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
