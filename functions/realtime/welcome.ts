import { maxAgeSeconds, maxFrameBytes, maxRooms, pingSeconds } from '../../contract/frames.ts';
import type { WelcomeFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import type { App } from '../platform/app.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';

/** Seconds until a new socket ends: with its token, or at the greatest age of a socket. */
const ageLeft = ({ clock }: Pick<App, 'clock'>, { tokenExpiresAt = Number.POSITIVE_INFINITY }: SocketCaller): number =>
  Math.min(maxAgeSeconds, Math.max(1, Math.floor(tokenExpiresAt - clock.now().getTime() / 1000)));

/** Makes the first frame of a socket: how often to ping, its limits, and the rooms that it hears already. `id`: of the frame that it answers. */
export function welcome(app: Pick<App, 'clock'>, caller: SocketCaller, id: number, resumed?: WelcomeFrame['d']['resumed']): WelcomeFrame {
  const limits = { rooms: maxRooms, frameBytes: maxFrameBytes };
  const d = { session: newId('session'), pingSeconds, maxAgeSeconds: ageLeft(app, caller), limits, ...(resumed && { resumed }) };
  return { op: 'welcome', id, d };
}
