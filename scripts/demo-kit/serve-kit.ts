import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Settings of the page: the app, a room, and who may be in it. */
export interface KitSettings {
  readonly baseUrl: string;
  readonly cid: string;
  readonly users: readonly { readonly name: string; readonly token: string }[];
}

const folder = path.join(import.meta.dirname, '../../docs/examples/kit');

/** Serves the page of docs/examples/kit on loopback. Returns its address. `settings` is called for each page. */
export async function serveKit(settings: () => KitSettings, port: number): Promise<{ url: string; stop(): Promise<void> }> {
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const files: Readonly<Record<string, { type: string; text: () => string }>> = {
    '/': { type: 'text/html', text: () => read('index.html') },
    '/kit.css': { type: 'text/css', text: () => read('kit.css') },
    '/kit.tsx': { type: 'text/javascript', text: bundled },
    '/settings.json': { type: 'application/json', text: () => JSON.stringify(settings()) },
  };
  const server = createServer(({ url = '/' }, response) => {
    const file = files[url.split('?')[0] ?? '/'];
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' }).end(file.text());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Bundles the page's script with React. */
function bundled(): string {
  const esbuild = path.join(path.dirname(createRequire(import.meta.url).resolve('esbuild/package.json')), 'bin/esbuild');
  const options = ['--bundle', '--format=esm', '--jsx=automatic', '--target=es2022', '--define:process.env.NODE_ENV="production"'];
  const { status, stdout, stderr } = spawnSync(esbuild, [path.join(folder, 'kit.tsx'), ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be bundled:\n${stderr}`);
  return stdout;
}
