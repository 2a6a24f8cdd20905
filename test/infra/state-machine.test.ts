import { createRequire } from 'node:module';
import { checkDefinition } from '../../emulator/stepfunctions/check-definition.ts';
import type { Definition } from '../../emulator/stepfunctions/asl.ts';
import { definitionOf, synthesized, type AslState } from '../support/stack.ts';

/** The package ships no types. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  readonly isValid: boolean;
  readonly errors: readonly unknown[];
};

describe('the state machine', () => {
  const definition = definitionOf(synthesized());
  const { States } = definition;
  const nested = Object.values(States).flatMap(({ ItemProcessor }) =>
    Object.entries(ItemProcessor?.States ?? {}),
  );
  const all: readonly (readonly [string, AslState])[] = [...Object.entries(States), ...nested];

  it('has a state for each stage, by the name of the stage', () => {
    expect(Object.keys(States)).toEqual(
      expect.arrayContaining(['Plan', 'Migrate', 'Verify', 'Report', 'Succeeded', 'Failed']),
    );
    expect(nested.map(([name]) => name)).toEqual(expect.arrayContaining(['MigrateUnit', 'VerifyUnit']));
  });

  it('passes asl-validator', () => {
    const { isValid, errors } = validate(definition);
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('is accepted by the executor, which refuses every unknown field', () => {
    expect(checkDefinition(definition as unknown as Definition)).toEqual([]);
  });

  it('ends every caught error in a Fail state', () => {
    const ends = (name: string, seen: readonly string[] = []): readonly string[] => {
      const state = States[name];
      if (state === undefined || seen.includes(name)) return [];
      const targets = [state.Next, ...(state.Catch ?? []).map(({ Next }) => Next)].filter(
        target => target !== undefined,
      );
      return targets.length === 0 ? [state.Type] : targets.flatMap(target => ends(target, [...seen, name]));
    };
    const caught = Object.values(States).flatMap(({ Catch }) => (Catch ?? []).map(({ Next }) => Next));
    expect(caught.length).toBeGreaterThanOrEqual(5);
    for (const target of caught) expect(new Set(ends(target))).toEqual(new Set(['Fail']));
  });

  it.each(['Plan', 'ReportRefusal', 'Migrate', 'Verify', 'Rollback', 'Report', 'ReportFailure'])(
    '%s catches every error',
    name => {
      expect(States[name]?.Catch?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['States.ALL']]);
    },
  );

  it('announces a run that Plan refuses before it fails, and ends one whose time has not come', () => {
    expect(States['Plan']?.Catch?.map(({ Next }) => Next)).toEqual(['ReportRefusal']);
    expect(States['ReportRefusal']?.Next).toBe('Failed');
    expect(States['Migrates?']).toMatchObject({
      Choices: expect.arrayContaining([{ Condition: '{% $exists($plan.waits) %}', Next: 'Not yet' }]),
    });
    expect(States['Not yet']?.Type).toBe('Succeed');
  });

  it('retries every task with jitter, and a broken premise never', () => {
    const tasks = all.filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBe(7);
    for (const [, { Retry = [] }] of tasks) {
      expect(Retry.length).toBeGreaterThan(0);
      for (const { MaxAttempts, JitterStrategy } of Retry)
        expect(MaxAttempts === 0 || JitterStrategy === 'FULL').toBe(true);
    }
    for (const [name, { Retry }] of nested)
      if (name.endsWith('Unit'))
        expect(Retry?.[0]).toMatchObject({ ErrorEquals: ['PremiseBroken'], MaxAttempts: 0 });
  });

  it.each(['Plan', 'ReportRefusal', 'Report', 'ReportFailure'])(
    '%s is tried again while a service is unavailable',
    name => {
      expect(States[name]?.['Retry']?.map(({ ErrorEquals }) => ErrorEquals)).toContainEqual([
        'ServiceUnavailable',
      ]);
    },
  );

  it('waits for a Lambda slot as long as 16 workers of 15 minutes need if they share 2, within the event limit', () => {
    for (const [name, { Type, Retry = [] }] of all) {
      if (Type !== 'Task') continue;
      const slot = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
      const { MaxAttempts = 0, MaxDelaySeconds = 0 } = slot ?? {};
      // On average, full jitter waits half of the longest delay. Every 15 / 2 minutes, a slot goes to one of 14.
      const turns = (MaxAttempts * MaxDelaySeconds) / 2 / (7.5 * 60);
      expect([name, (13 / 14) ** turns < 1e-8]).toEqual([name, true]);
      // Each try adds three events to the history, which has room for 25,000.
      expect(MaxAttempts * 3).toBeLessThan(25_000 / 4);
      expect(slot?.ErrorEquals).toEqual(['Lambda.TooManyRequestsException']);
    }
  });

  it('lets a paused run wait as long as its worker says, and hands the worker what it has said', () => {
    const states = Object.fromEntries(nested);
    expect(states['MigrateUnit done?']).toMatchObject({
      Choices: [{ Next: 'MigrateUnit done' }, { Next: 'MigrateUnit paused' }],
      Default: 'MigrateUnit',
    });
    const Seconds = '{% $states.input.waitSeconds %}';
    expect(states['MigrateUnit paused']).toMatchObject({ Type: 'Wait', Seconds, Next: 'MigrateUnit' });
  });

  it('bounds every fan-out by the plan, and reads and writes units in the run bucket', () => {
    for (const name of ['Migrate', 'Verify']) {
      expect(States[name]).toMatchObject({
        Type: 'Map',
        MaxConcurrency: '{% $plan.maxConcurrency %}',
        ToleratedFailurePercentage: '{% $plan.toleratedFailurePercentage %}',
        ItemReader: { ReaderConfig: { InputType: 'JSONL' } },
        ResultWriter: { WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' } },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      });
    }
  });
});
