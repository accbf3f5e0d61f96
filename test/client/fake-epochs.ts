import type { Epoch, EpochPage } from '../../contract/epoch.ts';
import type { EpochsFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import type { FakeClock } from './fake-clock.ts';

type Told = Omit<EpochsFrame, 'room'>;

/** The epochs of one stream as the service has them: each change is of the next revision, and told. */
export class FakeEpochs {
  rev = 0;
  readonly #options: { readonly clock: FakeClock; readonly streamId: string; tell(frame: Told): void };
  #epochs: Epoch[] = [];
  #seq = 0;

  constructor(options: { readonly clock: FakeClock; readonly streamId: string; tell(frame: Told): void }) {
    this.#options = options;
  }

  /** Newest first. */
  list(): readonly Epoch[] {
    return this.#epochs.toReversed();
  }

  /** Closes the open one, if there is one, and opens the next with so many messages. */
  open(messages = 3): void {
    const closed = this.#epochs.at(-1);
    const firstSeq = this.#seq + 1;
    this.#seq += messages;
    const at = new Date(this.#options.clock.now()).toISOString();
    const opened = {
      id: newId('epoch'),
      streamId: this.#options.streamId,
      status: 'open',
      barrier: null,
      firstSeq,
      lastSeq: this.#seq,
      messageCount: messages,
      label: null,
      labelSource: null,
      terms: [],
      snippet: null,
      openedAt: at,
      lastEventAt: at,
      closedAt: null,
      indexed: false,
    };
    this.#change([...(closed?.status === 'open' ? [{ ...closed, status: 'closed', barrier: 'gap', closedAt: at }] : []), opened]);
  }

  label(index: number, label: string): void {
    const epoch = this.#epochs[index];
    if (epoch) this.#change([{ ...epoch, label, labelSource: 'member' }]);
  }

  /** Into the one before. */
  merge(index: number): void {
    const [into, epoch] = [this.#epochs[index - 1], this.#epochs[index]];
    if (!into || !epoch) return;
    const { status, barrier, lastSeq, closedAt } = epoch;
    const messageCount = into.messageCount + epoch.messageCount;
    this.#change([{ ...into, status, barrier, lastSeq, closedAt, messageCount }], [epoch.id]);
  }

  split(index: number): void {
    const epoch = this.#epochs[index];
    if (!epoch || epoch.lastSeq === epoch.firstSeq) return;
    const seq = epoch.firstSeq + 1;
    const first = { ...epoch, status: 'closed', barrier: 'manual', lastSeq: seq - 1, messageCount: 1 };
    this.#change([first, { ...epoch, id: newId('epoch'), firstSeq: seq, messageCount: epoch.messageCount - 1 }]);
  }

  /** Many at once, of which only some are told. */
  import(count: number): void {
    const { tell } = this.#options;
    const from = this.rev;
    const silent = { ...this.#options, tell: () => undefined };
    for (let made = 0; made < count; made++) this.#quietly(silent, () => this.open(1));
    this.rev = from + 1;
    this.#epochs = this.#epochs.map((epoch) => ({ ...epoch, rev: Math.min(epoch.rev, this.rev) }));
    tell({ op: 'epochs', from, rev: this.rev, items: this.#epochs.slice(-1), removed: [], partial: true });
  }

  page({ searchParams }: URL): EpochPage {
    const limit = Number(searchParams.get('limit') ?? 50);
    const before = Number(searchParams.get('cursor') ?? Number.MAX_SAFE_INTEGER);
    const older = this.list().filter(({ firstSeq }) => firstSeq < before);
    const items = older.slice(0, limit);
    return { items, nextCursor: older.length > limit ? String(items.at(-1)?.firstSeq) : null, epochsRev: this.rev };
  }

  #quietly(silent: { tell(frame: Told): void }, work: () => void): void {
    const told = this.#tell;
    this.#tell = silent.tell;
    work();
    this.#tell = told;
  }

  #tell = (frame: Told): void => this.#options.tell(frame);

  #change(changed: readonly object[], removed: string[] = []): void {
    const from = this.rev++;
    const items = changed.map((epoch) => ({ ...epoch, rev: this.rev }) as Epoch);
    const ids = new Set<string>([...items.map(({ id }) => id), ...removed]);
    this.#epochs = [...this.#epochs.filter(({ id }) => !ids.has(id)), ...items].sort((a, b) => a.firstSeq - b.firstSeq);
    this.#tell({ op: 'epochs', from, rev: this.rev, items, removed: removed as EpochsFrame['removed'], partial: false });
  }
}
