import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { readDemo } from '../cli/connection.ts';
import { failureOf } from '../cli/failure.ts';
import { createStreambed } from '../client/http/http.ts';
import { serveKit } from './demo-kit/serve-kit.ts';
import type { KitSettings } from './demo-kit/serve-kit.ts';

/** Serves a page in plain React that uses the nine surfaces of the kit alone, over a running local app. It stops with Ctrl-C. */
new Command('demo:kit').parse();

/** The one port whose pages the local app answers. */
const port = 5176;

async function start(): Promise<void> {
  const { baseUrl } = readDemo(true);
  const { workspaceId, users } = JSON.parse(readFileSync('.local/demo.json', 'utf8')) as KitSettings & { workspaceId: string };
  const { items } = await createStreambed({ baseUrl, token: users[0]?.token ?? '' })
    .workspace(workspaceId)
    .streams.list({ limit: 100 });
  const room = items.find(({ streamType, slug, isMember }) => streamType === 'channel' && slug !== null && isMember);
  const cid = room ? `channel:${room.slug}` : 'channel:general';
  const { url } = await serveKit(() => ({ baseUrl, cid, users }), port);
  console.log(
    `Two users of ${cid}: ${users
      .map(({ name }, who) => `${name} at ${url}/?who=${who}`)
      .slice(0, 2)
      .join(', ')}`,
  );
}

await start().catch((error: unknown) => {
  const failure = failureOf(error);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
});
