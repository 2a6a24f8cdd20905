import {
  EventSourceMappings,
  type EventSourceMapping,
  type MappingPorts,
} from '../../emulator/functions/event-source-mappings.ts';
import type { SourceRecord } from '../../emulator/functions/stream-batch.ts';
import type { InvocationResult } from '../../emulator/functions/functions.ts';
import { AwsError } from '../../emulator/protocol/aws-error.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:111122223333:table/T/stream/2026-01-01T00:00:00.000';
const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:f';
const queueArn = 'arn:aws:sqs:us-east-1:111122223333:gave-up';
const NOW = 1_800_000_000_000;
const OK: InvocationResult = { kind: 'returned', payload: null };
const KILLED: InvocationResult = { kind: 'failed', errorType: 'Runtime.ExitError', payload: {} };

/** Answers of a function to batches, told as the texts of their sequence numbers. */
type Function = (batch: readonly string[], times: number) => InvocationResult | Error;

describe('a mapping from a stream to a function', () => {
  let records: SourceRecord[];
  let invoked: string[];
  let denied: readonly string[];

  beforeEach(() => {
    records = [];
    invoked = [];
    denied = [];
  });

  const add = (names: string) =>
    names.split('').forEach(name => {
      const dynamodb = { SequenceNumber: name, ApproximateCreationDateTime: NOW / 1000 };
      records.push({ eventSourceARN: streamArn, dynamodb });
    });
  const failing = (...names: readonly string[]): InvocationResult => ({
    kind: 'returned',
    payload: { batchItemFailures: names.map(itemIdentifier => ({ itemIdentifier })) },
  });
  const ports = (answer: Function, changes: Partial<MappingPorts> = {}): MappingPorts => ({
    read: (arn, from, most) => (arn === streamArn ? records.slice(from, from + most) : undefined),
    invoke: (_, event) => {
      const { Records } = event as { readonly Records: readonly SourceRecord[] };
      const batch = Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
      invoked.push(batch.join(''));
      const answered = answer(batch, invoked.length);
      return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
    },
    roleOf: () => ({ need: () => undefined, has: ({ action }) => !denied.includes(action) }),
    now: () => NOW,
    wait: () => Promise.resolve(),
    ...changes,
  });
  const mapping = (changes: Partial<EventSourceMapping> = {}): EventSourceMapping => ({
    ...{ uuid: 'm', streamArn, functionArn, enabled: true, startingPosition: 'TRIM_HORIZON', batchSize: 4 },
    ...{ bisects: true, mostRetries: 2, mostAgeSeconds: -1, reportsItems: true, queueArn },
    ...changes,
  });
  const settled = async () => {
    for (let turns = 0; turns < 200; turns++) await Promise.resolve();
  };
  async function play(
    answer: Function,
    of: EventSourceMapping = mapping(),
    changes: Partial<MappingPorts> = {},
  ) {
    const mappings = new EventSourceMappings(ports(answer, changes));
    mappings.create(of);
    await settled();
    return mappings;
  }
  const given = ({ left }: EventSourceMappings) =>
    left.map(({ input }) => {
      const { requestContext, DDBStreamBatchInfo: of } = JSON.parse(input) as {
        readonly requestContext: { readonly condition: string };
        readonly DDBStreamBatchInfo: { readonly startSequenceNumber: string; readonly batchSize: number };
      };
      return `${of.startSequenceNumber}+${of.batchSize} ${requestContext.condition}`;
    });

  it('hands over what is there and what comes, a batch at a time and in order', async () => {
    add('abcdef');
    const mappings = await play(() => OK);
    add('g');
    mappings.wake();
    await settled();
    expect(invoked).toEqual(['abcd', 'ef', 'g']);
  });

  it('begins with what comes, if it is told to', async () => {
    add('a');
    const mappings = await play(() => OK, mapping({ startingPosition: 'LATEST' }));
    add('b');
    mappings.wake();
    await settled();
    expect(invoked).toEqual(['b']);
  });

  it('goes on from the lowest record that the function names', async () => {
    add('abcd');
    await play((_, times) => (times === 1 ? failing('d', 'b') : OK));
    expect(invoked).toEqual(['abcd', 'bcd']);
  });

  it('takes an answer that names no record of the batch for a failure of all', async () => {
    add('a');
    await play((_, times) => (times === 1 ? failing('x') : OK));
    expect(invoked).toEqual(['a', 'a']);
  });

  it.each([
    ['has failed', KILLED, 'Unhandled'],
    ['names records', failing('a'), null],
  ])('tells the destination that a function %s', async (_, answer, functionError) => {
    add('a');
    const { left } = await play(() => answer, mapping({ mostRetries: 1 }));
    expect(left.map(({ input }) => JSON.parse(input) as unknown)).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
        timestamp: '2027-01-15T08:00:00.000Z',
        DDBStreamBatchInfo: { approximateArrivalOfFirstRecord: '2027-01-15T08:00:00Z' },
      },
    ]);
  });

  it('hands a batch over again if the function was killed', async () => {
    add('a');
    await play((_, times) => (times === 1 ? KILLED : OK));
    expect(invoked).toEqual(['a', 'a']);
  });

  it('cuts batches that fail in two, gives up the record that is to blame, and goes on behind it', async () => {
    add('abcd');
    const mappings = await play(batch => (batch.includes('c') ? KILLED : OK));
    expect(invoked).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'c', 'd']);
    expect(given(mappings)).toEqual(['c+1 RetryAttemptsExhausted']);
  });

  it('counts no try that found no slot', async () => {
    add('a');
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.');
    const mappings = await play((_, times) => (times < 6 ? throttled : OK), mapping({ mostRetries: 1 }));
    expect([invoked.length, given(mappings)]).toEqual([6, []]);
  });

  it('gives up records that are too old', async () => {
    add('a');
    const mappings = await play(() => OK, mapping({ mostAgeSeconds: 60 }), { now: () => NOW + 61_000 });
    expect([invoked, given(mappings)]).toEqual([[], ['a+1 MaximumRecordAgeExceeded']]);
  });

  it('is not made for a role that may not read the stream, nor for one that may not tell of what is given up', () => {
    const make = (changes: Partial<EventSourceMapping> = {}) =>
      new EventSourceMappings(ports(() => OK)).create(mapping(changes));
    expect(() => make({ streamArn: `${streamArn}1` })).toThrow('Stream not found');
    denied = ['dynamodb:ListStreams'];
    expect(() => make()).toThrow('Please ensure the role can perform the GetRecords');
    denied = ['sqs:SendMessage'];
    expect(() => make()).toThrow('does not have permissions to call SendMessage on SQS');
    expect(() => make({ queueArn: undefined })).not.toThrow();
  });

  it('hands over nothing while it is switched off, and goes on where it was', async () => {
    add('a');
    const mappings = await play(() => OK);
    mappings.update(mapping({ enabled: false }));
    add('b');
    mappings.wake();
    await settled();
    expect(invoked).toEqual(['a']);
    mappings.update(mapping());
    await settled();
    expect(invoked).toEqual(['a', 'b']);
  });
});
