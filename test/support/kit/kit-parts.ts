import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../../functions/platform/clock.ts';
import { createConnectionIds } from '../../../functions/kit/connection-ids.ts';
import type { ConnectionIds } from '../../../functions/kit/connection-ids.ts';
import { createEditingTurns } from '../../../functions/kit/editing-turns.ts';
import type { EditingTurns } from '../../../functions/kit/editing-turns.ts';
import { createDrafts } from '../../../functions/realtime/drafts/draft-store.ts';
import type { Drafts } from '../../../functions/realtime/drafts/draft-store.ts';
import { createPresenceLeases } from '../../../functions/realtime/presence/presence-store.ts';
import type { PresenceLeases } from '../../../functions/realtime/presence/presence-store.ts';
import { startTestTable } from '../dynamodb.ts';

/** Parts that the kit keeps in the table of connections. The table starts with the first use. */
export interface KitParts {
  readonly connectionIds: ConnectionIds;
  readonly editingTurns: EditingTurns;
  readonly presence: PresenceLeases;
  readonly drafts: Drafts;
  /** Reads an item as it is stored. */
  find(key: { pk: string; sk: string }): Promise<{ Item?: object | undefined }>;
  stop(): Promise<void>;
}

export function createKitParts(clock: Clock): KitParts {
  let started: ReturnType<typeof startTestTable> | undefined;
  const within = <Part>(make: (client: DynamoDBClient) => Part): (() => Promise<Part>) => {
    let part: Promise<Part> | undefined;
    return () => (part ??= (started ??= startTestTable('connections')).then(({ client }) => make(client)));
  };
  const connectionIds = within((client) => createConnectionIds(client, 'connections', clock));
  const editingTurns = within((client) => createEditingTurns(client, 'connections', clock));
  const presence = within((client) => createPresenceLeases(client, 'connections', clock));
  const drafts = within((client) => createDrafts(client, 'connections', clock));
  return {
    connectionIds: {
      idOf: async (...given) => (await connectionIds()).idOf(...given),
    },
    editingTurns: { take: async (...given) => (await editingTurns()).take(...given) },
    presence: {
      renew: async (...given) => (await presence()).renew(...given),
      end: async (...given) => (await presence()).end(...given),
      find: async (...given) => (await presence()).find(...given),
      lookingAt: async (...given) => (await presence()).lookingAt(...given),
    },
    drafts: {
      find: async (...given) => (await drafts()).find(...given),
      save: async (...given) => (await drafts()).save(...given),
      // Before the first use there is none to clear.
      clear: async (...given) => (started ? (await drafts()).clear(...given) : undefined),
      list: async (...given) => (await drafts()).list(...given),
    },
    find: async (Key) => {
      const { client } = await (started ??= startTestTable('connections'));
      return DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: 'connections', Key }));
    },
    stop: async () => (await started)?.stop(),
  };
}
