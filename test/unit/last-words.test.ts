import { announceTrouble } from '../../lambda/core/account/run-control.ts';
import { PremiseBroken, UnitConflict } from '../../lambda/core/model/errors.ts';
import { finishRun, type FinishPorts } from '../../lambda/core/report/finish-run.ts';
import type { FailedUnit } from '../../lambda/core/report/failure-words.ts';
import { plan } from '../support/builders.ts';
import { FakeLedger } from '../support/fake-ports.ts';

const THRESHOLD = {
  Error: 'States.ExceedToleratedFailureThreshold',
  Cause: 'The specified tolerated failure threshold was exceeded',
};

function portsOf(
  ledger: FakeLedger,
  failedUnits: () => Promise<readonly FailedUnit[]> = () => Promise.resolve([]),
): FinishPorts {
  return {
    files: {
      readPlan: () => Promise.resolve(plan()),
      writeReport: () => Promise.resolve({ reportKey: 'report.json' }),
      unitResults: async function* () {
        yield* await Promise.resolve([]);
      },
      failedUnits,
      location: () => 's3://run/',
    },
    ledger: {
      readControl: () => ledger.readControl(),
      remember: () => Promise.resolve(),
      units: async function* () {
        yield* await Promise.resolve([...ledger.checkpoints.values()]);
      },
    },
    history: {
      rememberLatest: () => Promise.resolve(),
      remember: () => Promise.resolve(),
      rememberProofs: () => Promise.resolve(),
      contradictions: () => Promise.resolve(0),
      proof: () => Promise.resolve(undefined),
    },
    locks: {} as FinishPorts['locks'],
    journalLocation: () => 's3://journal/',
    announce: () => Promise.resolve(),
    letExpire: () => Promise.reject(new Error('a run that failed can be gone on from')),
    clock: { now: () => 0 },
  };
}

/** What Report says about a run that Step Functions gave up on. */
async function reported(
  ledger: FakeLedger,
  error = THRESHOLD,
  failedUnits?: () => Promise<readonly FailedUnit[]>,
): Promise<string | undefined> {
  const { report, words } = await finishRun({ runId: 'run-1', error }, portsOf(ledger, failedUnits));
  expect(report).toMatchObject({ state: 'failed', verdict: 'failed', remaining: null });
  expect(report.error).toBe(words);
  return words;
}

describe('the words of a worker that failed', () => {
  const trouble = 'dynamodb:Scan on table Orders after 6 tries: Rate exceeded';

  it('are those of the report if Step Functions says only that too many units failed', async () => {
    const ledger = new FakeLedger();
    const work = announceTrouble('run-1', ledger, () => Promise.reject(new Error(trouble)));
    await expect(work).rejects.toThrow(trouble);
    expect(await reported(ledger)).toBe(`Error: ${trouble}`);
  });

  it('are never a broken premise, or a conflict with another invocation', async () => {
    const ledger = new FakeLedger();
    await announceTrouble('r', ledger, () => Promise.reject(new UnitConflict('x', 'moved on'))).catch(
      () => 0,
    );
    expect(ledger.control).toEqual({});
    await announceTrouble('r', ledger, () => Promise.reject(new PremiseBroken('x', 'gone'))).catch(() => 0);
    expect(ledger.control).toEqual({ brokenPremise: 'gone' });
  });

  const unit = (Error: string, errorMessage: string): FailedUnit => ({
    Error,
    Cause: JSON.stringify({ errorType: Error, errorMessage }),
    worker: 'MigrateUnit',
  });

  it('give way to those of the units that failed for good: a retry may have fixed the others', async () => {
    const ledger = new FakeLedger();
    await announceTrouble('r', ledger, () => Promise.reject(new Error('mended'))).catch(() => 0);
    const units = [
      unit('ServiceUnavailable', trouble),
      unit('ServiceUnavailable', trouble),
      unit('UnitConflict', 'moved on'),
    ];
    expect(await reported(ledger, THRESHOLD, () => Promise.resolve(units))).toBe(
      `ServiceUnavailable: ${trouble} (so 2 units; 1 failed for other reasons)`,
    );
    expect(await reported(ledger, THRESHOLD, () => Promise.reject(new Error('no results')))).toBe(
      'Error: mended',
    );
  });

  it.each([
    ['Sandbox.Timedout', /^Lambda ended MigrateUnit, as its time was up \(it said so\): raise its time-out/],
    ['Runtime.ExitError', /^Lambda ended MigrateUnit \(it said so\), most likely for want of memory/],
    ['Lambda.Unknown', /^Lambda ended MigrateUnit \(it said so\), most likely for want of memory/],
    [
      'Lambda.TooManyRequestsException',
      /^Lambda had no slot for MigrateUnit \(it said so\): raise the account's/,
    ],
    [
      'Lambda.ServiceException',
      /^Lambda did not run MigrateUnit \(Lambda.ServiceException: it said so\): it/,
    ],
  ])('are those of Lambda where it failed: which function, and what to do (%s)', async (error, words) => {
    const said = await reported(new FakeLedger(), THRESHOLD, () =>
      Promise.resolve([unit(error, 'it said so')]),
    );
    expect(said).toMatch(words);
    expect(said).toContain('start the same job again: it continues');
  });

  it('are those of Step Functions where a unit has outgrown its execution, and say what to do', async () => {
    const Cause = 'The execution reached the maximum number of history events (25000).';
    const units = [{ Error: 'States.Runtime', Cause, worker: 'MigrateUnit' }];
    expect(await reported(new FakeLedger(), THRESHOLD, () => Promise.resolve(units))).toBe(
      `a unit of MigrateUnit has outgrown its execution (${Cause}); start the same job again: it continues from there`,
    );
  });

  it('are those of IAM where the state machine may not call a function: waiting does not help', async () => {
    const Cause =
      'User: arn:aws:sts::111122223333:assumed-role/StateMachine/x is not authorized to perform: lambda:InvokeFunction on resource: arn';
    const units = [{ Error: 'Lambda.AWSLambdaException', Cause, worker: 'MigrateUnit' }];
    expect(await reported(new FakeLedger(), THRESHOLD, () => Promise.resolve(units))).toBe(
      `Step Functions may not call MigrateUnit (${Cause}): deploy the stack again; if that does not help, a permissions boundary or a service control policy denies it`,
    );
  });

  it('are missing if nothing is known; then the report says where to look', async () => {
    expect(await reported(new FakeLedger())).toContain('look at the failed children of the map');
  });

  it('of Step Functions itself are kept', async () => {
    const words = await reported(new FakeLedger(), {
      Error: 'States.Timeout',
      Cause: 'no answer within 5 seconds',
    });
    expect(words).toBe('States.Timeout: no answer within 5 seconds');
  });
});

describe('the report of a run whose rate was changed', () => {
  const warnings = async (kmsRequestsPerSecond?: number): Promise<readonly string[]> => {
    const ledger = new FakeLedger();
    if (kmsRequestsPerSecond !== undefined) ledger.control = { kmsRequestsPerSecond };
    return (await finishRun({ runId: 'run-1', error: THRESHOLD }, portsOf(ledger))).report.warnings;
  };

  it('says so, and says what became of an invalid rate', async () => {
    expect(await warnings()).toEqual([]);
    expect(await warnings(8)).toEqual([
      'its rate was changed while it ran: from 500 to 8 KMS requests a second',
    ]);
    expect(await warnings(0)).toEqual([expect.stringContaining('the run keeps to 1 a second')]);
  });
});
