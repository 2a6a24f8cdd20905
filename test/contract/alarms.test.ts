import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { RunEvents } from '../../lambda/adapters/run/events.ts';
import { PlanLog } from '../../lambda/adapters/run/plan-log.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { StoreReport } from '../../lambda/core/report/report.ts';
import { ALARMS } from '../../lib/operations/alarm-list.ts';
import { job, SCHEDULE } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { stackOf } from '../support/stack.ts';

const MINUTE = 60_000;
const STORE = {
  ...{ store: 'dynamodb:Orders', complete: true, concluding: {}, verdict: { kind: 'proven' } },
} as unknown as StoreReport;

const report = (changes: Partial<Report>): Report =>
  ({
    ...{ runId: 'orders-1', job: 'orders', mode: 'migrate', state: 'succeeded', verdict: 'proven' },
    ...{ remaining: 0, stores: [STORE], files: { run: 's3://runs/orders-1/', journal: '' } },
    ...changes,
  }) as Report;

const doubtful = (code: string): StoreReport =>
  ({ ...STORE, verdict: { kind: 'not-proven', doubts: [{ code, words: '' }] } }) as StoreReport;

/**
 * The stack with its alarms, in the embedded AWS; and what the functions write, line by line. No function works here, because
 * none is bundled: that the log of one comes to the alarms is in test/stories/operations.test.ts.
 */
