import type { InvocationResult } from '../../emulator/functions/functions.ts';
import {
  QueueMappings,
  type QueueMapping,
  type QueueMappingPorts,
} from '../../emulator/functions/queue-mappings.ts';
import { Iam } from '../../emulator/iam/iam.ts';
import { AwsError } from '../../emulator/protocol/aws-error.ts';
import { Queues } from '../../emulator/sqs/queues.ts';

const queueArn = 'arn:aws:sqs:us-east-1:111122223333:written';
const deadArn = 'arn:aws:sqs:us-east-1:111122223333:given-up';
const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:f';
const ruleArn = 'arn:aws:events:us-east-1:111122223333:rule/r';
const RULE = { service: 'events.amazonaws.com', accountId: '111122223333', sourceArn: ruleArn };
const OK: InvocationResult = { kind: 'returned', payload: null };
const KILLED: InvocationResult = { kind: 'failed', errorType: 'Runtime.ExitError', payload: {} };

interface Sent {
  readonly messageId: string;
  readonly body: string;
}
type Answer = (batch: readonly Sent[], times: number) => InvocationResult | Error;

function policyFor(arn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' },
        ...{ Resource: queueArn, Condition: { ArnEquals: { 'aws:SourceArn': arn } } },
      },
    ],
  });
}

