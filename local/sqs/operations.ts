import { AwsError, type Call, type Input, type JsonService, type Operation } from '../aws-endpoint.ts';
import { maxMessageBytes, readDraft, readInteger } from './draft.ts';
import { sqsError } from './errors.ts';
import { attributesMd5, bytesOf, systemAttributes, type Draft, type Message, type MessageAttributes } from './message.ts';
import { queueAttributes } from './queue-attributes.ts';
import type { Queue } from './queue.ts';
import type { Waiters } from './waiters.ts';

export interface OperationsOptions {
  readonly find: (name: string) => Queue | undefined;
  readonly arnOf: (name: string) => string;
  readonly urlOf: (name: string) => string;
  readonly waiters: Waiters;
}

type Run = (queue: Queue, input: Input, call: Call) => unknown;

/** SQS operations for programs. Queues are created by the template, not by calls. */
export function sqsService(options: OperationsOptions): JsonService {
  const { find, arnOf, urlOf } = options;
  const operation = (permission: string, run: Run, nameOf = queueName): Operation => ({
    permission: (input) => ({ action: `sqs:${permission}`, resource: arnOf(nameOf(input)) }),
    run: (input, call) => {
      const queue = find(nameOf(input));
      if (!queue) throw sqsError.noQueue();
      return run(queue, input, call);
    },
  });
  return {
    targetPrefix: 'AmazonSQS',
    jsonVersion: '1.0',
    errors: { namespace: 'com.amazonaws.sqs#', queryCompatible: true, deniedStatus: 403 },
    operations: {
      GetQueueUrl: operation('GetQueueUrl', (queue) => ({ QueueUrl: urlOf(queue.definition.name) }), givenName),
      GetQueueAttributes: operation('GetQueueAttributes', (queue, input) => queueAttributes(queue, input.AttributeNames)),
      SendMessage: operation('SendMessage', sendMessage),
      SendMessageBatch: operation('SendMessage', sendMessageBatch),
      ReceiveMessage: operation('ReceiveMessage', (queue, input, call) => receiveMessage(options.waiters, queue, input, call)),
      DeleteMessage: operation('DeleteMessage', (queue, input) => deleteMessage(queue, input)),
      DeleteMessageBatch: operation('DeleteMessage', (queue, input) =>
        batch(input, 'DeleteMessageBatchRequestEntry', (entry) => deleteMessage(queue, entry)),
      ),
      ChangeMessageVisibility: operation('ChangeMessageVisibility', (queue, input) => changeVisibility(queue, input)),
      ChangeMessageVisibilityBatch: operation('ChangeMessageVisibility', (queue, input) =>
        batch(input, 'ChangeMessageVisibilityBatchRequestEntry', (entry) => changeVisibility(queue, entry)),
      ),
      PurgeQueue: operation('PurgeQueue', (queue) => queue.purge()),
    },
  };
}

function queueName(input: Input): string {
  if (typeof input.QueueUrl !== 'string') throw sqsError.missing('QueueUrl');
  return input.QueueUrl.split('/').at(-1) ?? '';
}

function givenName(input: Input): string {
  if (typeof input.QueueName !== 'string') throw sqsError.missing('QueueName');
  return input.QueueName;
}

function sendMessage(queue: Queue, input: Input, call: Call) {
  return send(queue, readDraft(input, queue.definition, call.accessKeyId));
}

function send(queue: Queue, draft: Draft) {
  const { id, sequenceNumber } = queue.send(draft);
  return {
    MessageId: id,
    MD5OfMessageBody: draft.bodyMd5,
    MD5OfMessageAttributes: attributesMd5(draft.attributes),
    SequenceNumber: sequenceNumber,
  };
}

