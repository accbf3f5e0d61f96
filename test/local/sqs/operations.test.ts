import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clientOf, refusedPrincipal } from '../emulators.ts';
import { fifo, standard, startQueues } from './queues.ts';
import { limit } from '../../support/slowness.ts';

let running: Awaited<ReturnType<typeof startQueues>>;
beforeAll(async () => {
  running = await startQueues();
});
afterAll(() => running.stop());
beforeEach(async () => {
  for (const name of ['work', 'rooms.fifo', 'work-dead', 'rooms-dead.fifo'])
    await running.client.send(new PurgeQueueCommand({ QueueUrl: running.url(name) }));
});

const url = () => running.url('work');
const fifoUrl = () => running.url('rooms.fifo');
const send = (MessageBody: string, more: object = {}) =>
  running.client.send(new SendMessageCommand({ QueueUrl: url(), MessageBody, ...more }));
let unique = 0;
const sendTo = (group: string, MessageBody: string, id = `d-${unique++}`) =>
  running.client.send(new SendMessageCommand({ QueueUrl: fifoUrl(), MessageBody, MessageGroupId: group, MessageDeduplicationId: id }));
const receive = async (more: object = {}) => {
  const found = await running.client.send(new ReceiveMessageCommand({ QueueUrl: url(), MaxNumberOfMessages: 10, ...more }));
  return found.Messages ?? [];
};
const bodies = async (more: object = {}) => (await receive(more)).map((message) => message.Body);
const remove = (ReceiptHandle: string | undefined, QueueUrl = url()) =>
  running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

describe('a standard queue', () => {
  test('a message goes through with its attributes; the SDK agrees with all digests', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'ü €' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 1]) },
    };
    const sent = await send('héllo', { MessageAttributes });
    const [message] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'héllo',
      MessageAttributes,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    });
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) });
    await remove(message?.ReceiptHandle);
    expect(running.sqs.counts('work')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('a received message is hidden until its visibility time-out', async () => {
    await send('again');
    const [first] = await receive({ VisibilityTimeout: 1 });
    expect(await bodies()).toEqual([]);
    const [second] = await receive({ WaitTimeSeconds: 3, MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
    await remove(first?.ReceiptHandle);
    expect(running.sqs.counts('work').inFlight).toBe(1);
  });

  test('the visibility of a message in flight can be ended and extended', async () => {
    await send('change');
    const [message] = await receive({ VisibilityTimeout: 1 });
    const change = (VisibilityTimeout: number) =>
      running.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url(), ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }),
      );
    await change(60);
    expect(await bodies({ WaitTimeSeconds: 2 })).toEqual([]);
    await change(0);
    expect(await bodies()).toEqual(['change']);
    await expect(change(10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  });

  test('a long poll is answered as soon as a message arrives', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    const start = performance.now();
    await send('now');
    expect((await waiting).map((message) => message.Body)).toEqual(['now']);
    expect(performance.now() - start).toBeLessThan(limit(5_000));
  });

  test('a delayed message is not received before its time', async () => {
    await send('later', { DelaySeconds: 1 });
    expect(running.sqs.counts('work')).toMatchObject({ visible: 0, delayed: 1 });
    expect(await bodies()).toEqual([]);
    expect(await bodies({ WaitTimeSeconds: 3 })).toEqual(['later']);
  });

  test('what was received too often goes to the dead-letter queue', async () => {
    const { MessageId } = await send('poison');
    for (let i = 0; i < 2; i++) {
      expect(await bodies()).toEqual(['poison']);
      running.sqs.expireVisibility('work');
    }
    expect(await bodies()).toEqual([]);
    const [dead] = await receive({ QueueUrl: running.url('work-dead'), MessageSystemAttributeNames: ['All'] });
    expect(dead).toMatchObject({ MessageId, Body: 'poison', Attributes: { DeadLetterQueueSourceArn: standard.arn } });
  });

  test('a batch does each entry by itself', async () => {
    const Entries = [
      { Id: 'good', MessageBody: 'good' },
      { Id: 'bad', MessageBody: 'bad', DelaySeconds: 1000 },
    ];
    const sent = await running.client.send(new SendMessageBatchCommand({ QueueUrl: url(), Entries }));
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(['good']);
    expect(sent.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }]);
    const [message] = await receive();
    const deleted = await running.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url(),
        Entries: [
          { Id: 'a', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'b', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }] });
  });
});

