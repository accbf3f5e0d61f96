import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { byeCodes } from '../../contract/close-codes.ts';
import { ClientFrame, ServerFrame } from '../../contract/frames.ts';
import { subprotocol } from '../../contract/names.ts';
import { openAnswers } from './open-answers.ts';
import packageJson from '../../package.json' with { type: 'json' };

type Union = { options: readonly z.ZodType[] };

/** The AsyncAPI 3 document of the socket protocol: one channel, the client's frames received, the server's sent. */
export function asyncApiDocument(): object {
  const schemas: Record<string, object> = {};
  const messages = { ...messagesOf(ClientFrame, 'input', schemas), ...messagesOf(ServerFrame, 'output', schemas) };
  const references = (union: Union, channel = 'socket') =>
    union.options.map((frame) => ({ $ref: `#/channels/${channel}/messages/${nameOf(frame)}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Streambed sockets',
      version: packageJson.version,
      description: `Open the address of a ticket (POST /v1/realtime/tickets) with ?ticket=... and the subprotocol ${subprotocol}. One JSON object a frame. Frames of one socket are handled at the same time, so a client waits for the ok of a send before it sends the next message to the same stream. Before it closes a socket, the server sends a frame \`bye\` with one of these codes: ${Object.entries(
        byeCodes,
      )
        .map(([name, code]) => `${code} ${name}`)
        .join(', ')}.`,
      license: { name: 'Apache-2.0' },
    },
    channels: {
      socket: {
        address: '/realtime',
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
      kitSocket: {
        address: '/ws/{cid}/',
        title: 'Socket of a room of the React kit',
        description:
          'The same socket, opened with ?ticket=... and subscribed to the room: its first frame is welcome, with id 0 and the position after which it hears everything. A socket that has not been welcomed within ten seconds is to be opened anew. The subprotocol may be left out.',
        parameters: { cid: { description: 'A stream id, or a type and a slug', examples: ['channel:general'] } },
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      receiveClientFrame: { action: 'receive', channel: { $ref: '#/channels/socket' }, messages: references(ClientFrame) },
      sendServerFrame: { action: 'send', channel: { $ref: '#/channels/socket' }, messages: references(ServerFrame) },
      receiveKitFrame: { action: 'receive', channel: { $ref: '#/channels/kitSocket' }, messages: references(ClientFrame, 'kitSocket') },
      sendKitFrame: { action: 'send', channel: { $ref: '#/channels/kitSocket' }, messages: references(ServerFrame, 'kitSocket') },
    },
    components: { messages, schemas },
  };
}

/** Lists a message for each frame. Shared parts of frames go into `schemas`, which the whole document can reference. */
function messagesOf(union: Union, io: 'input' | 'output', schemas: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    union.options.map((frame) => {
      const name = nameOf(frame);
      const { definitions } = atComponents(z.toJSONSchema(frame, { target: 'draft-7', io, override: openAnswers }));
      for (const [id, { $id: _, id: __, ...schema }] of Object.entries(definitions)) {
        if (schemas[id] && !isDeepStrictEqual(schemas[id], schema)) throw new Error(`Client and server would each have a schema ${id}`);
        schemas[id] = schema;
      }
      return [name, { name, payload: { $ref: `#/components/schemas/${name}` } }];
    }),
  );
}

/** Moves references of a JSON Schema from its own root to its place in a larger document. */
function atComponents(schema: object): { definitions: Record<string, Record<string, unknown>> } {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', '"#/components/schemas/')) as ReturnType<typeof atComponents>;
}

function nameOf(frame: z.ZodType): string {
  const id = frame.meta()?.id;
  if (id === undefined) throw new Error('A frame of the contract has no id in its meta data');
  return id;
}
