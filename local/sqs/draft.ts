import type { Input } from '../aws-endpoint.ts';
import type { QueueDefinition } from '../definitions.ts';
import { contentId } from './deduplication.ts';
import { sqsError } from './errors.ts';
import { bytesOf, md5, type Draft, type MessageAttribute, type MessageAttributes } from './message.ts';

/** Limit of a message, and of a batch. */
export const maxMessageBytes = 1_048_576;

/** Parses SendMessage, or an entry of SendMessageBatch. Throws SQS's own errors. */
export function readDraft(input: Input, { fifo, contentBasedDeduplication }: QueueDefinition, senderId: string): Draft {
  const body = input.MessageBody;
  if (typeof body !== 'string' || body === '') throw sqsError.missing('MessageBody');
  // oxlint-disable-next-line no-control-regex -- these are the characters that SQS refuses
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(body) || !body.isWellFormed()) throw sqsError.invalidCharacters();
  const attributes = readAttributes(input.MessageAttributes);
  const bytes = bytesOf(body, attributes);
  if (bytes > maxMessageBytes)
    throw sqsError.invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`);
  const groupId = readId(input, 'MessageGroupId');
  const deduplicationId = readId(input, 'MessageDeduplicationId');
  const delaySeconds = readInteger(input, 'DelaySeconds', 0, 900);
  const common = { body, attributes, bytes, senderId, bodyMd5: md5(body), traceHeader: readTraceHeader(input) };
  if (!fifo) {
    if (deduplicationId !== undefined) throw sqsError.notForThisQueue('MessageDeduplicationId', deduplicationId);
    return { ...common, groupId, delaySeconds };
  }
  if (groupId === undefined) throw sqsError.missing('MessageGroupId');
  if (delaySeconds !== undefined && delaySeconds > 0) throw sqsError.notForThisQueue('DelaySeconds', delaySeconds);
  if (deduplicationId === undefined && !contentBasedDeduplication)
    throw sqsError.invalid('The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly');
  return { ...common, groupId, deduplicationId: deduplicationId ?? contentId(body) };
}

function readTraceHeader(input: Input): string | undefined {
  const system = input.MessageSystemAttributes as Record<string, MessageAttribute> | undefined;
  return system?.AWSTraceHeader?.StringValue;
}

function readId(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(value))
    throw sqsError.invalidValue(name, value, `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
  return value;
}

/** Parses an optional integer in a range, the only form that SQS accepts. */
export function readInteger(input: Input, name: string, from: number, to: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value) || (value as number) < from || (value as number) > to) throw sqsError.outOfRange(name, value, from, to);
  return value as number;
}

function readAttributes(given: unknown): MessageAttributes {
  if (given === undefined || given === null) return {};
  const entries = Object.entries(given as Record<string, MessageAttribute>);
  if (entries.length > 10)
    throw sqsError.invalid('Number of message attributes [' + entries.length + '] exceeds the allowed maximum [10].');
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!/^(?!AWS\.|Amazon\.|\.)[\w.-]{1,256}(?<!\.)$/i.test(name))
      throw sqsError.invalid(`Message (user) attribute name '${name}' is invalid.`);
    if (!/^(String|Number|Binary)(\.|$)/.test(DataType ?? ''))
      throw sqsError.invalid(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
    if (value === undefined || value === '')
      throw sqsError.invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
  }
  return Object.fromEntries(entries);
}
