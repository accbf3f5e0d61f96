import type { Spectator } from './spectator.ts';

/** A step of the story and its description. */
export interface Step {
  readonly says: string;
  act(): Promise<void>;
}

export interface Cast {
  readonly pierre: Spectator;
  readonly kristoffer: Spectator;
  readonly greta: Spectator;
}

/** Story of a message that becomes an incident. Pierre and Kristoffer are in #engineering, which is private; Greta is not. */
export class IncidentStory {
  /** Streams created so far. */
  readonly streamIds: string[] = [];
  readonly #cast: Cast;
  /** Makes the names of one run unique. */
  readonly #run: string;
  #engineering = '';
  #company = '';
  #alarm = '';
  #thread = '';
  #cause = '';

  constructor(cast: Cast, run: string) {
    this.#cast = cast;
    this.#run = run;
  }

  steps(): Step[] {
    return [
      {
        says: 'Pierre makes #Engineering, private, with Kristoffer in it; and #Company, for all: they join it.',
        act: () => this.#prepare(),
      },
      { says: 'Pierre writes two messages in the private channel.', act: () => this.#write() },
      { says: 'Kristoffer starts a thread on the second one, and they talk.', act: () => this.#discuss() },
      { says: 'Kristoffer promotes the thread: it is an incident now, with all that was said.', act: () => this.#promote() },
      { says: 'Pierre finds the cause, and mitigates.', act: () => this.#find() },
      { says: 'Kristoffer shares the cause back to the channel, and to the one for all.', act: () => this.#share() },
      {
        says: 'Kristoffer brings Greta in: she sees the incident, its past, and what was shared; not the channel.',
        act: () => this.#invite(),
      },
      { says: 'Kristoffer resolves the incident.', act: () => this.#resolve() },
    ];
  }

  async #prepare(): Promise<void> {
    const { pierre, kristoffer, greta } = this.#cast;
    this.#engineering = await this.#channel('Engineering', 'private');
    await pierre.workspace.streams.invite(this.#engineering, { userIds: [kristoffer.id] });
    this.#company = await this.#channel('Company', 'public');
    for (const who of [kristoffer, greta]) await who.workspace.streams.join(this.#company);
  }

  async #channel(name: string, visibility: 'public' | 'private'): Promise<string> {
    const named = { streamType: 'channel', name: `${name} ${this.#run}`, visibility } as const;
    const { id } = await this.#cast.pierre.workspace.streams.create(named);
    this.streamIds.push(id);
    return id;
  }

  async #write(): Promise<void> {
    await say(this.#cast.pierre, this.#engineering, 'Deploy went out');
    this.#alarm = await say(this.#cast.pierre, this.#engineering, 'Seeing errors in Sentry');
  }

  async #discuss(): Promise<void> {
    const { pierre, kristoffer } = this.#cast;
    this.#thread = (await kristoffer.workspace.events(this.#engineering).thread({ eventId: this.#alarm })).id;
    this.streamIds.push(this.#thread);
    await say(kristoffer, this.#thread, 'What errors?');
    await say(pierre, this.#thread, '500s on checkout');
    await say(kristoffer, this.#thread, `This is an outage! @${pierre.id}`);
  }

  async #promote(): Promise<void> {
    const name = `Checkout Outage ${this.#run}`;
    await this.#cast.kristoffer.workspace.streams.promote(this.#thread, { streamType: 'incident', name, severity: 'sev1' });
  }

  async #find(): Promise<void> {
    this.#cause = await say(this.#cast.pierre, this.#thread, 'Root cause: DB pool');
    await say(this.#cast.pierre, this.#thread, 'Mitigation deployed');
  }

  async #share(): Promise<void> {
    const { workspace } = this.#cast.kristoffer;
    await workspace.events(this.#engineering).share({ eventId: this.#cause, context: 'for the postmortem' });
    await workspace.events(this.#company).share({ eventId: this.#cause, context: 'why checkout was down' });
  }

  async #invite(): Promise<void> {
    await this.#cast.kristoffer.workspace.streams.invite(this.#thread, { userIds: [this.#cast.greta.id] });
  }

  async #resolve(): Promise<void> {
    await say(this.#cast.kristoffer, this.#thread, 'Resolved ✓');
    await this.#cast.kristoffer.workspace.streams.update(this.#thread, { status: 'resolved' });
  }
}

async function say(who: Spectator, streamId: string, text: string): Promise<string> {
  return (await who.workspace.events(streamId).post({ text })).id;
}
