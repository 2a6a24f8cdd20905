import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { embedded, type Embedded } from '../support/embedded.ts';
import { BUCKET, type StateMachineCase } from '../support/state-machines/case.ts';
import { STATE_MACHINE_CASES } from '../support/state-machines/cases.ts';
import { machineNameOf, MOCKED } from './localstack/mocked-tasks.ts';

/** A tenth of a second each, and what each look takes. */
const MOST_TRIES = 100;
/** Longer than all tries, so that a test which waits in vain says so. */
const TIMEOUT = 60_000;

/** By the API, so that any Step Functions can be asked. */
describe('an execution on another Step Functions ends as AWS documents it', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  afterAll(() => aws.stop());

  it.each(STATE_MACHINE_CASES.map(one => [one.title, one] as const))(
    '%s',
    async (_, one) => {
      const { status, output, error, cause } = await ended(aws, one);
      const { ends } = one;
      expect({
        status,
        ...(error === undefined ? { output: JSON.parse(output ?? 'null') as unknown } : { error }),
      }).toEqual(ends.status === 'SUCCEEDED' ? ends : { status: 'FAILED', error: ends.error });
      if (ends.status === 'FAILED' && ends.cause !== undefined) expect(cause).toBe(ends.cause);
    },
    TIMEOUT,
  );
});

async function ended(
  { s3, states: client }: Embedded,
  one: StateMachineCase,
): Promise<DescribeExecutionCommandOutput> {
  const { states, startAt, input = {}, objects = {}, tasks } = one;
  for (const [Key, Body] of Object.entries(objects))
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: machineNameOf(one),
      roleArn: 'arn:aws:iam::000000000000:role/r',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: startAt, States: states }),
    }),
  );
  const { executionArn } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: tasks === undefined ? stateMachineArn : `${stateMachineArn}#${MOCKED}`,
      input: JSON.stringify(input),
    }),
  );
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (found.status !== 'RUNNING') return found;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  await client.send(new StopExecutionCommand({ executionArn }));
  throw new Error(`it still runs after ${MOST_TRIES} looks`);
}
