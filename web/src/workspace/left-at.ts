/** The message in view when the reader followed a link out of a stream. */
export interface LeftAt {
  readonly streamId: string;
  readonly seq: number;
}

/** Reads the position from an entry of the browser's history. */
export function leftAtOf(state: unknown): LeftAt | undefined {
  if (typeof state !== 'object' || state === null || !('leftAt' in state)) return undefined;
  const { leftAt } = state;
  if (typeof leftAt !== 'object' || leftAt === null || !('streamId' in leftAt) || !('seq' in leftAt)) return undefined;
  const { streamId, seq } = leftAt;
  return typeof streamId === 'string' && typeof seq === 'number' ? { streamId, seq } : undefined;
}

/** Saves the message in view to the history entry, so that Back returns to it. */
export function saveLeftAt(streamId: string): void {
  const log = document.querySelector('[data-main-column] [role=log]');
  const seq = log ? seqInView(log) : undefined;
  if (seq !== undefined) history.replaceState({ leftAt: { streamId, seq } satisfies LeftAt }, '');
}

/** Clears the position after the return: the next visit by another way begins at the newest message. */
export const clearLeftAt = (): void => history.replaceState(null, '');

/** The message nearest to the middle of the view; at the end the last one. */
function seqInView(log: Element): number | undefined {
  const rows = [...log.querySelectorAll<HTMLElement>('[data-seq]')];
  const frame = log.getBoundingClientRect();
  const isAtEnd = log.scrollHeight - log.clientHeight - log.scrollTop <= 40;
  const middle = isAtEnd ? frame.bottom : (frame.top + frame.bottom) / 2;
  const distance = (row: HTMLElement): number => {
    const { top, bottom } = row.getBoundingClientRect();
    return Math.abs((top + bottom) / 2 - middle);
  };
  const [nearest] = rows.map((row) => ({ row, far: distance(row) })).sort((a, b) => a.far - b.far);
  return nearest ? Number(nearest.row.dataset['seq']) : undefined;
}
