import { RunEvents } from '../../lambda/adapters/run/events.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const REFUSED = {
  runId: 'run-1',
  job: 'orders',
  mode: 'migrate',
  error: 'the table is not there',
  retries: 0,
};

describe('the event of a run that Plan refused', () => {
  let aws: Embedded;
  let events: RunEvents;
  const written: string[] = [];
  beforeAll(async () => {
    aws = await embedded();
    const config = { endpoint: aws.endpoint, region: 'us-east-1' };
    events = new RunEvents({ service: 'report', deployment: 'KmsRewrap', config });
    // The metrics and the log have a console of their own.
    jest.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  beforeEach(() => written.splice(0));
  afterEach(() => aws.aws.faults.clear());
  afterAll(async () => {
    jest.restoreAllMocks();
    await aws.stop();
  });

  const unavailable = (count: number): void =>
    aws.aws.faults.inject({ service: 'events', error: 'InternalException', status: 500, count });
  const failures = (): number => written.filter(line => line.includes('"RunFailed":1')).length;

  it('is sent again by Step Functions while EventBridge is unavailable: there is no report that tells of it', async () => {
    unavailable(10);
    expect(await errorName(events.refused(REFUSED))).toBe('ServiceUnavailable');
    aws.aws.faults.clear();
    await events.refused({ ...REFUSED, retries: 1 });
    expect(aws.aws.events).toMatchObject([
      { detailType: 'Run Refused', detail: { runId: 'run-1', error: 'the table is not there' } },
      { detailType: 'Run Finished', detail: { runId: 'run-1', state: 'failed' } },
    ]);
  });

  it('is counted as one failed run, however often it is sent', async () => {
    for (const retries of [0, 1, 2]) await events.refused({ ...REFUSED, retries });
    expect(failures()).toBe(1);
  });

  it('does not hide why the run was refused where it may not be sent', async () => {
    aws.aws.faults.inject({ service: 'events', error: 'AccessDeniedException', count: 1 });
    expect(await errorName(events.refused(REFUSED))).toBe('none');
  });
});
