import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { accessStream } from '../access.ts';

export async function readStream(app: Pick<App, 'db'>, caller: UserCaller, input: { streamId: string }): Promise<Stream> {
  const { stream } = await app.db.transaction(caller, (tx) => accessStream(tx, caller, input.streamId, 'read'));
  return stream;
}
