import { standingOf, type StandingFacts } from '../../lambda/core/follow/standing.ts';
import type { Holder } from '../../lambda/core/lock/store-lock.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY, plan, planned } from '../support/builders.ts';

const PLACE = { type: 'dynamodb', region: 'us-east-1', name: 'Orders' };
const STARTED = '2026-01-01T00:00:00.000Z';
const LATER = '2026-02-01T00:00:00.000Z';

describe('a follower', () => {
  const migration = (changes: Partial<RunPlan> = {}): RunPlan =>
    plan({ runId: 'm', job: 'orders', jobDigest: 'as deployed', startedAt: STARTED, ...changes });
  const facts = (changes: Partial<StandingFacts> = {}): StandingFacts => ({
    ...{ job: 'orders', jobDigest: 'as deployed', place: PLACE, holders: [], held: [], proofs: [] },
    migration: { plan: migration(), finished: true },
    ...{ migrating: undefined, rolledBackAt: undefined, fenced: false, endedAt: undefined },
    lastMigration: { runId: 'm', sourceKeyArns: [OLD_KEY], destinationKeyArn: NEW_KEY },
    ...changes,
  });
  const holder = (changes: Partial<Holder> = {}): Holder => ({
    ...{ runId: 'h', job: 'orders', mode: 'verify', prefix: '', since: STARTED },
    ...changes,
  });
  const held = (mode: Holder['mode'], of: RunPlan | undefined): Partial<StandingFacts> => ({
    holders: [holder({ mode })],
    held: [of],
  });
  const proof = (changes: Partial<StoreProof> = {}): StoreProof => ({
    ...{ place: PLACE, job: 'next', runId: 'n', mode: 'migrate', at: LATER, jobText: '', keepsSource: false },
    ...{ sourceKeyArns: [NEW_KEY], destinationKeyArn: FOREIGN_KEY },
    ...{ verdict: 'not-proven', doubts: [], remaining: null },
    ...changes,
  });
  const kind = (changes: Partial<StandingFacts> = {}): string => standingOf(facts(changes)).kind;

  it('goes on with the last finished migration of its job, and with one that is at its verify pass', () => {
    expect(standingOf(facts())).toMatchObject({ kind: 'acts', plan: { runId: 'm' } });
    const atWork = { ...held('migrate', migration()), migration: { plan: migration(), finished: false } };
    expect(kind({ ...atWork, lastMigration: undefined })).toBe('acts');
  });

  it('goes on after a later sample of its job, which has moved nothing to another key', () => {
    const sample = { runId: 's', job: 'orders', sourceKeyArns: [OLD_KEY], destinationKeyArn: NEW_KEY };
    expect(kind({ lastMigration: sample })).toBe('acts');
    expect(kind({ lastMigration: { ...sample, job: 'next' } })).toBe('rests');
    expect(kind({ lastMigration: { ...sample, destinationKeyArn: FOREIGN_KEY } })).toBe('rests');
  });

  it('goes on beside a census and a verify run of its job, which go by the same keys', () => {
    expect(kind(held('verify', migration({ mode: 'verify' })))).toBe('acts');
    expect(kind(held('census', migration({ mode: 'census' })))).toBe('acts');
  });

  it.each<[string, Partial<StandingFacts>]>([
    ['no migration has come to its end', { migration: undefined }],
    ['a migration is at work whose verify pass is still to come', { migrating: 'm2' }],
    ['the job is being rolled back', held('rollback', migration({ mode: 'rollback' }))],
    ['the job was rolled back since', { rolledBackAt: LATER }],
    ['what it does itself is to be rolled back', { fenced: true }],
    ['the job is another one since', { jobDigest: 'another' }],
    [
      'an alias of the job names another key since',
      held('verify', migration({ destination: planned(FOREIGN_KEY) })),
    ],
    ['a run of another job has moved the store since', { lastMigration: undefined }],
    ['another job moves the store away from its destination', { proofs: [proof()] }],
    ['it has ended', { endedAt: Date.parse(LATER) }],
    [
      'its migration took the plaintext route',
      { migration: { plan: migration({ route: { type: 'decrypt-encrypt', why: '' } }), finished: true } },
    ],
  ])('rests if %s', (_, changes) => {
    expect(kind(changes)).toBe('rests');
  });

  it.each<[string, Partial<StandingFacts>]>([
    ['a run of another job holds the store', { holders: [holder({ job: 'next' })] }],
    ['a run of its job is being planned', held('verify', undefined)],
  ])('waits if %s', (_, changes) => {
    expect(kind(changes)).toBe('waits');
  });

  describe('of objects under a prefix', () => {
    const bucket = (prefix: string) => ({ type: 's3', region: 'us-east-1', name: 'documents', prefix });
    const of = (changes: Partial<StoreProof>): string =>
      kind({ place: bucket('a/'), proofs: [proof({ sourceKeyArns: [OLD_KEY], ...changes })] });

    it('goes on with its migration', () => {
      expect(kind({ place: bucket('a/') })).toBe('acts');
    });

    it.each(['', 'a/b/'])(
      'rests if another job has since moved what is under %j, or begins to, to another key',
      prefix => {
        expect(of({ place: bucket(prefix) })).toBe('rests');
        expect(of({ place: bucket(prefix), begun: true })).toBe('rests');
      },
    );

    it('is not kept by one that went to the same key, that moved nothing, or that came before', () => {
      expect(of({ place: bucket(''), destinationKeyArn: NEW_KEY })).toBe('acts');
      expect(of({ place: bucket(''), mode: 'census' })).toBe('acts');
      expect(of({ place: bucket(''), at: '2025-01-01T00:00:00.000Z' })).toBe('acts');
      expect(of({ place: bucket(''), job: 'orders' })).toBe('acts');
    });
  });

  it('is not kept by what happened before its migration, nor by what another job says of other keys', () => {
    const before = '2025-01-01T00:00:00.000Z';
    expect(kind({ rolledBackAt: before, endedAt: Date.parse(before) })).toBe('acts');
    const others = [
      proof({ at: before }),
      proof({ sourceKeyArns: [FOREIGN_KEY] }),
      proof({ destinationKeyArn: NEW_KEY }),
    ];
    expect(kind({ proofs: others })).toBe('acts');
  });
});
