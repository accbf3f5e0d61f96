import { WebSocket } from 'ws';
import { room as roomName } from '../../contract/frames.ts';
import { createStreambed } from '../../client/http/http.ts';

/** Opens a socket of the app and subscribes it to one stream; `onFrame` gets every later frame. */
export async function listen(
  target: { baseUrl: string; token: string; workspaceId: string; streamId: string },
  onFrame: (frame: string) => void,
): Promise<WebSocket> {
  const { url, ticket, protocol } = await createStreambed({ baseUrl: target.baseUrl, token: target.token })
    .workspace(target.workspaceId)
    .ticket();
  const socket = new WebSocket(`${url}?ticket=${ticket}`, protocol);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const ask = async (frame: object): Promise<string> => {
    const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve((data as Buffer).toString())));
    socket.send(JSON.stringify(frame));
    const said = await answer;
    // The gateway throttles thousands of sockets that open at once, as API Gateway does.
    if (!said.includes('"Too Many Requests"')) return said;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return ask(frame);
  };
  await ask({ op: 'hello', id: 1, d: { v: 1 } });
  const subscribed = await ask({ op: 'sub', id: 2, d: { rooms: [{ room: roomName.stream(target.workspaceId, target.streamId) }] } });
  if (!subscribed.includes('"op":"ok"')) throw new Error(`The subscription was refused: ${subscribed}`);
  socket.on('message', (data) => onFrame((data as Buffer).toString()));
  return socket;
}

/** Opens a socket of the React kit, which is subscribed to a room as it opens; `onFrame` gets every frame after its welcome. */
export async function listenInRoom(
  target: { baseUrl: string; token: string; workspaceId: string; streamId: string },
  onFrame: (frame: string) => void,
): Promise<WebSocket> {
  const { ticket } = await createStreambed({ baseUrl: target.baseUrl, token: target.token }).workspace(target.workspaceId).ticket();
  const socket = new WebSocket(`${target.baseUrl.replace('http', 'ws')}/ws/${target.streamId}/?ticket=${ticket}`);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', (data) => {
      if ((data as Buffer).toString().startsWith('{"op":"welcome"')) resolve();
      else reject(new Error(`The first frame was no welcome: ${(data as Buffer).toString()}`));
    });
  });
  socket.on('message', (data) => onFrame((data as Buffer).toString()));
  return socket;
}

/** Texts of the messages in a frame; empty for frames without messages, such as those of memory. */
export function textsOf(frame: string): string[] {
  if (!frame.startsWith('{"op":"ev')) return [];
  return Array.from(frame.matchAll(/"text":"([^"]*)"/g), ([, text]) => text ?? '');
}

/** Runs `work` for each item with limited concurrency. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [index, item] of queue) results[index] = await work(item, index);
    }),
  );
  return results;
}
