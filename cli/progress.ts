/** Prints the progress of a command: one moving line on a terminal, else a line for each thousand. */
export interface Progress {
  /** `fraction`: 0 to 1, where it is known. */
  update(count: number, fraction?: number): void;
  /** Ends the line. */
  done(message: string): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const linesBetween = 1_000;
const millisecondsBetween = 100;

export function createProgress(what: string, terminal: Terminal = process.stderr, now: () => number = () => performance.now()): Progress {
  const from = now();
  let shownAt = -Infinity;
  let shownCount = 0;
  let open = false;
  const line = (count: number, fraction: number | undefined): string => {
    const rate = Math.round(count / Math.max((now() - from) / 1000, 0.001));
    const part = fraction === undefined ? '' : `${Math.floor(fraction * 100)} %, `;
    return `${what}: ${part}${count.toLocaleString('en')} lines, ${rate.toLocaleString('en')} a second`;
  };
  return {
    update(count, fraction) {
      if (terminal.isTTY === true) {
        if (now() - shownAt < millisecondsBetween) return;
        shownAt = now();
        open = true;
        terminal.write(`\r\x1b[K${line(count, fraction)}`);
      } else if (Math.floor(count / linesBetween) > Math.floor(shownCount / linesBetween)) {
        shownCount = count;
        terminal.write(`${line(count, fraction)}\n`);
      }
    },
    done(message) {
      terminal.write(`${open ? '\r\x1b[K' : ''}${message}\n`);
      open = false;
    },
  };
}
