import { EVERYTHING } from '../../emulator/protocol/authorization.ts';
import { Executions } from '../../emulator/stepfunctions/executions.ts';
import { stepFunctionsService } from '../../emulator/stepfunctions/service.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { integrationsWith } from '../support/fake-integrations.ts';

const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:m';
const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:m:e';

type Answer = Readonly<Record<string, unknown>>;

/** A state machine, and its service as a client reaches it. */
function serviceOf(States: object) {
  const machines = new StateMachines();
  const integrations = integrationsWith({ invokeFunction: () => new Promise(() => undefined) });
  const executions = new Executions({ integrations, waitScale: 0 });
  machines.create({
    arn: MACHINE,
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States }),
  });
  const service = stepFunctionsService(machines, executions);
  const call = async (operation: string, input: object): Promise<Answer> => {
    const { body } = await service.handle({
      ...{ method: 'POST', path: '/', query: new URLSearchParams(), requestId: 'r', service: 'states' },
      headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
      body: Buffer.from(JSON.stringify(input)),
      region: 'us-east-1',
      caller: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
      iam: EVERYTHING,
    });
    return JSON.parse(String(body)) as Answer;
  };
  const ended = async (name: string, input = '{}'): Promise<Answer> => {
    await call('StartExecution', { stateMachineArn: MACHINE, name, input });
    while (executions.of(MACHINE)[0]?.status === 'RUNNING') await new Promise(setImmediate);
    return call('DescribeExecution', { executionArn: EXECUTION.replace(/e$/, name) });
  };
  return { call, ended, executions };
}

const PASS = { A: { Type: 'Pass', End: true } };

describe('the API of Step Functions', () => {
  it.each([
    ['DescribeStateMachine', { stateMachineArn: 'nonsense' }],
    ['StartExecution', { stateMachineArn: 'nonsense' }],
    ['ListExecutions', { stateMachineArn: 'nonsense' }],
    ['DescribeExecution', { executionArn: 'nonsense' }],
    ['GetExecutionHistory', { executionArn: 'nonsense' }],
  ])('tells of %s that a name is no ARN', async (operation, input) => {
    expect(await serviceOf(PASS).call(operation, input)).toMatchObject({
      __type: 'InvalidArn',
      message: "Invalid Arn: 'Invalid ARN prefix: nonsense'",
    });
  });

  it('refuses an input that is no JSON, and has started nothing', async () => {
    const { call, executions } = serviceOf(PASS);
    for (const input of ['not json', '']) {
      const answer = await call('StartExecution', { stateMachineArn: MACHINE, name: 'e', input });
      expect(answer['__type']).toBe('InvalidExecutionInput');
    }
    expect(executions.of(MACHINE)).toEqual([]);
  });

  it('names redrives, and why there can be none', async () => {
    const { call, ended } = serviceOf(PASS);
    expect(await ended('e')).toMatchObject({
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    const { executions } = await call('ListExecutions', { stateMachineArn: MACHINE });
    expect(executions).toMatchObject([{ name: 'e', redriveCount: 0 }]);
  });

  it('leaves out the cause of an error that has none', async () => {
    const described = await serviceOf({ A: { Type: 'Fail', Error: 'E' } }).ended('e');
    expect(described).toMatchObject({ error: 'E', redriveStatus: 'REDRIVABLE' });
    expect(described).not.toHaveProperty('cause');
  });

  it('checks what a list is asked for', async () => {
    const { call } = serviceOf(PASS);
    const of = (asked: object) => call('ListExecutions', { stateMachineArn: MACHINE, ...asked });
    const said = (words: string) => `1 validation error detected: ${words}`;
    expect((await of({ statusFilter: 'succeeded' }))['message']).toBe(
      said(
        "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
      ),
    );
    expect((await of({ maxResults: 1001 }))['message']).toBe(
      said(
        "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
      ),
    );
  });

  it('tells of a map run when it ended, and under which name its children run', async () => {
    const pass = { StartAt: 'P', States: { P: PASS.A } };
    const { call, ended } = serviceOf({
      A: {
        Type: 'Map',
        Items: [1, 2],
        Label: 'Units',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...pass },
        End: true,
      },
    });
    await ended('e');
    const { mapRuns } = await call('ListMapRuns', { executionArn: EXECUTION });
    expect(mapRuns).toEqual([
      expect.objectContaining({ stateMachineArn: `${MACHINE}/Units`, stopDate: expect.any(Number) }),
    ]);
    const [{ mapRunArn }] = mapRuns as readonly [{ readonly mapRunArn: string }];
    const counts = { total: 2, succeeded: 2, resultsWritten: 2 };
    expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({ itemCounts: counts });
  });

  it('leaves the data out of a history on request', async () => {
    const { call, ended } = serviceOf(PASS);
    await ended('e', '{"secret":1}');
    const history = await call('GetExecutionHistory', {
      executionArn: EXECUTION,
      includeExecutionData: false,
    });
    expect(JSON.stringify(history)).not.toContain('secret');
    expect(history['events']).toHaveLength(4);
  });
});
