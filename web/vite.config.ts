import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** A running local app answers for everything but the page itself: `npm start`, then `npx vite web`. */
const app = process.env['STREAMBED_APP'] ?? 'http://127.0.0.1:3000';
const answered = ['/v1', '/api', '/rooms', '/local', '/health', '/ready', '/openapi.json', '/asyncapi.json', '/docs'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: {
    port: 5173,
    proxy: {
      ...Object.fromEntries(answered.map((path) => [path, { target: app }])),
      '/realtime': { target: app, ws: true },
      '/ws': { target: app, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    // Everything that is asked for has a hash in its name, so it may be kept for ever.
    assetsDir: 'assets',
    reportCompressedSize: true,
    rolldownOptions: {
      input: {
        page: join(import.meta.dirname, 'index.html'),
        'service-worker': join(import.meta.dirname, 'src/service-worker/service-worker.ts'),
      },
      // The address of a service worker must stay: browsers look there for the next one.
      output: { entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});
