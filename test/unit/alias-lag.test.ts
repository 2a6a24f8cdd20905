import { denialsMayPass } from '../../lambda/core/account/alias-lag.ts';
import { keepMoving, notYetAllowed } from '../../lambda/core/account/keep-moving.ts';
import { inRound } from '../../lambda/core/account/rounds.ts';
import { namesAliases } from '../../lambda/core/job/by-alias.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { item, job, OLD_KEY, scope, UNIT } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';

const START = '2026-11-27T08:00:00.000Z';
const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/orders';
const after = (seconds: number): number => Date.parse(START) + seconds * 1_000;
const clock = { now: () => 0 };

describe('a worker that is denied a key that its job names by an alias', () => {
  const denied = () => Promise.reject(notYetAllowed('kms:ReEncrypt: AccessDeniedException', undefined));

  it('waits a minute outside of its invocation, and has not failed', async () => {
    const { ledger } = fakePorts();
    const answer = await inRound(UNIT, clock, () => keepMoving(UNIT, 'migrate', ledger, denied));
    expect(answer).toMatchObject({ done: false, pages: 0, paused: 'not-yet-allowed', waitSeconds: 60 });
    expect(ledger.checkpoints.size).toBe(0);
  });

  it('goes on from what it has accounted for, and no data key has failed', async () => {
    const ports = fakePorts();
    for (const n of [1, 2, 3, 4])
      ports.records.put(
        item(`i-${n}`, {
          tenant: { S: 'acme' },
          edk: { B: ports.keys.encrypt(OLD_KEY, `key ${n}`, { tenant: 'acme' }) },
        }),
      );
    let calls = 0;
    const reEncrypt = ports.keys.reEncrypt.bind(ports.keys);
    ports.keys.reEncrypt = request => (++calls === 3 ? denied() : reEncrypt(request));
    const round = () =>
      inRound(UNIT, clock, () =>
        keepMoving(UNIT, 'migrate', ports.ledger, () => migrateUnit(scope({ pageSize: 2 }), ports)),
      );
    expect(await round()).toMatchObject({ pages: 1, paused: 'not-yet-allowed' });
    expect(await round()).toMatchObject({ done: true, books: { outcomes: { rewrapped: 4 } } });
  });
});

describe('a denial may pass', () => {
  it('for six minutes after the start of a run whose job names an alias, and never else', () => {
    const byAlias = { byAlias: true, startedAt: START } as const;
    expect(denialsMayPass(byAlias, after(0))).toBe(true);
    // Found by Plan 15 seconds after its start at the latest, and five minutes old.
    expect(denialsMayPass(byAlias, after(315))).toBe(true);
    expect(denialsMayPass(byAlias, after(360))).toBe(false);
    expect(denialsMayPass({ startedAt: START }, after(0))).toBe(false);
  });

  it.each([
    ['a source key', { source: { keys: [{ key: ALIAS, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }] } }],
    ['the destination key', { destination: { ...job().destination, key: ALIAS } }],
    ["a store's own key", { stores: [{ ...job().stores[0], serverSideEncryptionKey: ALIAS }] }],
  ])('where the alias names %s', (_, more) => {
    expect(namesAliases({ ...job(), ...more } as ReturnType<typeof job>)).toBe(true);
  });

  it('of no job that names its keys by their ARNs', () => {
    expect(namesAliases(job())).toBe(false);
  });
});