function sendMessageBatch(queue: Queue, input: Input, call: Call) {
  const bytes = (entry: Input) =>
    typeof entry.MessageBody === 'string' ? bytesOf(entry.MessageBody, (entry.MessageAttributes ?? {}) as MessageAttributes) : 0;
  const total = entriesOf(input, 'SendMessageBatchRequestEntry').reduce((sum, entry) => sum + bytes(entry), 0);
  if (total > maxMessageBytes) throw sqsError.batchTooLong(maxMessageBytes, total);
  return batch(input, 'SendMessageBatchRequestEntry', (entry) => sendMessage(queue, entry, call));
}

function entriesOf(input: Input, entry: string): (Input & { Id: string })[] {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0) throw sqsError.emptyBatch(entry);
  if (entries.length > 10) throw sqsError.tooManyEntries(entries.length);
  const seen = new Set<unknown>();
  for (const { Id } of entries) {
    if (typeof Id !== 'string' || !/^[\w-]{1,80}$/.test(Id)) throw sqsError.invalidId();
    if (seen.has(Id)) throw sqsError.sameIds(Id);
    seen.add(Id);
  }
  return entries;
}

/** Handles each entry of a batch independently: one failure does not affect the others. */
function batch(input: Input, entryName: string, run: (entry: Input) => unknown) {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of entriesOf(input, entryName)) {
    try {
      Successful.push({ Id: entry.Id, ...(run(entry) as object) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.queryCode, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { Successful, Failed };
}

async function receiveMessage(waiters: Waiters, queue: Queue, input: Input, call: Call) {
  const max = readInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
  const waitSeconds = readInteger(input, 'WaitTimeSeconds', 0, 20) ?? queue.definition.receiveWaitSeconds ?? 0;
  const visibilitySeconds = readInteger(input, 'VisibilityTimeout', 0, 43_200);
  const messages = await waiters.receive(queue, { max, visibilitySeconds }, waitSeconds, call.gone);
  const system = new Set([...list(input.AttributeNames), ...list(input.MessageSystemAttributeNames)]);
  const wanted = list(input.MessageAttributeNames);
  return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, system, wanted)) };
}

const list = (names: unknown): string[] => (Array.isArray(names) ? names : []);

function received(message: Message, system: Set<string>, wanted: string[]) {
  const all = Object.entries(systemAttributes(message));
  const Attributes = Object.fromEntries(system.has('All') ? all : all.filter(([name]) => system.has(name)));
  const MessageAttributes = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => isWanted(name, wanted)));
  const digest = attributesMd5(MessageAttributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.bodyMd5,
    ...(Object.keys(Attributes).length > 0 ? { Attributes } : {}),
    ...(digest === undefined ? {} : { MessageAttributes, MD5OfMessageAttributes: digest }),
  };
}

const isWanted = (name: string, wanted: string[]) =>
  wanted.some((pattern) => pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))));

/** Deletes a message. Succeeds also when the message is gone or was received again from a standard queue. */
function deleteMessage(queue: Queue, input: Input) {
  const handle = readHandle(input);
  if (!queue.deleteReceived(handle) && queue.definition.fifo)
    throw sqsError.invalidValue('ReceiptHandle', handle, 'The receipt handle has expired.');
  return {};
}

function changeVisibility(queue: Queue, input: Input) {
  const seconds = readInteger(input, 'VisibilityTimeout', 0, 43_200);
  if (seconds === undefined) throw sqsError.missing('VisibilityTimeout');
  const handle = readHandle(input);
  const found = queue.find(handle);
  if (!found)
    throw sqsError.invalidValue('ReceiptHandle', handle, 'Message does not exist or is not available for visibility timeout change.');
  if (!found.latest || !found.inFlight) throw sqsError.notInFlight();
  queue.changeVisibility(found.message, seconds);
  return {};
}

function readHandle(input: Input): string {
  const handle = input.ReceiptHandle;
  if (handle === undefined) throw sqsError.missing('ReceiptHandle');
  const isOurs = typeof handle === 'string' && /^[\w-]{36} [\w-]{36}$/.test(Buffer.from(handle, 'base64').toString());
  if (!isOurs) throw sqsError.invalidHandle(handle);
  return handle;
}
