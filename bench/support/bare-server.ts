import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/**
 * The peer of `post-to-seen`: the smallest server that stores a message and delivers it. One process, one insert, one loop over the
 * sockets of the room; no authentication, positions or retries. It has its own process, as the app has, and ends with the channel: inside
 * the bench its sockets would count twice against the limit of open files.
 */
const postgres = JSON.parse(process.argv[2] ?? '{}') as pg.PoolConfig;
const pool = new pg.Pool({ ...postgres, max: 10 });
await pool.query(
  'create table if not exists bare_messages (id bigint generated always as identity primary key, room text, body text, at timestamptz default now())',
);

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void (async () => {
      const body = Buffer.concat(chunks).toString();
      const { room, text } = JSON.parse(body) as { room: string; text: string };
      const { rows } = await pool.query<{ id: string }>('insert into bare_messages (room, body) values ($1, $2) returning id', [
        room,
        text,
      ]);
      const frame = JSON.stringify({ id: rows[0]?.id, room, text });
      for (const socket of rooms.get(room) ?? []) socket.send(frame);
      response.writeHead(201, { 'content-type': 'application/json' }).end(frame);
    })();
  });
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket, request) => {
  const room = new URL(request.url ?? '/', 'http://bare').searchParams.get('room') ?? '';
  const members = rooms.get(room) ?? new Set<WebSocket>();
  rooms.set(room, members.add(socket));
  socket.on('close', () => members.delete(socket));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
