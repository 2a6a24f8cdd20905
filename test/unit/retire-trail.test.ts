import type { KeyUser } from '../../lambda/core/key-users/key-user.ts';
import type { KeyUsage } from '../../lambda/core/retire/ports.ts';
import { retireCheck, type RetireAdvice, type RetireFacts } from '../../lambda/core/retire/retire-check.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import type { TrailFacts } from '../../lambda/core/retire/trail-findings.ts';
import { OLD_KEY } from '../support/builders.ts';
import { ENDED, PLACE, proof } from '../support/proofs.ts';
import { ROLE } from '../support/trail-records.ts';

const NOW = Date.UTC(2026, 10, 22);
const BEGUN = ENDED - 600_000;
const DAY_MS = 24 * 3_600_000;
const WORKER = 'arn:aws:iam::111122223333:role/KmsRewrap-FunctionsMigrateUnitRole';
const PROVEN = proof({ startedAt: new Date(BEGUN).toISOString() });

const store = (...proofs: readonly ReturnType<typeof proof>[]): KnownStore => ({
  ...{ place: PLACE, slot: 'edk', job: 'orders', keyArn: OLD_KEY },
  evidence: proofs.length === 0 ? { kind: 'none' } : { kind: 'proven', proofs },
  backups: { pointInTimeRecovery: false, noncurrentVersions: false, replicaRegions: [] },
});

function user(
  principal: string,
  lastAt: number,
  changes: Partial<KeyUser> & { readonly action?: string } = {},
): KeyUser {
  const { action = 'Decrypt', ...more } = changes;
  const time = new Date(lastAt).toISOString();
  return {
    ...{ principal, uses: [{ action, calls: 3, firstAt: time, lastAt: time }], contextNames: ['tenant'] },
    ...{ keyMaterialIds: [], sessions: ['orders-1'], userAgents: ['sdk'], addresses: [], ...more },
  };
}

const trail = (changes: Partial<TrailFacts> = {}): TrailFacts => ({
  ...{ trail: 's3://trail/', from: NOW - 90 * DAY_MS, until: NOW - 60_000, files: 3, damaged: [] },
  ...{ records: 30, kmsRecords: 20, unreadable: 0, daysWithoutFile: 0, hasLastUse: true, ownRoles: [WORKER] },
  ...{ users: [], refused: [], replicas: [], ...changes },
});

const OURS: KeyUsage = { kind: 'used', at: ENDED - 60_000, operation: 'ReEncrypt', eventId: 'e-1' };
const check = (of: TrailFacts | undefined, changes: Partial<RetireFacts> = {}): RetireAdvice =>
  retireCheck({
    ...{ key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false }, usage: OURS, stores: [store(PROVEN)] },
    ...{ destinationOf: [], now: NOW, ...(of !== undefined && { trail: of }), ...changes },
  });
const ofUsers = (advice: RetireAdvice): unknown => [
  advice.users!.covered,
  advice.users!.known,
  advice.verdict,
];

