import { aliasesOf, movedAliases } from '../../lambda/core/plan/moved-aliases.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { changedSince } from '../../lambda/core/report/changed-since.ts';
import type { Report, StoreReport } from '../../lambda/core/report/report.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { jobText, proofIdOf } from '../../lambda/core/proof/plan-proofs.ts';
import { FOREIGN_KEY, item, job, NEW_KEY, OLD_KEY, plan, planned, use } from '../support/builders.ts';
import { key, keys, planOf, type Given } from '../support/plan-ports.ts';
import { PLACE } from '../support/proofs.ts';

const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/app';
const AT = '2026-11-01T00:00:00.000Z';
const naming = (keyArn: string): RunPlan['sources'] => [planned(keyArn, { alsoKnownAs: [ALIAS] })];
const run = (changes: Partial<LatestRun> = {}): LatestRun => ({
  ...{ runId: 'run-0', workDigest: '', finished: true, startedAt: AT },
  aliases: { [ALIAS]: OLD_KEY },
  ...changes,
});

describe('an alias that names another key than in the last run of its job', () => {
  it('is reported with both keys, and with what to do about the first', () => {
    expect(movedAliases(plan({ sources: naming(FOREIGN_KEY) }), run())).toEqual([
      `${ALIAS} named ${OLD_KEY} in the run run-0 of ${AT}, and names ${FOREIGN_KEY} now: data keys under ${OLD_KEY} are under none of the job's keys now; name that key in source.keys if they are to move`,
    ]);
  });

  it('needs no cure if the job still names the first key', () => {
    const [words] = movedAliases(plan({ sources: [...naming(FOREIGN_KEY), planned(OLD_KEY)] }), run());
    expect(words).toMatch(/now$/);
  });

  it('may be gone', () => {
    const gone = plan({ sources: [planned(ALIAS, { unusable: 'is gone' })] });
    expect(movedAliases(gone, run()).join()).toContain(
      `named ${OLD_KEY} in the run run-0 of ${AT}, and is gone now`,
    );
  });

  it('is not reported if it names the same key, or the same multi-Region key in another Region', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
    const there = key.replace('us-east-1', 'eu-west-1');
    expect(movedAliases(plan({ sources: naming(OLD_KEY) }), run())).toEqual([]);
    expect(movedAliases(plan({ sources: naming(there) }), run({ aliases: { [ALIAS]: key } }))).toEqual([]);
    expect(movedAliases(plan(), undefined)).toEqual([]);
    expect(movedAliases(plan(), run())).toEqual([]);
  });

  it('is remembered for sources and destination, with the key that it named', () => {
    const remembered = aliasesOf(plan({ sources: naming(OLD_KEY), destination: planned(NEW_KEY) }));
    expect(remembered).toEqual({ [ALIAS]: OLD_KEY });
  });

  it('is reported by Plan for the latest run in any mode that looks at stores, with the keys that the records name', async () => {
    const latest = (_: string, mode: RunMode): Promise<LatestRun | undefined> =>
      Promise.resolve(
        mode === 'verify'
          ? run()
          : mode === 'migrate'
            ? run({ runId: 'older', startedAt: '2026-10-01', aliases: { [ALIAS]: NEW_KEY } })
            : undefined,
      );
    const { warnings } = await planOf(movedGiven({ latestRuns: { latest } }), { jobs: [aliased] });
    expect(warnings[0]).toContain(
      `${ALIAS} named ${OLD_KEY} in the run run-0 of ${AT}, and names ${FOREIGN_KEY} now`,
    );
    expect(warnings.join('\n')).toContain(
      `20 of 20 records name ${OLD_KEY}, which is none of the job's keys: ${ALIAS} names ${FOREIGN_KEY}, ${NEW_KEY}`,
    );
  });

  const aliased = job({
    source: { keys: [use(ALIAS)] },
    stores: [
      {
        type: 'dynamodb',
        table: 'Orders',
        format: { type: 'attribute', dataKey: 'edk', keyArn: 'kid', encryptionContext: {} },
      },
    ],
  });
  const movedGiven = (given: Given): Given => ({
    keys: keys({ describeKey: arn => Promise.resolve(key(arn === ALIAS ? FOREIGN_KEY : arn)) }),
    records: {
      readPage: () =>
        Promise.resolve({
          records: Array.from({ length: 20 }, (_, index) =>
            item(String(index), { edk: { B: Buffer.from('edk') }, kid: { S: OLD_KEY } }),
          ),
        }),
      find: () => Promise.resolve([]),
      reread: () => Promise.resolve(undefined),
      takes: () => true,
      write: () => Promise.resolve({ kind: 'precondition-failed' }),
    },
    ...given,
  });

  it('Plan reports records that name a source key although a run has left nothing under it', async () => {
    const jobs = [{ ...aliased, source: { keys: [use(OLD_KEY)] } }];
    const proof = (): Promise<StoreProof> => Promise.resolve(proven(jobs[0]!.stores));
    const { warnings } = await planOf(movedGiven({ history: { proof } }), { jobs });
    expect(warnings.join('\n')).toContain(
      `dynamodb:Orders: the run run-0 left nothing under the source keys at ${AT}, and this one sees 20 of the first 20 records name one: a writer still uses a source key`,
    );
  });
});

