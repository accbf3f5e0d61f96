import { createStreambed } from '../../client/http/http.ts';

export interface DemoUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** The app from a user's side. */
export interface RunningApp {
  readonly baseUrl: string;
  readonly workspaceId: string;
  /** Key of the workspace, for making more users; of an app at STREAMBED_BASE_URL it is STREAMBED_API_KEY. */
  readonly apiKey: string | undefined;
  readonly users: readonly DemoUser[];
  stop(): Promise<void>;
}

/** Starts the local runner with temporary state, or uses the app at STREAMBED_BASE_URL, which is left running. */
export async function startApp(): Promise<RunningApp> {
  const given = process.env['STREAMBED_BASE_URL'];
  const local = given === undefined ? await startOwn() : undefined;
  const baseUrl = given ?? local?.baseUrl ?? '';
  const demo = (await (await fetch(`${baseUrl}/local/demo.json`)).json()) as Pick<RunningApp, 'workspaceId' | 'users'>;
  const apiKey = local?.demo?.apiKey ?? process.env['STREAMBED_API_KEY'];
  return { ...demo, apiKey, baseUrl, stop: async () => local?.stop() };
}

async function startOwn() {
  const { startLocal } = await import('../../local/run.ts');
  return startLocal({ port: 0, ephemeral: true, quiet: true });
}

/** Creates a stream with all users as members, who post the texts in turn over HTTP. */
export async function seedStream({ baseUrl, workspaceId, users }: RunningApp, name: string, texts: readonly string[]): Promise<string> {
  const clients = users.map(({ token }) => createStreambed({ baseUrl, token }).workspace(workspaceId));
  const [first] = clients;
  if (!first) throw new Error('there are no demo users');
  const stream = await first.streams.create({ streamType: 'channel', name });
  for (const client of clients.slice(1)) await client.streams.join(stream.id);
  for (const [index, text] of texts.entries()) await clients[index % clients.length]?.events(stream.id).post({ text });
  return stream.id;
}
