import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { freshProgress } from '../../lambda/core/account/unit-progress.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { OutcomesBefore } from '../../lambda/core/journal/outcomes-before.ts';
import type { JournalledOutcome } from '../../lambda/core/journal/ports.ts';
import { proofOf, type DataKeyProof } from '../../lambda/core/model/data-key-proof.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { KeyService, ReEncryptAnswer } from '../../lambda/core/ports.ts';
import { conclusion } from '../../lambda/core/report/conclusion.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import { proofsOf } from '../../lambda/core/report/store-proofs.ts';
import { restingWords } from '../../lambda/core/verdict/resting-words.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { FOREIGN_KEY, item, NEW_KEY, OLD_KEY, planned, scope, UNIT } from '../support/builders.ts';
import { fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';

const asked = scope({ pageSize: 500 });

function tableOf(count: number): FakePorts {
  const world = fakePorts();
  for (let at = 0; at < count; at++) {
    const edk = { B: world.keys.encrypt(OLD_KEY, `${at}`, { tenant: 't' }) };
    world.records.put(item(`${at}`, { tenant: { S: 't' }, edk }));
  }
  return world;
}

const verify = (world: FakePorts, given = asked): Promise<UnitProgress> =>
  verifyUnit(given, { ...world, archive: world.journal });

async function migrated(count: number, given = asked): Promise<FakePorts> {
  const world = tableOf(count);
  await migrateUnit(given, world);
  world.keys.calls.length = 0;
  world.keys.takeUsage();
  return world;
}

describe('what KMS has said in the migrate pass', () => {
  it('is written beside the outcome: the new ciphertext, the key, its material and the request, and no context', async () => {
    const world = tableOf(1);
    await migrateUnit(asked, world);
    expect(world.journal.outcomes).toMatchObject([
      {
        outcome: 'rewrapped',
        proof: {
          digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          contextDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          keyArn: NEW_KEY,
          keyMaterialId: `${NEW_KEY}#1`,
          kmsRequestIds: [expect.any(String)],
        },
      },
    ]);
    expect(JSON.stringify(world.journal.outcomes)).not.toContain('tenant');
  });

  it('proves what lies there: migrate and verify take at most 1.02 requests for a data key', async () => {
    const world = tableOf(3_000);
    await migrateUnit(asked, world);
    const { books } = await verify(world);
    expect(books).toMatchObject({ outcomes: { 'already-current': 3_000 }, remaining: 0 });
    expect(world.keys.calls.length / 3_000).toBeLessThanOrEqual(1.02);
  });

  it('is asked about once more if the job wants it so', async () => {
    const world = await migrated(20);
    const { books } = await verify(world, scope({ pageSize: 500, askAll: true }));
    expect(world.keys.calls).toHaveLength(20);
    expect(books.resting).toBeUndefined();
  });

  it('is counted by what it rests on', async () => {
    const world = await migrated(20);
    const { books } = await verify(world);
    expect(books.resting).toEqual({ onJournal: 19, ofEarlierRuns: 0, sampled: 1, contradicted: 0 });
    expect(world.keys.calls).toHaveLength(1);
  });

  it('counts in whichever attempt at a page it was said', async () => {
    const world = tableOf(5);
    await migrateUnit(asked, world);
    world.ledger.checkpoints.clear();
    await migrateUnit(asked, world);
    const [firsts, seconds] = [world.journal.outcomes.slice(0, 5), world.journal.outcomes.slice(5)];
    expect(seconds.map(({ outcome }) => outcome)).toEqual(Array(5).fill('already-current'));
    for (const only of [firsts, seconds]) {
      world.keys.calls.length = 0;
      world.journal.outcomes.splice(0, Infinity, ...only);
      world.ledger.checkpoints.delete('run-1 verify u00001');
      expect((await verify(world)).books).toMatchObject({ remaining: 0, resting: { onJournal: 4 } });
    }
  });
});

describe('nothing rests on the journal', () => {
  it('where the destination key has new key material since: KMS is asked, and says that the old one is not current', async () => {
    const world = await migrated(10);
    world.keys.rotate(NEW_KEY);
    const { books } = await verify(world);
    expect(books).toMatchObject({ outcomes: { 'to-rewrap': 10 }, remaining: 10 });
    expect(books.resting).toEqual({ onJournal: 0, ofEarlierRuns: 0, sampled: 1, contradicted: 0 });
  });

  it('where the destination key does not work any more: the run stops, as it does without a journal', async () => {
    const world = await migrated(10);
    world.keys.disabled.add(NEW_KEY);
    await expect(verify(world)).rejects.toThrow('is disabled');
  });

  it('where KMS names no material, and the job moves data keys within their key', async () => {
    const world = fakePorts();
    const within = scope({ pageSize: 500, sources: [planned(NEW_KEY)] });
    for (let at = 0; at < 5; at++)
      world.records.put(
        item(`${at}`, { tenant: { S: 't' }, edk: { B: world.keys.encrypt(NEW_KEY, 'k', { tenant: 't' }) } }),
      );
    world.keys.namesMaterials = false;
    await migrateUnit(within, world);
    expect((await verify(world, within)).books.resting?.onJournal ?? 0).toBe(0);
  });

  it('where KMS does not answer about the one that is asked first', async () => {
    const world = await migrated(10);
    let first = true;
    world.keys.intercept = (): ReEncryptAnswer | undefined => {
      const denied = first ? ({ kind: 'denied', reason: 'not this one' } as const) : undefined;
      first = false;
      return denied;
    };
    const { books } = await verify(world);
    expect(world.keys.calls).toHaveLength(10);
    expect(books).toMatchObject({ outcomes: { blocked: 1, 'already-current': 9 }, remaining: 1 });
  });

  it('of a line that is not exactly as it was written', async () => {
    const damages: ((entry: OutcomeEntry) => unknown)[] = [
      ({ proof }) => ({ ...proof, digest: 'x' }),
      ({ proof }) => ({ ...proof, more: 1 }),
      ({ proof }) => ({ ...proof, kmsRequestIds: [] }),
      ({ proof }) => ({ ...proof, keyMaterialId: `${NEW_KEY}#2` }),
      ({ proof }) => ({ ...proof, contextDigest: proof?.digest }),
      ({ proof }) => ({ ...proof, keyArn: FOREIGN_KEY }),
      () => 'proven',
      () => null,
    ];
    for (const damage of damages) {
      const world = await migrated(3);
      const lines = world.journal.outcomes.map(entry => ({ ...entry, proof: damage(entry) as never }));
      world.journal.outcomes.splice(0, Infinity, ...lines);
      expect((await verify(world)).books).toMatchObject({ remaining: 0, dataKeys: 3 });
      expect(world.keys.calls).toHaveLength(3);
    }
  });

  it('of a proof under an outcome that proves nothing', async () => {
    const world = await migrated(3);
    const lines = world.journal.outcomes.map(entry => ({ ...entry, outcome: 'failed' as const }));
    world.journal.outcomes.splice(0, Infinity, ...lines);
    await verify(world);
    expect(world.keys.calls).toHaveLength(3);
  });
});

describe('a journal that KMS contradicts', () => {
  it.each(['once', 'now'] as const)(
    'is none where KMS names the key material %s only: all are asked',
    async named => {
      const world = await migrated(5);
      if (named === 'now')
        for (const entry of world.journal.outcomes as { proof?: DataKeyProof }[]) {
          const { digest: of, keyArn, kmsRequestIds } = entry.proof!;
          const context = { tenant: 't' };
          const opening = {
            of,
            material: { keyArn },
            encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
            context,
          } as const;
          entry.proof = proofOf(opening, kmsRequestIds);
        }
      const keys = named === 'now' ? world.keys : withoutMaterials(world.keys);
      const { books } = await verify({ ...world, keys } as FakePorts);
      expect(books).toMatchObject({ outcomes: { 'already-current': 5 }, remaining: 0 });
      expect(books.resting).toMatchObject({ onJournal: 0, contradicted: 0 });
    },
  );

  async function contradicted(): Promise<FakePorts> {
    const world = await migrated(10);
    const [first] = world.keys.calls;
    expect(first).toBeUndefined();
    world.keys.intercept = ({ ciphertext }) =>
      world.keys.calls[0]?.ciphertext === ciphertext ? { kind: 'invalid-ciphertext' } : undefined;
    return world;
  }

  it('is named with the request that it claims, and everything else is asked about', async () => {
    const world = await contradicted();
    const { books } = await verify(world);
    expect(world.keys.calls).toHaveLength(10);
    expect(books.resting).toEqual({ onJournal: 0, ofEarlierRuns: 0, sampled: 1, contradicted: 1 });
    const [request] = world.journal.outcomes[0]?.proof?.kmsRequestIds ?? [];
    expect(books.failures).toMatchObject([
      {
        outcome: 'unreadable',
        reason: expect.stringContaining(
          `the journal says that KMS has opened these very bytes before (request ${request})`,
        ) as string,
      },
    ]);
  });

  it('is not believed in later invocations either', async () => {
    const world = await contradicted();
    const narrow = scope({ pageSize: 4 });
    const start = await verifyUnit(narrow, { ...world, archive: world.journal, deadline: onePage(world) });
    expect(start.done).toBe(false);
    await verify(world, narrow);
    expect(world.keys.calls).toHaveLength(10);
  });

  it('proves nothing: the store has a doubt of its own, even where every data key was opened in the end', async () => {
    const world = await migrated(10);
    const { proof, ...entry } = world.journal.outcomes[0]!;
    // A forged line, with everything in it that it takes: it names a material that KMS does not know.
    const opening = {
      of: proof!.digest,
      material: { keyArn: NEW_KEY, keyMaterialId: `${NEW_KEY}#0` },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
      context: { tenant: 't' },
    };
    world.journal.outcomes[0] = { ...entry, proof: proofOf(opening, ['forged']) };
    const progress = await verify(world);
    expect(progress.books).toMatchObject({ remaining: 0, resting: { contradicted: 1, onJournal: 0 } });
    const done = { ...freshProgress(UNIT, 'migrate'), done: true };
    const report = await foldReport({
      plan: asked.plan,
      units: (async function* () {
        yield* await Promise.resolve([done, progress]);
      })(),
      endedAt: asked.plan.startedAt,
      files: { run: '', journal: '' },
    });
    expect(report.verdict).toBe('not-proven');
    expect(report.stores[0]?.verdict).toMatchObject({ doubts: [{ code: 'journal-contradicted', count: 1 }] });
  });
});

describe('the report', () => {
  it('says how many data keys rest on the journal, and how many were asked in full, and so does retire-check', async () => {
    const world = await migrated(20);
    const verified = await verify(world);
    const done = { ...freshProgress(UNIT, 'migrate'), done: true, books: { ...EMPTY_BOOKS, records: 20 } };
    const report = await foldReport({
      plan: asked.plan,
      units: (async function* () {
        yield* await Promise.resolve([done, verified]);
      })(),
      endedAt: asked.plan.startedAt,
      files: { run: '', journal: '' },
    });
    const words =
      '19 of 20 data keys rest on the journal of run run-1; 1 was asked in full, 1 of them to test the journal';
    expect(conclusion(report).text).toContain(words);
    const doubtful = { ...report, verdict: 'not-proven' as const, remaining: 1 };
    expect(conclusion(doubtful).text).toContain(words);
    expect(proofsOf(asked.plan, report)[0]).toMatchObject({ resting: { onJournal: 19, sampled: 1 } });
    const resting = report.stores[0]?.resting;
    expect(restingWords({ resting, proven: 20, runId: 'run-1', mode: 'migrate' })).toBe(words);
  });

  it('says which part was asked in earlier runs', () => {
    const resting = { onJournal: 19, ofEarlierRuns: 7, sampled: 1, contradicted: 0 };
    expect(restingWords({ resting, proven: 20, runId: 'run-2', mode: 'migrate' })).toContain(
      'rest on the journal of run run-2, 7 of them on what KMS has told earlier runs;',
    );
  });

  it('says nothing of a journal where KMS was asked about all', () => {
    expect(restingWords({ resting: undefined, proven: 20, runId: 'run-1', mode: 'migrate' })).toBe('');
  });
});

describe('a new ciphertext that is corrupted before it is digested', () => {
  /** The digest in the journal is that of the corrupted bytes, and so is what lies there. */
  async function corrupting(which: (at: number) => boolean): Promise<FakePorts> {
    const world = tableOf(20);
    let at = 0;
    const { keys } = world;
    const answers = Object.assign(Object.create(keys) as FakePorts['keys'], {
      reEncrypt: async (request: Parameters<typeof keys.reEncrypt>[0]): Promise<ReEncryptAnswer> => {
        const answer = await keys.reEncrypt(request);
        if (answer.kind !== 're-encrypted' || !which(at++)) return answer;
        return { ...answer, ciphertext: Buffer.concat([answer.ciphertext, Buffer.from('x')]) };
      },
      takeUsage: () => keys.takeUsage(),
    });
    await migrateUnit(asked, { ...world, keys: answers });
    return world;
  }

  it('is found by asking all, and not by the journal, where it is one that no sample meets', async () => {
    const one = (at: number): boolean => at === 7;
    expect((await verify(await corrupting(one))).books).toMatchObject({ remaining: 0 });
    const all = await verify(await corrupting(one), scope({ pageSize: 500, askAll: true }));
    expect(all.books).toMatchObject({ remaining: 1, outcomes: { unreadable: 1, 'already-current': 19 } });
  });

  it('is found by the first question where all are', async () => {
    const { books } = await verify(await corrupting(() => true));
    expect(books).toMatchObject({ remaining: 20, resting: { sampled: 1, contradicted: 1, onJournal: 0 } });
  });
});

describe('the sample', () => {
  it('is one in a hundred, and the first of every invocation', async () => {
    const world = await migrated(4_000);
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const { books } = await verifyUnit(asked, { ...world, archive: world.journal, random });
    const { sampled = 0, onJournal = 0 } = books.resting ?? {};
    expect(sampled + onJournal).toBe(4_000);
    // 40 ± 6.3 are expected; this is five times as far.
    expect(sampled).toBeGreaterThan(8);
    expect(sampled).toBeLessThan(72);
  });

  it('has one data key in a minute at least, so that no answer about the key grows old', async () => {
    const world = await migrated(10);
    let now = 0;
    const slow = { ...world, archive: world.journal, clock: { now: () => (now += 20_000) } };
    const { books } = await verifyUnit(scope({ pageSize: 1 }), slow);
    expect(books.resting?.sampled).toBeGreaterThan(2);
  });
});

describe('the window over proofs', () => {
  it('holds 20,000 at most, and knows nothing of those that do not fit', async () => {
    async function* entries(): AsyncGenerator<JournalledOutcome> {
      for (let at = 0; at < 6_000; at++)
        for (let slot = 0; slot < 10; slot++) {
          const id = `${at} ${slot}`.padEnd(64, '0').replaceAll(' ', 'a');
          yield await Promise.resolve({
            ...{ schema: 3, store: 's', slot: `${slot}`, outcome: 'rewrapped', page: 0, locator: `r${at}` },
            proof: { digest: id, contextDigest: id, keyArn: NEW_KEY, kmsRequestIds: ['r'] },
          } as const);
        }
    }
    const before = new OutcomesBefore(entries());
    await before.of('not there');
    let held = 0;
    for (let at = 0; at < 5_000; at++) held += (await before.of(`r${at}`))?.proofs.size ?? 0;
    expect(held).toBe(20_000);
    expect((await before.of('r4999'))?.proofs.size).toBe(0);
  });
});

/** As an endpoint answers that names no key material. */
function withoutMaterials(keys: KeyService): KeyService {
  return {
    pace: rate => keys.pace(rate),
    takeUsage: () => keys.takeUsage(),
    tryReEncrypt: request => keys.tryReEncrypt(request),
    reEncrypt: async request => {
      const answer = await keys.reEncrypt(request);
      if (answer.kind !== 're-encrypted') return answer;
      const [source, destination] = [answer.source, answer.destination].map(({ keyArn }) => ({ keyArn }));
      return { ...answer, source: source!, destination: destination! };
    },
  };
}
