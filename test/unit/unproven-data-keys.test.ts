import type { Failure, UnitProgress } from '../../lambda/core/model/books.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import type { OutcomeKind } from '../../lambda/core/model/outcome.ts';
import {
  unprovenDataKeys,
  type JournalLine,
  type UnprovenPorts,
} from '../../lambda/core/report/unproven-data-keys.ts';
import { failuresHead, failuresRow } from '../../cli/render/report-csv.ts';

const failure = (locator: string, outcome: OutcomeKind = 'unreadable'): Failure => ({
  ...{ store: 'dynamodb:Orders', locator, slot: 'edk', outcome, reason: `why ${locator}` },
});
const line = (page: number, locator: string, outcome: OutcomeKind): JournalLine => ({
  ...failure(locator, outcome),
  page,
});
const unit = (
  unitId: string,
  phase: UnitProgress['phase'],
  changes: Partial<UnitProgress['books']>,
  done = true,
): UnitProgress => ({
  ...{ runId: 'run-1', unitId, phase, store: 0, pages: 1, done },
  books: { ...EMPTY_BOOKS, ...changes },
});

async function listed(
  units: readonly UnitProgress[],
  {
    journal = [],
    unproven = [],
    failures = [],
    verify = true,
  }: {
    journal?: readonly JournalLine[];
    unproven?: readonly JournalLine[];
    failures?: readonly Failure[];
    verify?: boolean;
  } = {},
): Promise<readonly string[]> {
  const ports: UnprovenPorts = {
    units: async function* () {
      yield* await Promise.resolve(units);
    },
    unprovenOf: async function* () {
      yield* await Promise.resolve(unproven);
    },
    outcomesOf: async function* () {
      yield* await Promise.resolve(journal);
    },
  };
  const all: string[] = [];
  for await (const { locator, pass, reason } of unprovenDataKeys(
    { runId: 'run-1', mode: 'migrate', failures },
    { verify },
    ports,
  ))
    all.push(`${locator} ${pass} ${reason}`);
  return all;
}

describe('the data keys that a run leaves unproven', () => {
  it('are those of the last pass, and not those that it has proven since', async () => {
    const units = [
      unit('a', 'migrate', { outcomes: { failed: 2 }, failures: [failure('x'), failure('raced')] }),
      unit('a', 'verify', { outcomes: { unreadable: 1 }, failures: [failure('x')] }),
    ];
    expect(await listed(units)).toEqual(['x verify why x']);
  });

  it('have the reason of the report, which knows both passes', async () => {
    const units = [unit('a', 'verify', { outcomes: { unreadable: 1 }, failures: [failure('x')] })];
    const failures = [{ ...failure('x'), reason: 'what both say' }];
    expect(await listed(units, { failures })).toEqual(['x verify what both say']);
  });

  it('are looked up in the journal where a checkpoint names the first only', async () => {
    const units = [unit('a', 'verify', { outcomes: { unreadable: 3 }, failures: [failure('x')] })];
    const journal = [
      line(0, 'x', 'unreadable'),
      line(0, 'y', 'blocked'),
      line(0, 'moved', 'rewrapped'),
      line(7, 'z', 'failed'),
    ];
    expect(await listed(units, { journal })).toEqual([
      'x verify why x',
      'y migrate why y',
      'z migrate why z',
    ]);
  });

  it('are those that the last pass has listed, and no others', async () => {
    const units = [unit('a', 'verify', { outcomes: { unreadable: 2 }, failures: [failure('x')] })];
    const unproven = [line(0, 'x', 'unreadable'), line(1, 'y', 'unreadable'), line(1, 'y', 'unreadable')];
    const journal = [line(0, 'proven since', 'failed')];
    expect(await listed(units, { unproven, journal })).toEqual(['x verify why x', 'y verify why y']);
  });

  it('are named once, by the last word, where a page was worked again', async () => {
    const units = [unit('a', 'migrate', { outcomes: { failed: 2 }, failures: [] })];
    const journal = [
      ...[line(0, 'x', 'failed'), line(0, 'y', 'failed')],
      ...[line(0, 'x', 'rewrapped'), line(1, 'y', 'failed'), line(9, 'late', 'rewrapped')],
    ];
    expect(await listed(units, { journal, verify: false })).toEqual(['y migrate why y']);
  });

  it('are those of the first pass in a unit that the last one did not finish', async () => {
    const units = [
      unit('a', 'migrate', { outcomes: { failed: 1 }, failures: [failure('x')] }),
      unit('b', 'migrate', { outcomes: { failed: 1 }, failures: [failure('y')] }),
      unit('b', 'verify', { outcomes: {}, failures: [] }),
    ];
    expect(await listed(units)).toEqual(['x migrate why x']);
  });

  it('are those of the report where the checkpoints have expired', async () => {
    expect(await listed([], { failures: [failure('x')] })).toEqual(['x verify why x']);
  });
});

describe('their CSV', () => {
  it('is RFC 4180', () => {
    expect(failuresHead()).toBe('store,locator,slot,outcome,reason,pass\r\n');
    expect(failuresRow({ ...failure('{"id":{"S":"a,b"}}'), pass: 'verify' })).toBe(
      'dynamodb:Orders,"{""id"":{""S"":""a,b""}}",edk,unreadable,"why {""id"":{""S"":""a,b""}}",verify\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)'])('is no formula for a spreadsheet: %s', name => {
    expect(failuresRow({ ...failure(name), pass: 'verify' })).toContain(`,'${name},edk,`);
  });

  it('has one line for each, and no character that a terminal obeys', () => {
    const row = failuresRow({ ...failure('a\r\n\u001b[2J\u202e'), pass: 'verify' });
    expect(row).toContain('a\\u000d\\u000a\\u001b[2J\\u202e');
    expect(row.split('\r\n')).toHaveLength(2);
  });
});
