import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import type { KeyUsage } from '../../lambda/core/retire/ports.ts';
import { retireCheck, type RetireFacts } from '../../lambda/core/retire/retire-check.ts';
import { evidenceOf } from '../../lambda/core/retire/evidence.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import { weightOf } from '../../lambda/core/proof/proof-reach.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { proofsOf } from '../../lambda/core/report/store-proofs.ts';
import { proofId } from '../../lambda/core/proof/proof-id.ts';
import { begunProofs } from '../../lambda/core/proof/plan-proofs.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { StoreVerdict } from '../../lambda/core/verdict/store-verdict.ts';
import { job, NEW_KEY, OLD_KEY, plan } from '../support/builders.ts';
import { key, keys, stores, table } from '../support/plan-ports.ts';
import { doubted, ENDED, PLACE, placeAt, proof } from '../support/proofs.ts';

const NOW = Date.UTC(2026, 10, 22);

const known = (...proofs: readonly StoreProof[]): KnownStore =>
  store({ evidence: evidenceOf({ place: PLACE, slot: 'edk', keyArn: OLD_KEY }, proofs) });
const NO_BACKUPS = { pointInTimeRecovery: false, noncurrentVersions: false, replicaRegions: [] };
const store = (changes: Partial<KnownStore> = {}): KnownStore => ({
  place: PLACE,
  slot: 'edk',
  job: 'orders',
  keyArn: OLD_KEY,
  evidence: { kind: 'proven', proofs: [proof()] },
  backups: NO_BACKUPS,
  ...changes,
});
const OURS: KeyUsage = { kind: 'used', at: ENDED - 60_000, operation: 'ReEncrypt', eventId: 'e-1' };
const facts = (changes: Partial<RetireFacts> = {}): RetireFacts => ({
  key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false },
  usage: OURS,
  stores: [store()],
  destinationOf: [],
  now: NOW,
  ...changes,
});

