import type { DeviceState } from '../../contract/presence.ts';
import { presenceRenewSeconds } from '../../contract/presence.ts';
import type { Clock } from '../clock.ts';

interface State {
  readonly device: string;
  readonly state: DeviceState;
}

/** The presence of this device, told again and again while a connection is open. */
export class OwnPresence {
  readonly #clock: Clock;
  readonly #send: (state: State) => Promise<unknown> | undefined;
  #state: State | undefined;
  #timer: unknown;

  /** `send` returns undefined without a connection. */
  constructor(clock: Clock, send: (state: State) => Promise<unknown> | undefined) {
    this.#clock = clock;
    this.#send = send;
  }

  become(state: State): void {
    this.#state = state;
    this.renew();
  }

  /** Tells it now, and again later. */
  renew(): void {
    this.rest();
    const sent = this.#state && this.#send(this.#state);
    if (sent === undefined) return;
    // A server that does not know it answers so; the next one may.
    sent.catch(() => undefined);
    if (this.#state?.state === 'gone') this.#state = undefined;
    else this.#timer = this.#clock.after(presenceRenewSeconds * 1_000, () => this.renew());
  }

  rest(): void {
    this.#clock.cancel(this.#timer);
  }
}