describe('the alarms of a deployment', () => {
  let aws: Embedded;
  let events: RunEvents;
  let log: PlanLog;
  let machineArn: string;
  let now = 0;
  const plan = { arn: 'arn:aws:lambda:us-east-1:111122223333:function:f', region: 'us-east-1' };

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0 });
    const follow = { streams: [await streamedTable()], untilQuietDays: 14 };
    const { root } = stackOf([job({ schedule: SCHEDULE, follow })], {
      notify: ['security@example.com'],
    }).node;
    await aws.aws.deploy((root as unknown as { synth(): { directory: string } }).synth().directory);
    const { stateMachines = [] } = await aws.states.send(new ListStateMachinesCommand({}));
    machineArn = stateMachines[0]!.stateMachineArn!;
    const config = { endpoint: aws.endpoint, region: 'us-east-1' };
    events = new RunEvents({ service: 'report', deployment: 'Stack', config });
    log = new PlanLog('Stack');
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    jest.spyOn(process.stdout, 'write').mockImplementation(text => {
      for (const line of String(text).split('\n')) aws.aws.operations.embedded(plan, line);
      return true;
    });
    now = Date.now();
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await aws.stop();
  });

  async function streamedTable(): Promise<string> {
    const { TableDescription } = await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Orders',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    return TableDescription!.LatestStreamArn!;
  }

  /** Names of the alarms that ring after something has happened, and nothing else within an hour. */
  async function ringing(happened: () => void | Promise<void>): Promise<readonly string[]> {
    const { alarms } = aws.aws.operations;
    now += 60 * MINUTE;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    alarms.evaluate(now - MINUTE);
    await happened();
    clock.mockRestore();
    const states = alarms.evaluate(now);
    return Object.keys(states)
      .filter(name => states[name] === 'ALARM')
      .map(name => name.replace('Stack-', ''))
      .sort();
  }

  it('ring at nothing where a run is proven, and where a census finds what is to do', async () => {
    expect(await ringing(() => events.finished(report({})))).toEqual([]);
    const census = report({
      mode: 'census',
      verdict: 'counted',
      remaining: 7,
      stores: [doubtful('remaining')],
    });
    expect(await ringing(() => events.finished(census))).toEqual([]);
  });

  it('RunFailed rings when an execution fails, whatever Report says', async () => {
    expect(await ringing(() => aws.aws.operations.execution(machineArn, 'Failed'))).toEqual(['RunFailed']);
  });

  it('RunFailed does not ring when somebody stops a run', async () => {
    expect(await ringing(() => aws.aws.operations.execution(machineArn, 'Aborted'))).toEqual([]);
  });

  it('RunRefused rings when Plan has refused', async () => {
    const refused = { runId: 'orders-2', job: 'orders', mode: 'migrate', error: 'no table', retries: 0 };
    expect(await ringing(() => events.refused(refused))).toEqual(['RunRefused']);
  });

  it.each([
    [
      'a pass has failed on some',
      report({ stores: [{ ...STORE, concluding: { failed: 2, rewrapped: 9 } }] }),
    ],
    [
      'a rollback has not restored some',
      report({ mode: 'rollback', stores: [{ ...STORE, concluding: { blocked: 1 } }] }),
    ],
  ])('DataKeysFailed rings where %s', async (_, of) => {
    expect(await ringing(() => events.finished(of))).toEqual(['DataKeysFailed']);
  });

  it.each(['remaining', 'look-alikes', 'journal-contradicted', 'no-data-key-found'])(
    'LeftoversFound rings where a migration ends with the doubt %s',
    async code => {
      const of = report({ verdict: 'not-proven', remaining: null, stores: [STORE, doubtful(code)] });
      expect(await ringing(() => events.finished(of))).toEqual(['LeftoversFound']);
    },
  );

  it.each(['census', 'migrate', 'verify'] as const)(
    'KeyMaterialTooOld rings where a %s ends with data keys under material that is too old, or of unknown age',
    async mode => {
      const aged = (changes: object): Report => {
        const materialAge = { maximumAgeDays: 365, tooOld: 0, ageUnknown: 0, materials: [], ...changes };
        return report({ mode, stores: [STORE, { ...STORE, materialAge }] });
      };
      expect(await ringing(() => events.finished(aged({ tooOld: 3 })))).toEqual(['KeyMaterialTooOld']);
      expect(await ringing(() => events.finished(aged({ ageUnknown: 1 })))).toEqual(['KeyMaterialTooOld']);
      expect(await ringing(() => events.finished(aged({})))).toEqual([]);
      expect(await ringing(() => events.finished({ ...aged({ tooOld: 3 }), state: 'failed' }))).not.toContain(
        'KeyMaterialTooOld',
      );
    },
  );

  it.each(['narrowed', 'not-verified'])(
    'LeftoversFound does not ring where the job asks for %s',
    async code => {
      const of = report({ verdict: 'not-proven', remaining: null, stores: [doubtful(code)] });
      expect(await ringing(() => events.finished(of))).toEqual([]);
    },
  );

  it('RunOverdue and ScheduleMissed ring for as long as the watch finds something', async () => {
    const run = {
      job: 'orders',
      mode: 'migrate',
      runId: 'orders-1',
      startedAt: '2026-11-01T00:00:00Z',
    } as const;
    const schedule = {
      job: 'orders',
      mode: 'migrate',
      expression: 'rate(90 days)',
      dueBy: '2026-11-01',
    } as const;
    expect(await ringing(() => log.watched({ overdue: [run], missed: [] }))).toEqual(['RunOverdue']);
    now += 3 * 24 * 60 * MINUTE;
    expect(await ringing(() => log.watched({ overdue: [], missed: [schedule] }))).toEqual(['ScheduleMissed']);
    now += 3 * 24 * 60 * MINUTE;
    expect(await ringing(() => log.watched({ overdue: [], missed: [] }))).toEqual([]);
  });

  it('tell when the watch has fallen silent', () => {
    const { alarms, topics } = aws.aws.operations;
    const told = topics.published.length;
    now += 5 * 24 * 60 * MINUTE;
    expect(alarms.evaluate(now)).toMatchObject({
      'Stack-RunOverdue': 'INSUFFICIENT_DATA',
      'Stack-ScheduleMissed': 'INSUFFICIENT_DATA',
    });
    expect(topics.published.length).toBe(told + 2);
  });

  it('DeadLetters rings while the queue holds what could not be started', async () => {
    const schedule = aws.aws.schedules.all().find(({ input }) => input.includes(machineArn))!;
    const gone = { ...schedule, input: schedule.input.replaceAll(machineArn, `${machineArn}-gone`) };
    expect(await ringing(() => void aws.aws.schedules.fire(gone))).toEqual(['DeadLetters']);
  });

  it('FollowGaveUp rings when a follower has failed at a write as often as its mapping tries', async () => {
    const { mappings } = aws.aws.streamed;
    const write = new PutItemCommand({ TableName: 'Orders', Item: { id: { S: 'o-1' } } });
    const rung = await ringing(async () => {
      await aws.dynamodb.send(write);
      await mappings.idle();
    });
    const [{ input } = { input: '{}' }] = mappings.left;
    expect(JSON.parse(input)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 21 },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
    // The other queue still holds what the test before has left there.
    expect(rung).toEqual(['DeadLetters', 'FollowGaveUp']);
  });

  it('have each been rung by a test of this file, and told whoever is to be told', () => {
    const { alarms, topics } = aws.aws.operations;
    const rung = alarms.transitions.filter(({ to }) => to === 'ALARM').map(({ alarm }) => alarm);
    expect([...new Set(rung)].sort()).toEqual(ALARMS.map(({ name }) => `Stack-${name}`).sort());
    expect(alarms.transitions.flatMap(({ actions }) => actions.flatMap(({ error }) => error ?? []))).toEqual(
      [],
    );
    for (const { to } of topics.published) expect(to).toEqual(['security@example.com']);
    expect(topics.published.length).toBeGreaterThanOrEqual(rung.length);
  });
});