describe('a FIFO queue', () => {
  test('nothing of a group is received while any message of it is in flight', async () => {
    for (const body of ['a1', 'a2']) await sendTo('a', body);
    const [first] = await receive({ QueueUrl: fifoUrl(), MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] });
    expect(first).toMatchObject({ Body: 'a1', Attributes: { MessageGroupId: 'a', SequenceNumber: expect.stringMatching(/^\d{20}$/) } });
    await sendTo('b', 'b1');
    expect(await bodies({ QueueUrl: fifoUrl() })).toEqual(['b1']);
    await remove(first?.ReceiptHandle, fifoUrl());
    expect(await bodies({ QueueUrl: fifoUrl() })).toEqual(['a2']);
  });

  test('a batch that was not deleted comes back in its order, before what was sent meanwhile', async () => {
    for (const body of ['1', '2', '3']) await sendTo('a', body);
    const batch = await receive({ QueueUrl: fifoUrl() });
    await sendTo('a', '4');
    await remove(batch[0]?.ReceiptHandle, fifoUrl());
    running.sqs.expireVisibility('rooms.fifo');
    expect(await bodies({ QueueUrl: fifoUrl() })).toEqual(['2', '3', '4']);
  });

  test('the same deduplication id is taken once, also after the message was deleted', async () => {
    const first = await sendTo('a', 'once', 'same');
    const again = await sendTo('a', 'other body', 'same');
    expect(again).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    const [message] = await receive({ QueueUrl: fifoUrl() });
    await remove(message?.ReceiptHandle, fifoUrl());
    await sendTo('a', 'once', 'same');
    expect(await bodies({ QueueUrl: fifoUrl() })).toEqual([]);
  });

  test('a handle whose time is over deletes nothing', async () => {
    await sendTo('a', 'slow');
    const [message] = await receive({ QueueUrl: fifoUrl() });
    running.sqs.expireVisibility('rooms.fifo');
    await expect(remove(message?.ReceiptHandle, fifoUrl())).rejects.toMatchObject({
      message: expect.stringContaining('The receipt handle has expired'),
    });
  });

  test('a poisoned message goes to the dead-letter queue, and its group goes on', async () => {
    await sendTo('a', 'poison');
    await sendTo('a', 'next');
    for (let i = 0; i < 2; i++) {
      expect(await bodies({ QueueUrl: fifoUrl(), MaxNumberOfMessages: 1 })).toEqual(['poison']);
      running.sqs.expireVisibility('rooms.fifo');
    }
    expect(await bodies({ QueueUrl: fifoUrl() })).toEqual(['next']);
    expect(running.sqs.messages('rooms-dead.fifo')).toMatchObject([{ body: 'poison', groupId: 'a', receiveCount: 2 }]);
  });

  test.each([
    ['no group', { MessageDeduplicationId: 'x' }, 'The request must contain the parameter MessageGroupId.'],
    ['no deduplication id', { MessageGroupId: 'g' }, /ContentBasedDeduplication enabled or MessageDeduplicationId/],
    ['a delay', { MessageGroupId: 'g', MessageDeduplicationId: 'x', DelaySeconds: 5 }, /not valid for this queue type/],
    ['a group with a space', { MessageGroupId: 'g g', MessageDeduplicationId: 'x' }, /can only include alphanumeric and punctuation/],
  ])('%s is refused', async (_what, more, message) => {
    await expect(running.client.send(new SendMessageCommand({ QueueUrl: fifoUrl(), MessageBody: 'x', ...more }))).rejects.toThrow(message);
  });
});