describe('retire-check', () => {
  it('lets a key go if nothing is left under it and nobody else uses it, and says how, in the order that AWS advises', () => {
    const { verdict, findings, steps } = retireCheck(facts());
    expect([verdict, findings.map(({ weight }) => weight)]).toEqual(['disable', ['note', 'note']]);
    expect(steps.map(step => /DisableKey|DisabledException|ScheduleKeyDeletion/.exec(step)?.[0])).toEqual([
      'DisableKey',
      'DisabledException',
      'ScheduleKeyDeletion',
    ]);
  });

  it.each<[string, Partial<RetireFacts>, string]>([
    ['no store is known', { stores: [] }, 'no job and no run is known'],
    [
      'a store was never visited',
      { stores: [store({ evidence: { kind: 'none' } })] },
      'no run of the job orders has finished',
    ],
    [
      'data keys are left',
      { stores: [known(doubted('3 data keys may still need a source key', { remaining: 3 }))] },
      '3 data keys may still need a source key (run run-1',
    ],
    [
      'a run does not know what is left',
      { stores: [known(proof({ verdict: 'not-proven', remaining: null }))] },
      'does not know what is left',
    ],
    [
      'a rollback has begun since',
      { stores: [known(proof({ mode: 'rollback', verdict: 'not-proven', remaining: null }))] },
      'was rolled back by run run-1',
    ],
    ['the job only makes copies', { stores: [known(proof({ keepsSource: true }))] }, 'left where they are'],
    [
      'values elsewhere look like data keys',
      {
        stores: [
          known(
            doubted('2 values look like a data key', {
              doubts: [{ code: 'look-alikes', words: '2 values look like a data key' }],
            }),
          ),
        ],
      },
      '2 values look like a data key',
    ],
    [
      'the proof is of a version that did not count doubts',
      {
        stores: [
          store({
            evidence: {
              kind: 'doubt',
              proof: (({ verdict: _, ...old }: StoreProof): StoreProof => old)(proof()),
            },
          }),
        ],
      },
      'of an earlier version, which did not count doubts',
    ],
    [
      'only a part is proven',
      { stores: [known(proof({ part: { words: 'items where a = 1' } }))] },
      'only parts of it are proven (items where a = 1)',
    ],
    [
      'a later run of a part found something',
      {
        stores: [
          known(
            proof(),
            doubted('1 data key', { at: new Date(ENDED + 1).toISOString(), part: { words: 'x' } }),
          ),
        ],
      },
      '1 data key',
    ],
    ['a job moves data keys to it', { destinationOf: ['job back'] }, 'brings data keys under this key'],
  ])('keeps a key where %s', (_, changes, words) => {
    const { verdict, findings } = retireCheck(facts(changes));
    expect(verdict).toBe('keep');
    expect(
      findings
        .filter(({ weight }) => weight === 'blocks')
        .map(finding => finding.words)
        .join(),
    ).toContain(words);
  });

  it.each<[string, Partial<RetireFacts>, string]>([
    [
      'somebody has used it since our last run',
      { usage: { ...OURS, at: ENDED + 1 } },
      'somebody else uses this key',
    ],
    [
      'its last use was none of ours',
      { usage: { ...OURS, operation: 'Decrypt' } },
      'somebody else uses this key',
    ],
    ['KMS may not have told everything yet', { now: ENDED + 60_000 }, 'ask again after 2026-11-21T01:00:00'],
    [
      'KMS tells nothing',
      { usage: { kind: 'not-told', reason: 'AccessDeniedException' } },
      'look in CloudTrail',
    ],
    [
      'a table can be restored to before',
      { stores: [store({ backups: { ...NO_BACKUPS, pointInTimeRecovery: true } })] },
      'until 2026-12-26',
    ],
    [
      'objects have old versions',
      { stores: [store({ backups: { ...NO_BACKUPS, noncurrentVersions: true } })] },
      'noncurrent versions',
    ],
    [
      'a store cannot be looked at',
      {
        stores: [
          {
            ...{ place: PLACE, job: 'orders', slot: 'edk', keyArn: OLD_KEY },
            evidence: { kind: 'proven', proofs: [proof()] },
          },
        ],
      },
      'could not be looked at',
    ],
  ])('waits where %s', (_, changes, words) => {
    const { verdict, findings } = retireCheck(facts(changes));
    expect(verdict).toBe('wait');
    expect(
      findings
        .filter(({ weight }) => weight === 'waits')
        .map(finding => finding.words)
        .join(),
    ).toContain(words);
  });

  it('mentions replicas of tables and of the key, and a key that is already disabled', () => {
    const { verdict, findings } = retireCheck(
      facts({
        key: { arn: OLD_KEY, state: 'Disabled', multiRegion: true },
        stores: [store({ backups: { ...NO_BACKUPS, replicaRegions: ['eu-west-1'] } })],
      }),
    );
    expect(verdict).toBe('disable');
    const words = findings.map(finding => finding.words).join();
    for (const part of ['replicas in eu-west-1', 'is Disabled already', 'multi-Region key'])
      expect(words).toContain(part);
  });

  it('finds stores by the jobs that name the key, by ARN or alias, and by the runs that moved data keys away from it', async () => {
    const alias = OLD_KEY.replace(/key\/.*/, 'alias/old');
    const named = job({ source: { keys: [{ key: alias, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }] } });
    const other = job({
      name: 'other',
      source: { keys: [{ key: NEW_KEY, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }] },
    });
    const gathered = await gatherFacts(
      {
        key: (key(OLD_KEY) as Extract<ReturnType<typeof key>, { kind: 'found' }>).key,
        jobs: [named, other],
        formats,
        proofs: [
          proof({ place: placeAt('s3:us-east-1:documents/2025/'), job: 'gone' }),
          proof({ place: placeAt('dynamodb:us-east-1:Else'), sourceKeyArns: [] }),
        ],
        now: NOW,
      },
      {
        keys: keys({
          describeKey: reference => Promise.resolve(key(reference === alias ? OLD_KEY : reference)),
        }),
        usageOf: () => Promise.resolve(OURS),
        stores: stores({
          describeTable: () =>
            Promise.resolve({ kind: 'found', description: table({ pointInTimeRecovery: true }) }),
          describeBucket: ({ bucket }) =>
            Promise.resolve({
              kind: 'found',
              description: {
                versioned: true,
                noncurrentVersions: bucket === 'documents',
                accessControlLists: false,
              },
            }),
        }),
      },
    );
    expect(gathered.stores).toEqual([
      {
        place: placeAt('s3:us-east-1:documents/2025/'),
        slot: 'edk',
        job: 'gone',
        keyArn: OLD_KEY,
        evidence: {
          kind: 'proven',
          proofs: [proof({ place: placeAt('s3:us-east-1:documents/2025/'), job: 'gone' })],
        },
        backups: {
          ...NO_BACKUPS,
          noncurrentVersions: true,
          versions: { kind: 'counted', versions: 0, deleteMarkers: 0, complete: true },
        },
        serverSide: { kind: 'seen', value: [] },
      },
      {
        place: PLACE,
        slot: 'edk',
        job: 'orders',
        keyArn: OLD_KEY,
        evidence: { kind: 'none' },
        backups: { ...NO_BACKUPS, pointInTimeRecovery: true },
        serverSide: { kind: 'seen', value: [] },
      },
    ]);
    expect(gathered.destinationOf).toEqual([]);
  });
});