describe('a mapping from a queue to a function', () => {
  let now = 1_800_000_000_000;
  let queues: Queues;
  let invoked: string[];
  let waited: number[];
  let denied: string;

  beforeEach(() => {
    queues = new Queues(new Iam(), () => now);
    queues.put({ arn: deadArn, visibilitySeconds: 30, retentionSeconds: 1_000 });
    const redrive = { queueArn: deadArn, mostReceives: 3 };
    queues.put({ arn: queueArn, visibilitySeconds: 60, retentionSeconds: 100, redrive });
    queues.setPolicy(queueArn, policyFor(ruleArn));
    [invoked, waited, denied] = [[], [], ''];
  });

  const send = (...bodies: readonly string[]): void =>
    bodies.forEach(body => queues.send(queueArn, body, RULE));
  const mapping = (changes: Partial<QueueMapping> = {}): QueueMapping => ({
    ...{ uuid: 'm', queueArn, functionArn, enabled: true, batchSize: 2, reportsItems: true, mostAtOnce: 1 },
    ...changes,
  });
  const naming = (...named: readonly Sent[]): InvocationResult => ({
    kind: 'returned',
    payload: { batchItemFailures: named.map(({ messageId: itemIdentifier }) => ({ itemIdentifier })) },
  });
  const made = (answer: Answer, changes: Partial<QueueMappingPorts> = {}): QueueMappings => {
    const mappings = new QueueMappings({
      find: arn => queues.find(arn),
      policyOf: arn => queues.policyOf(arn),
      receive: (...of) => queues.receive(...of),
      release: (...of) => queues.release(...of),
      remove: (...of) => queues.remove(...of),
      invoke: (_, event) => {
        const { Records } = event as { readonly Records: readonly Sent[] };
        invoked.push(Records.map(({ body }) => body).join(''));
        const answered = answer(Records, invoked.length);
        return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
      },
      timeoutSecondsOf: () => 60,
      roleOf: () => ({ need: () => undefined, has: ({ action }) => action !== denied }),
      wait: ms => Promise.resolve(void waited.push(ms)),
      ...changes,
    });
    queues.listen(arn => mappings.wake(arn));
    return mappings;
  };
  async function play(answer: Answer, of: QueueMapping = mapping()): Promise<void> {
    const mappings = made(answer);
    mappings.put(of);
    await mappings.idle();
  }

  it('hands over what is there and what comes, and deletes what was taken', async () => {
    send('a', 'b', 'c');
    const mappings = made(() => OK);
    mappings.put(mapping());
    await mappings.idle();
    send('d');
    await mappings.idle();
    expect([invoked, queues.visible(queueArn)]).toEqual([['ab', 'c', 'd'], []]);
  });

  it('hands over a message with its times, how often it was received, and the MD5 of its body', async () => {
    send('hello');
    const first = now;
    const records: object[] = [];
    await play((batch, times) => {
      records.push(batch[0]!);
      now += 1_000;
      return times === 1 ? KILLED : OK;
    });
    expect(records).toMatchObject(
      ['1', '2'].map(ApproximateReceiveCount => ({
        attributes: {
          ApproximateReceiveCount,
          SentTimestamp: String(first),
          ApproximateFirstReceiveTimestamp: String(first),
        },
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      })),
    );
  });

  it('leaves the messages that the function names, which are there again after the visibility timeout', async () => {
    send('a', 'b');
    await play(([, second], times) => (times === 1 ? naming(second!) : OK));
    expect([invoked, waited]).toEqual([['ab', 'b'], [60_000]]);
  });

  it.each<[string, Answer]>([
    ['names a message that is not of the batch', () => naming({ messageId: 'x', body: '' })],
    ['names nothing that can be read', () => ({ kind: 'returned', payload: { batchItemFailures: 'x' } })],
    ['was killed', () => KILLED],
    ['found no slot', () => new AwsError('TooManyRequestsException', 'Rate Exceeded.')],
  ])('leaves all messages of a batch if the function %s', async (_, answer) => {
    send('a', 'b');
    await play((batch, times) => (times === 1 ? answer(batch, times) : OK));
    expect(invoked).toEqual(['ab', 'ab']);
  });

  it('deletes all that was handed over if the mapping asks for no names', async () => {
    send('a', 'b');
    await play(batch => naming(...batch), mapping({ reportsItems: false }));
    expect([invoked, queues.visible(queueArn)]).toEqual([['ab'], []]);
  });

  it('gives up what was received as often as the queue says, and leaves it in the dead-letter queue', async () => {
    send('a', 'b');
    await play(batch => naming(...batch.filter(({ body }) => body === 'a')));
    expect([invoked, queues.visible(deadArn), queues.visible(queueArn)]).toEqual([
      ['ab', 'a', 'a'],
      ['a'],
      [],
    ]);
    expect(queues.waiting()).toEqual([{ queueArn: deadArn }]);
  });

  it('has so many batches under way at a time, and no more', async () => {
    send('a', 'b', 'c');
    const ends: (() => void)[] = [];
    const invoke = () => new Promise<InvocationResult>(resolve => ends.push(() => resolve(OK)));
    const mappings = made(() => OK, { invoke });
    mappings.put(mapping({ batchSize: 1, mostAtOnce: 2 }));
    expect(ends).toHaveLength(2);
    ends.splice(0).forEach(end => end());
    await new Promise(resolve => setImmediate(resolve));
    expect(ends).toHaveLength(1);
    ends.forEach(end => end());
    await mappings.idle();
  });

  it('hands nothing over while it is switched off, and goes on with what is there', async () => {
    send('a');
    const mappings = made(() => OK);
    mappings.put(mapping({ enabled: false }));
    await mappings.idle();
    expect(invoked).toEqual([]);
    mappings.put(mapping());
    await mappings.idle();
    expect(invoked).toEqual(['a']);
  });

  it.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])(
    'is refused if the role of the function may not %s',
    name => {
      denied = `sqs:${name}`;
      expect(() => made(() => OK).put(mapping())).toThrow(
        `The provided execution role does not have permissions to call ${name} on SQS`,
      );
    },
  );

  it('is refused if messages would be there again while the function is at work', () => {
    expect(() => made(() => OK, { timeoutSecondsOf: () => 61 }).put(mapping())).toThrow(
      'Queue visibility timeout: 60 seconds is less than Function timeout: 61 seconds',
    );
  });

  it('never gets a message that is older than the queue keeps it', () => {
    send('old');
    now += 101_000;
    send('new');
    expect(queues.visible(queueArn)).toEqual(['new']);
  });

  it('gets what the policy of the queue lets services send, and nothing else', () => {
    const other = { ...RULE, sourceArn: `${ruleArn}2` };
    expect(() => queues.send(queueArn, 'x', other)).toThrow('not authorized to perform: sqs:SendMessage');
    expect(() => queues.send(deadArn, 'x', RULE)).toThrow('not authorized to perform: sqs:SendMessage');
    expect(() => queues.send(`${queueArn}2`, 'x', RULE)).toThrow('does not exist');
  });
});