describe('errors', () => {
  test('a queue that is not there', async () => {
    const missing = new SendMessageCommand({ QueueUrl: `${running.aws.url}/000000000000/nothing`, MessageBody: 'x' });
    await expect(running.client.send(missing)).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    ['a NUL character', 'a\0b', /Invalid characters found/],
    ['half of a surrogate pair', '\ud800', /Invalid characters found/],
    ['U+FFFE', 'a\ufffe', /Invalid characters found/],
    ['U+FFFF', '\uffff', /Invalid characters found/],
    ['a vertical tab', '\u000b', /Invalid characters found/],
    ['more than 1 MiB', 'x'.repeat(1_048_577), /Message must be shorter than 1048576 bytes/],
  ])('a body with %s', async (_what, body, message) => {
    await expect(send(body)).rejects.toThrow(message);
  });

  test('characters at the edges of the ranges go through', async () => {
    const edges = '\t\n\r \ud7ff\ue000\ufffd\u{10000}\u{1fffe}\u{10ffff}';
    await send(edges);
    expect(await bodies()).toEqual([edges]);
  });

  test('a batch sends its good entries, and fails the entry with a character that is refused', async () => {
    const Entries = ['a', 'b\uffff', 'c'].map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    const { Successful, Failed } = await running.client.send(new SendMessageBatchCommand({ QueueUrl: url(), Entries }));
    expect(Successful?.map(({ Id }) => Id)).toEqual(['0', '2']);
    expect(Failed).toMatchObject([{ Id: '1', Code: 'InvalidMessageContents', SenderFault: true }]);
    expect(await bodies()).toEqual(['a', 'c']);
  });

  test('the largest body goes through', async () => {
    await send('x'.repeat(1_048_576));
    expect((await bodies())[0]).toHaveLength(1_048_576);
  });

  test.each([
    [
      'more messages than ten',
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    ['a longer wait than twenty seconds', { WaitTimeSeconds: 21 }, /Must be between 0 and 20/],
  ])('%s', async (_what, more, message) => {
    await expect(receive(more)).rejects.toThrow(message);
  });

  test('batches: empty, too many, ids that are not distinct', async () => {
    const batch = (Entries: { Id: string; MessageBody: string }[]) =>
      running.client.send(new SendMessageBatchCommand({ QueueUrl: url(), Entries }));
    await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
    await expect(batch(Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, MessageBody: 'x' })))).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequest',
    });
    await expect(batch(['a', 'a'].map((Id) => ({ Id, MessageBody: 'x' })))).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
  });

  test('a refused call names who, what, and which queue', async () => {
    const refused = new SQSClient(clientOf(running.aws.url, 'AKIAREFUSED'));
    await expect(
      refused.send(new SendMessageBatchCommand({ QueueUrl: url(), Entries: [{ Id: 'a', MessageBody: 'x' }] })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${refusedPrincipal} is not authorized to perform: sqs:SendMessage on resource: ${standard.arn} because no identity-based policy allows the sqs:SendMessage action`,
      $metadata: { httpStatusCode: 403 },
    });
  });
});

test('attributes say how a queue is set and how full it is', async () => {
  await sendTo('a', 'x');
  const all = await running.client.send(new GetQueueAttributesCommand({ QueueUrl: fifoUrl(), AttributeNames: ['All'] }));
  expect(all.Attributes).toMatchObject({
    QueueArn: fifo.arn,
    ApproximateNumberOfMessages: '1',
    FifoQueue: 'true',
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: fifo.redrive?.targetArn, maxReceiveCount: 2 }),
  });
  const one = await running.client.send(new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: ['QueueArn'] }));
  expect(one.Attributes).toEqual({ QueueArn: standard.arn });
  expect((await running.client.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(url());
});