describe('retire-check with a trail', () => {
  it('covers users that have not been seen since the runs began that have proven everything', () => {
    const advice = check(
      trail({ users: [user(ROLE, BEGUN - 1_000), user('arn:aws:iam::1:user/b', BEGUN - DAY_MS)] }),
    );
    expect(ofUsers(advice)).toEqual([2, 2, 'disable']);
    expect(advice.findings).toContainEqual({
      ...{ weight: 'note', about: 'users of the key' },
      words: expect.stringMatching(
        /^2 of 2 known users of the key are covered: not seen since 2026-11-20T23:50:00/,
      ),
    });
  });

  it('says keep for a user that was seen since, while a run was under way as well, and in the second in which it began', () => {
    for (const at of [NOW - DAY_MS, ENDED - 60_000, BEGUN]) {
      const advice = check(trail({ users: [user(ROLE, at), user('arn:aws:iam::1:user/b', BEGUN - 1_000)] }));
      expect(ofUsers(advice)).toEqual([1, 2, 'keep']);
      const [named] = advice.findings.filter(({ about }) => about === ROLE);
      expect(named).toMatchObject({
        weight: 'blocks',
        words: expect.stringContaining('Decrypt 3 times, last at'),
      });
      expect(named!.words).toContain('encryption contexts name tenant (session orders-1, sdk)');
    }
  });

  it('begins the second in which a run began anew, because CloudTrail writes whole seconds', () => {
    const stores = [store(proof({ startedAt: new Date(BEGUN + 700).toISOString() }))];
    expect(ofUsers(check(trail({ users: [user(ROLE, BEGUN)] }), { stores }))).toEqual([0, 1, 'keep']);
  });

  it('takes the earliest of several proofs: nobody knows which store a user reads', () => {
    const later = proof({ startedAt: new Date(BEGUN + DAY_MS / 2).toISOString() });
    const between = trail({ users: [user(ROLE, BEGUN + 5_000)] });
    expect(ofUsers(check(between, { stores: [store(later)] }))).toEqual([1, 1, 'disable']);
    expect(ofUsers(check(between, { stores: [store(later), store(PROVEN)] }))).toEqual([0, 1, 'keep']);
  });

  it.each<[string, readonly KnownStore[]]>([
    ['a store is not proven', [store(PROVEN), store()]],
    ['a proof is of a version that did not say when its run began', [store(proof())]],
  ])('covers nobody if %s, and only tells who they are', (_, stores) => {
    const advice = check(trail({ users: [user(ROLE, BEGUN - DAY_MS)] }), { stores });
    expect([advice.users!.covered, advice.users!.provenSince]).toEqual([0, null]);
    expect(advice.findings.find(({ about }) => about === ROLE)).toMatchObject({ weight: 'note' });
  });

  it('covers a worker of the deployment whenever it was seen, but not what S3 does for it', () => {
    const named = WORKER.replace('role/', 'role/with/a/path/');
    expect(ofUsers(check(trail({ users: [user(named, NOW)] })))).toEqual([1, 1, 'disable']);
    const sealed = check(trail({ users: [user(WORKER, NOW, { via: 's3.amazonaws.com' })] }));
    expect(ofUsers(sealed)).toEqual([0, 1, 'keep']);
    expect(sealed.findings.find(({ about }) => about.includes('through'))!.words).toContain(
      'server-side encryption',
    );
    const other = WORKER.replace('111122223333', '444455556666');
    expect(ofUsers(check(trail({ users: [user(other, NOW)] })))).toEqual([0, 1, 'keep']);
  });

  it('knows a service that uses the key by itself, as Amazon EC2 does for a volume', () => {
    const { findings } = check(trail({ users: [user('ec2.amazonaws.com', NOW)] }));
    expect(findings.find(({ about }) => about === 'ec2.amazonaws.com')!.words).toContain(
      'it is server-side encryption by ec2.amazonaws.com, which no run moves',
    );
  });

  it.each([
    ['Encrypt', 'let it write under another key, then migrate'],
    ['GenerateDataKeyPair', 'let it write under another key, then migrate'],
    ['ReEncryptTo', 'let it write under another key, then migrate'],
    ['Decrypt', 'find out which data keys it reads'],
    ['Sign', 'no job moves what this action is for'],
  ])('says what to do about %s', (action, words) => {
    const { findings } = check(trail({ users: [user(ROLE, NOW, { action })] }));
    expect(findings.find(({ about }) => about === ROLE)!.words).toContain(words);
  });

  it.each<[string, Partial<TrailFacts>, string]>([
    ['there is no file', { files: 0, until: undefined, records: 0, kmsRecords: 0 }, 'no log file'],
    ['no call of KMS is in it', { kmsRecords: 0 }, 'trails may leave out KMS'],
    ['a file is cut off', { damaged: [{ file: 'a.json.gz', reason: 'is cut off' }] }, '1 of 3 log files'],
    ['a record is not as documented', { unreadable: 2 }, '2 records are not'],
    ['it lacks the use that KMS names', { hasLastUse: false }, 'which KMS names as the last use'],
    ['it was read from a time after the proof', { from: BEGUN + 1_000 }, '--trail-days'],
    [
      'nothing was delivered since the proof',
      { until: BEGUN - 1 },
      'ask again when CloudTrail has delivered',
    ],
  ])('waits if %s', (_, changes, words) => {
    const advice = check(trail(changes));
    expect(advice.verdict).toBe('wait');
    expect(advice.findings).toContainEqual({
      ...{ weight: 'waits', about: 's3://trail/', words: expect.stringContaining(words) },
    });
  });

  it('does not wait for a use that KMS names from before the time that was read', () => {
    const usage: KeyUsage = { ...OURS, at: NOW - 91 * DAY_MS };
    expect(check(trail({ hasLastUse: false }), { usage }).verdict).toBe('disable');
  });

  it('knows who used the key last if the trail has it, from before the proof; without that it stays a doubt', () => {
    const usage: KeyUsage = { ...OURS, at: BEGUN - 1_000, operation: 'Decrypt' };
    const users = [user(ROLE, BEGUN - 1_000)];
    expect(check(trail({ users }), { usage }).verdict).toBe('disable');
    expect(check(trail({ users, hasLastUse: false }), { usage }).verdict).toBe('wait');
    expect(check(undefined, { usage }).verdict).toBe('wait');
    const since: KeyUsage = { ...usage, at: BEGUN + 1_000 };
    expect(check(trail({ users: [user(ROLE, BEGUN + 1_000)] }), { usage: since }).verdict).toBe('keep');
  });

  it('notes refused calls of others, replicas and days without a file, none of which is a doubt', () => {
    const refused = {
      action: 'Decrypt',
      errorCode: 'AccessDenied',
      calls: 2,
      lastAt: '2026-11-21T12:00:00.000Z',
    };
    const advice = check(
      trail({
        refused: [
          { principal: ROLE, ...refused },
          { principal: WORKER, ...refused },
        ],
        replicas: [{ keyArn: 'arn:replica', calls: 1, lastAt: '2026-11-21T12:00:00.000Z' }],
        daysWithoutFile: 3,
      }),
    );
    expect(advice.verdict).toBe('disable');
    const words = advice.findings.map(one => one.words).join('\n');
    for (const one of [
      `${ROLE} (Decrypt, AccessDenied 2 times`,
      'in another Region was used once',
      'on 3 days',
    ])
      expect(words).toContain(one);
    expect(words).not.toContain(WORKER);
  });

  it('says what it has not looked at: without a trail as ever, with one what the trail cannot show', () => {
    expect(check(undefined).notChecked[0]).toContain('or name your trail with --trail');
    expect(check(undefined).users).toBeUndefined();
    expect(check(trail()).notChecked[0]).toContain('users that s3://trail/ does not show from 2026-08-24');
  });
});
