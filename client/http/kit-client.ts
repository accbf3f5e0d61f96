import { api } from '../../contract/api.ts';
import type { Call, SendOptions } from './call.ts';

/** The surfaces of the React kit, in the workspace of the token. `cid`: a stream id, or a type and a slug (`channel:general`). */
export const kitClient = (call: Call) => ({
  config: (cid: string, options: SendOptions = {}) => call(api.kit.readKitConfig, { params: { cid }, ...options }),
});
