import { createHash } from 'node:crypto';

/** A message attribute in the JSON protocol: binary as base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message before it is sent. */
export interface Draft {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly delaySeconds?: number;
  readonly senderId: string;
  readonly bodyMd5: string;
  readonly bytes: number;
}

/** Receipt of a sent message. */
export interface Sent {
  readonly id: string;
  /** FIFO only. */
  readonly sequenceNumber?: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

export interface Message extends Draft, Sent {
  /** Position in the queue; a FIFO group is delivered in this order. */
  readonly place: number;
  /** ARN of the queue that moved the message to its dead-letter queue. */
  readonly deadLetterSourceArn?: string;
  receiveCount: number;
  firstReceivedAt?: number;
  /** Handle of the last receive; older handles are void. */
  receiptHandle?: string;
  /** Epoch milliseconds until which the message is invisible. */
  hiddenUntil?: number;
}

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

/** Digest of message attributes, which the SDKs verify. */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const part = (data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    hash.update(length).update(data);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    part(Buffer.from(name));
    part(Buffer.from(DataType));
    const binary = DataType.startsWith('Binary');
    hash.update(Buffer.from([binary ? 2 : 1]));
    part(binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** Size of a message for the limit of 1 MiB: the body and all attributes. */
export function bytesOf(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue ?? '');
    bytes += Buffer.byteLength(BinaryValue ?? '', 'base64');
  }
  return bytes;
}

/** System attributes of a received message, all as text. */
export function systemAttributes(message: Message): Record<string, string> {
  const all: Record<string, string | undefined> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