describe('what a run says about a store', () => {
  const report = (verdict: StoreVerdict, remaining: number | null): Report =>
    ({
      endedAt: 'then',
      startedAt: 'before',
      state: 'succeeded',
      stores: [
        {
          ...{ verdict, remaining, records: 20, withoutDataKey: 2, proven: 18, lookAlikes: 0 },
          concluding: { 'already-current': 18, 'foreign-key': 1 },
        },
      ],
    }) as unknown as Report;
  const left: Extract<StoreVerdict, { kind: 'not-proven' }> = {
    kind: 'not-proven',
    doubts: [{ code: 'remaining', count: 7, words: '7 left' }],
  };
  const unverified: StoreVerdict = { kind: 'not-proven', doubts: [{ code: 'not-verified', words: 'x' }] };
  const narrowed: StoreVerdict = { kind: 'not-proven', doubts: [{ code: 'narrowed', words: 'x' }] };

  it('is its verdict with the figures', () => {
    expect(proofsOf(plan({ slots: ['edk'] }), report({ kind: 'proven' }, 0))).toMatchObject([
      {
        place: PLACE,
        slot: 'edk',
        verdict: 'proven',
        withoutDataKey: 2,
        dataKeys: 19,
        proven: 18,
        foreign: 1,
      },
    ]);
    expect(proofsOf(plan(), report({ kind: 'proven' }, 0))).toMatchObject([
      { startedAt: 'before', at: 'then' },
    ]);
    expect(proofsOf(plan(), report(left, 7))).toMatchObject([{ verdict: 'not-proven', remaining: 7 }]);
  });

  it('in a narrowed run is about that part, and proven if nothing else is in doubt', () => {
    const [first] = proofsOf(plan({ sample: 5 }), report(narrowed, null));
    expect(first).toMatchObject({ verdict: 'proven', part: { words: 'the first 5 records' } });
    expect(proofId(first!)).not.toBe(proofId(proof()));
  });

  it('in a narrowed run contains everything that defines the part', () => {
    const scope = { index: 'open', segments: { total: 4, only: [1] } };
    const stores = plan().stores.map(store => ({ ...store, scope }));
    const [first] = proofsOf(plan({ stores }), report(narrowed, null));
    expect(first?.part).toMatchObject({ index: 'open', segments: { total: 4, only: [1] } });
  });

  it('outweighs an earlier proof if it doubts; a census without doubts says nothing', () => {
    const census = plan({ mode: 'census', verify: false });
    expect(proofsOf(census, report(unverified, 0)).map(weightOf)).toEqual(['silent']);
    expect(proofsOf(census, report(left, 7)).map(weightOf)).toEqual(['doubt']);
    expect(proofsOf(plan(), report(unverified, null)).map(weightOf)).toEqual(['doubt']);
    expect(proofsOf(plan(), report({ kind: 'proven' }, 0)).map(weightOf)).toEqual(['proof']);
  });

  it('if it failed is only its doubts, and never a proof', () => {
    const failed = (...verdicts: readonly StoreVerdict[]): readonly string[] =>
      verdicts
        .flatMap(verdict => proofsOf(plan(), { ...report(verdict, null), state: 'failed' }))
        .map(weightOf);
    const incomplete = { code: 'incomplete', words: 'x' } as const;
    expect(failed({ kind: 'not-proven', doubts: [incomplete] })).toEqual(['silent']);
    expect(failed({ kind: 'not-proven', doubts: [incomplete, ...left.doubts] })).toEqual(['doubt']);
    expect(failed({ kind: 'proven' })).toEqual([]);
  });

  it('is, from its start, that its places are known; a rollback also says that nothing is proven about them', () => {
    expect(begunProofs(plan()).map(weightOf)).toEqual(['silent']);
    const voided = begunProofs(plan({ mode: 'rollback' }));
    expect(voided).toMatchObject([{ mode: 'rollback', verdict: 'not-proven', remaining: null }]);
    expect(voided.map(weightOf)).toEqual(['doubt']);
  });
});
