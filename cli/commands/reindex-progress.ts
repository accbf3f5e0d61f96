import type { MemoryJob } from '../../contract/epoch.ts';

/** Prints the progress of a job over epochs: one moving line on a terminal, else a line for each tenth and for each new obstacle. */
export interface JobProgress {
  /** `waitsFor` names the obstacle that the job waits for; null when there is none. */
  update(job: Pick<MemoryJob, 'done' | 'total'>, waitsFor: string | null): void;
  /** Ends the line. */
  done(message: string): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const count = (value: number): string => value.toLocaleString('en');

export function createJobProgress(
  what: string,
  terminal: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): JobProgress {
  let first: { readonly at: number; readonly done: number } | undefined;
  let shown = '';
  let open = false;
  const line = ({ done, total }: Pick<MemoryJob, 'done' | 'total'>, waitsFor: string | null): string => {
    first ??= { at: now(), done };
    const seconds = (now() - first.at) / 1000;
    const rate = seconds < 1 ? '' : `, ${count(Math.round((done - first.done) / seconds))} a second`;
    const share = total === 0 ? 100 : Math.floor((100 * done) / total);
    return `${what}: ${share} %, ${count(done)} of ${count(total)} epochs${waitsFor === null ? rate : `; it waits: ${waitsFor}`}`;
  };
  return {
    update(job, waitsFor) {
      const text = line(job, waitsFor);
      if (terminal.isTTY === true) {
        open = true;
        // A line that wraps cannot be cleared again.
        terminal.write(`\r\x1b[K${text.slice(0, (terminal.columns ?? 80) - 1)}`);
        return;
      }
      const place = `${job.total === 0 ? 10 : Math.floor((10 * job.done) / job.total)} ${waitsFor}`;
      if (place === shown) return;
      shown = place;
      terminal.write(`${text}\n`);
    },
    done(message) {
      terminal.write(`${open ? '\r\x1b[K' : ''}${message}\n`);
      open = false;
    },
  };
}
