import { AwsError } from '../aws-endpoint.ts';

const old = (name: string) => `AWS.SimpleQueueService.${name}`;

/** SQS's errors. */
export const sqsError = {
  noQueue: () => new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { queryCode: old('NonExistentQueue') }),
  missing: (name: string) =>
    new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`, { queryCode: 'MissingParameter' }),
  invalid: (message: string) => new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' }),
  invalidValue: (name: string, value: unknown, reason: string) =>
    sqsError.invalid(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`),
  outOfRange: (name: string, value: unknown, from: number, to: number) =>
    sqsError.invalidValue(name, value, `Must be between ${from} and ${to}, if provided.`),
  notForThisQueue: (name: string, value: unknown) =>
    sqsError.invalidValue(name, value, 'The request include parameter that is not valid for this queue type.'),
  invalidCharacters: () =>
    new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    ),
  invalidHandle: (handle: unknown) =>
    new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${String(handle)}" is not a valid receipt handle.`),
  notInFlight: () =>
    new AwsError('MessageNotInflight', "The message referred to isn't in flight.", { queryCode: old('MessageNotInflight') }),
  emptyBatch: (entry: string) =>
    new AwsError('EmptyBatchRequest', `There should be at least one ${entry} in the request.`, { queryCode: old('EmptyBatchRequest') }),
  tooManyEntries: (count: number) =>
    new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${count}.`, {
      queryCode: old('TooManyEntriesInBatchRequest'),
    }),
  sameIds: (id: string) => new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, { queryCode: old('BatchEntryIdsNotDistinct') }),
  invalidId: () =>
    new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      { queryCode: old('InvalidBatchEntryId') },
    ),
  batchTooLong: (maxBytes: number, bytes: number) =>
    new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${maxBytes} bytes. You have sent ${bytes} bytes.`, {
      queryCode: old('BatchRequestTooLong'),
    }),
  overLimit: () => new AwsError('OverLimit', 'Too many messages in flight.', { status: 403 }),
  unknownAttribute: (name: string) => new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`),
};
