import type { JsonService } from '../aws-endpoint.ts';
import type { MappingDefinition, QueueDefinition } from '../definitions.ts';
import type { Access, Account, Functions, Log } from '../types.ts';
import { createMapping, type Mapping } from './mapping.ts';
import { sqsService } from './operations.ts';
import { Queue, type Counts } from './queue.ts';
import { createWaiters } from './waiters.ts';

export interface SqsOptions {
  readonly account: Account;
  /** Address of the service; queue URLs begin with it. */
  readonly endpointUrl: string;
  readonly queues: readonly QueueDefinition[];
  readonly mappings: readonly MappingDefinition[];
  readonly access: Access;
  readonly functions: Functions;
  readonly log: Log;
}

/** A message for inspection, without a receive. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly groupId?: string;
  readonly receiveCount: number;
}

export interface Sqs {
  readonly service: JsonService;
  queueUrl(name: string): string;
  counts(name: string): Counts;
  messages(name: string): PeekedMessage[];
  /** Ends the visibility timeouts and delays of a queue now, so that a test need not wait for them. */
  expireVisibility(name: string): void;
  /** Starts delivery by the mappings. */
  start(): void;
  /** Resolves when no message is visible, in flight or due soon, except in dead-letter queues. One that was delayed for long is not waited for. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** SQS in this process, without polling: a message is delivered in the turn of the event loop in which it arrives. */
export function createSqs(options: SqsOptions): Sqs {
  const { account, endpointUrl, functions, log } = options;
  const queues = new Map(options.queues.map((definition) => [definition.name, new Queue(definition)]));
  linkDeadLetters([...queues.values()]);
  const get = (name: string): Queue => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`there is no queue ${name}`);
    return queue;
  };
  const mappings = new Map<Queue, Mapping[]>();
  for (const definition of options.mappings) {
    const queue = queueOf(queues, definition);
    checkRole(definition, options.access);
    mappings.set(queue, [...(mappings.get(queue) ?? []), createMapping({ definition, queue, account, functions, log })]);
  }
  const waiters = createWaiters();
  const settling = createSettling([...queues.values()]);
  let started = false;
  for (const queue of queues.values()) {
    const deliver = oncePerTurn(() => {
      waiters.serve(queue);
      if (started) for (const mapping of mappings.get(queue) ?? []) mapping.pump();
    });
    queue.onAvailable = deliver;
    queue.onLeft = settling.look;
  }
  const urlOf = (name: string) => `${endpointUrl}/${account.accountId}/${name}`;
  return {
    service: sqsService({
      find: (name) => queues.get(name),
      arnOf: (name) => queues.get(name)?.definition.arn ?? `arn:aws:sqs:${account.region}:${account.accountId}:${name}`,
      urlOf,
      waiters,
    }),
    queueUrl: (name) => urlOf(get(name).definition.name),
    counts: (name) => get(name).counts,
    messages: (name) => get(name).messages.map(({ id, body, groupId, receiveCount }) => ({ messageId: id, body, groupId, receiveCount })),
    expireVisibility: (name) => get(name).expireVisibility(),
    start: () => {
      started = true;
      for (const mapping of [...mappings.values()].flat()) mapping.pump();
    },
    settled: settling.settled,
    stop: async () => {
      waiters.stop();
      await Promise.all([...mappings.values()].flat().map((mapping) => mapping.stop()));
      for (const queue of queues.values()) queue.stop();
    },
  };
}

function linkDeadLetters(queues: Queue[]): void {
  for (const queue of queues) {
    const { redrive, name, fifo } = queue.definition;
    if (redrive === undefined) continue;
    queue.deadLetters = queues.find(({ definition }) => definition.arn === redrive.targetArn);
    if (queue.deadLetters?.definition.fifo !== fifo) throw new Error(`the dead-letter queue of ${name} is missing or of the other kind`);
  }
}

function queueOf(queues: Map<string, Queue>, { queueArn }: MappingDefinition): Queue {
  const queue = [...queues.values()].find(({ definition }) => definition.arn === queueArn);
  if (!queue) throw new Error(`an event-source mapping names the queue ${queueArn}, which is not there`);
  return queue;
}

/** Checks the function's role as Lambda does: a mapping needs permission to read the queue. */
function checkRole({ accessKeyId, queueArn, functionArn }: MappingDefinition, access: Access): void {
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
    if (!access.check(accessKeyId, `sqs:${action}`, queueArn).allowed)
      throw new Error(`The function execution role does not have permissions to call ${action} on SQS (${functionArn}, ${queueArn})`);
  }
}

/** Collects calls in a turn of the event loop, so that a batch that was sent together is delivered together. */
function oncePerTurn(action: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      action();
    });
  };
}

function createSettling(queues: Queue[]) {
  const deadLetters = new Set(queues.map((queue) => queue.deadLetters));
  const watched = queues.filter((queue) => !deadLetters.has(queue));
  const waiting = new Set<() => void>();
  const isSettled = () => watched.every((queue) => queue.dueSoon === 0);
  return {
    look: () => {
      if (waiting.size === 0 || !isSettled()) return;
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    settled: () =>
      new Promise<void>((resolve) => {
        if (isSettled()) resolve();
        else waiting.add(resolve);
      }),
  };
}
