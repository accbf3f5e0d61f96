import { sqsError } from './errors.ts';
import type { Message } from './message.ts';
import type { Queue, ReceiveOptions } from './queue.ts';

const maxInFlight = 120_000;

/** Long polls in order of arrival. */
export interface Waiters {
  receive(queue: Queue, options: ReceiveOptions, waitSeconds: number, gone: AbortSignal): Promise<Message[]>;
  /** Hands available messages to waiting polls. */
  serve(queue: Queue): void;
  /** Answers all polls with nothing. */
  stop(): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<Queue, Set<() => void>>();
  let stopped = false;
  return {
    receive: (queue, options, waitSeconds, gone) => {
      if (queue.counts.inFlight >= maxInFlight && !queue.definition.fifo) throw sqsError.overLimit();
      const messages = queue.receive(options);
      if (messages.length > 0 || waitSeconds === 0) return Promise.resolve(messages);
      return new Promise((resolve) => {
        const ours = waiting.get(queue) ?? new Set();
        waiting.set(queue, ours);
        const end = (result: Message[]) => {
          ours.delete(attempt);
          clearTimeout(timer);
          gone.removeEventListener('abort', leave);
          resolve(result);
        };
        const attempt = () => {
          const found = stopped ? [] : queue.receive(options);
          if (found.length > 0 || stopped) end(found);
        };
        const leave = () => end([]);
        const timer = setTimeout(leave, waitSeconds * 1000);
        gone.addEventListener('abort', leave);
        ours.add(attempt);
      });
    },
    serve: (queue) => {
      for (const attempt of waiting.get(queue) ?? []) {
        if (queue.counts.visible === 0) return;
        attempt();
      }
    },
    stop: () => {
      stopped = true;
      for (const attempts of waiting.values()) for (const attempt of attempts) attempt();
    },
  };
}