function proven(stores: RunPlan['stores'] = plan().stores, changes: Partial<StoreProof> = {}): StoreProof {
  return {
    ...{ place: PLACE, job: 'orders', runId: 'run-0', mode: 'migrate', at: AT },
    ...{ sourceKeyArns: [OLD_KEY], destinationKeyArn: NEW_KEY, verdict: 'proven', remaining: 0 },
    ...{ jobText: jobText(stores[0]!), keepsSource: false },
    ...changes,
  };
}

function found(mode: RunMode, changes: Partial<StoreReport>): Pick<Report, 'mode' | 'stores'> {
  const store = { store: 'dynamodb:Orders', outcomes: {}, remaining: 0, ...changes } as StoreReport;
  return { mode, stores: [store] };
}

describe('a run that finds a different state from the one that the run before it left', () => {
  const since = (
    report: Pick<Report, 'mode' | 'stores'>,
    proof: StoreProof | undefined = proven(),
    changes: Partial<RunPlan> = {},
  ): Promise<readonly string[]> => changedSince(plan(changes), report, () => Promise.resolve(proof));

  it.each([
    ['migrate', { outcomes: { rewrapped: 3 } }],
    ['census', { outcomes: { 'to-rewrap': 3 }, remaining: 3 }],
    ['verify', { outcomes: { 'to-rewrap': 3 }, remaining: 3 }],
  ] as const)('(%s) says which run had left nothing, and when', async (mode, changes) => {
    expect(await since(found(mode, changes))).toEqual([
      `dynamodb:Orders: the run run-0 left nothing under the source keys at ${AT}, and this one found 3 data keys to move there: a writer still uses a source key, or old records were put back (by a rollback, a restored backup, a cache); find it before a key is retired`,
    ]);
  });

  it('looks up the proof by the name that such a run would have given it', async () => {
    const asked: string[] = [];
    await changedSince(plan(), found('migrate', {}), id => {
      asked.push(id);
      return Promise.resolve(undefined);
    });
    expect(asked).toEqual([proofIdOf(plan(), 0)]);
  });

  it.each([
    ['nothing was found', found('migrate', {}), proven(), {}],
    [
      'it was empty before',
      found('migrate', { outcomes: { rewrapped: 1 } }),
      proven(undefined, { verdict: 'empty' }),
      {},
    ],
    [
      'data keys go to another key now',
      found('migrate', { outcomes: { rewrapped: 1 } }),
      proven(undefined, { destinationKeyArn: FOREIGN_KEY }),
      {},
    ],
    [
      'the job says something else of the store',
      found('migrate', { outcomes: { rewrapped: 1 } }),
      proven(undefined, { jobText: 'other' }),
      {},
    ],
    [
      'only new key material is to be reached',
      found('migrate', { outcomes: { rewrapped: 1 } }),
      proven(),
      { sources: [planned(NEW_KEY)] },
    ],
    [
      'what a verify pass finds was foreign before',
      found('verify', { remaining: 2 }),
      proven(undefined, { foreign: 2 }),
      {},
    ],
    ['a rollback puts them back', found('rollback', { outcomes: { rewrapped: 1 } }), proven(), {}],
  ])('says nothing where %s', async (_, report, proof, changes) => {
    expect(await since(report, proof, changes)).toEqual([]);
  });
});
