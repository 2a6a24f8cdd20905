import fc from 'fast-check';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { PlannedKey } from '../../lambda/core/model/key-use.ts';
import type { ReEncryptAnswer, ReEncryptRequest } from '../../lambda/core/ports.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { FOREIGN_KEY, item, NEW_KEY, OLD_KEY, planned, scope } from '../support/builders.ts';
import { CHECKS_FIRST, type ChecksFirst } from '../support/fake-kms.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';

/** What AWS does not document about KMS, with both possible answers. Each test belongs to a question in docs/proof.md. */

const OTHER_KEY = 'arn:aws:kms:us-east-1:111122223333:key/44444444-4444-4444-4444-444444444444';
const KEYS = [OLD_KEY, OTHER_KEY, NEW_KEY, FOREIGN_KEY] as const;
const [WAS, SHALL, NOBODYS] = [{ app: 'shop' }, { app: 'shop', v: '2' }, { app: 'nobody' }] as const;

interface Changes {
  readonly sources?: readonly PlannedKey[];
  readonly destination?: PlannedKey;
  readonly dryRun?: boolean;
}

const of = ({ sources = [planned(OLD_KEY), planned(OTHER_KEY)], ...changes }: Changes = {}) =>
  scope({
    sources,
    ...changes,
    stores: [
      {
        type: 'dynamodb',
        table: 'Orders',
        format: {
          type: 'attribute',
          dataKey: 'edk',
          encryptionContext: WAS,
          destinationEncryptionContext: SHALL,
        },
      },
    ],
  });

interface Sealed {
  readonly keyArn: string;
  readonly context: Readonly<Record<string, string>>;
}

const put = (ports: FakePorts, sealed: readonly Sealed[]): void => {
  sealed.forEach(({ keyArn, context }, index) =>
    ports.records.put(
      item(`r${index}`, { edk: { B: ports.keys.encrypt(keyArn, `secret ${index}`, context) } }),
    ),
  );
};

/** Both passes of a run. */
async function run(ports: FakePorts, changes: Changes = {}) {
  const { books } = await migrateUnit(of(changes), ports);
  const { books: verified } = await verifyUnit(of(changes), { ...ports, archive: ports.journal });
  return { books, verified };
}

function under(checksFirst: ChecksFirst, sealed: readonly Sealed[]): FakePorts {
  const ports = fakePorts();
  ports.keys.checksFirst = checksFirst;
  put(ports, sealed);
  return ports;
}

const keyOf = ({ records }: FakePorts, id: string): string =>
  (
    JSON.parse(
      Buffer.from(
        (records.items.get(JSON.stringify({ id: { S: id } }))?.attributes['edk'] as { B: Uint8Array }).B,
      ).toString(),
    ) as Sealed
  ).keyArn;

describe.each(CHECKS_FIRST)('KMS that checks first, of key and context, %s:', checksFirst => {
  it('every source key is asked, whatever the keys before it have said', async () => {
    // The second record is asked with the destination key first, because the first one was under it.
    const ports = under(checksFirst, [
      { keyArn: NEW_KEY, context: SHALL },
      { keyArn: OLD_KEY, context: WAS },
      { keyArn: OTHER_KEY, context: WAS },
    ]);
    const { books, verified } = await run(ports);
    expect(books.outcomes).toEqual({ 'already-current': 1, rewrapped: 2 });
    expect(verified).toMatchObject({ outcomes: { 'already-current': 3 }, remaining: 0 });
  });

  it('one call is the rule for sound data keys', async () => {
    const sealed = Array.from({ length: 20 }, () => ({ keyArn: OLD_KEY, context: WAS }));
    const ports = under(checksFirst, sealed);
    await migrateUnit(of(), ports);
    expect(ports.keys.calls).toHaveLength(20);
  });

  it('nothing that a source key opens is ever proven, whatever lies in the store', async () => {
    const sealed = fc.record({
      keyArn: fc.constantFrom(...KEYS),
      context: fc.constantFrom(WAS, SHALL, NOBODYS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sealed, { minLength: 1, maxLength: 6 }), async all => {
        const ports = under(checksFirst, all);
        const { verified } = await run(ports);
        const needed = all.filter((_, index) => ![NEW_KEY, FOREIGN_KEY].includes(keyOf(ports, `r${index}`)));
        expect(verified.remaining).toBeGreaterThanOrEqual(needed.length);
        const readable = all.filter(({ keyArn, context }) => keyArn !== FOREIGN_KEY && context !== NOBODYS);
        expect(verified.outcomes['already-current'] ?? 0).toBe(readable.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('of a ciphertext of a key that is none of the job,', () => {
  const foreign = [{ keyArn: FOREIGN_KEY, context: WAS }];

  it.each(['key', 'context'] as const)(
    'KMS that checks the %s first says that another key made it',
    async first => {
      const { verified } = await run(under(first, foreign));
      expect(verified).toMatchObject({ outcomes: { 'foreign-key': 1 }, remaining: 0 });
    },
  );

  it('KMS that says only that it does not open leaves it in doubt', async () => {
    const { books, verified } = await run(under('neither', foreign));
    expect(books.failures[0]).toMatchObject({
      outcome: 'unreadable',
      reason: `KMS cannot open it with ${OLD_KEY}, ${OTHER_KEY}, ${NEW_KEY}: corrupt, or under another encryption context or another key`,
    });
    expect(verified).toMatchObject({ outcomes: { unreadable: 1 }, remaining: 1 });
  });

  it('one key that has not said that another key made it is enough for a doubt', async () => {
    const ports = under('key', foreign);
    ports.keys.intercept = saying(({ source }) => source.keyArn === OTHER_KEY, {
      kind: 'invalid-ciphertext',
    });
    const { books, verified } = await run(ports);
    expect([books.outcomes, verified.remaining]).toEqual([{ unreadable: 1 }, 1]);
  });

  it('KMS that denies it is asked with the other keys, and leaves it in doubt with its words', async () => {
    const ports = under('key', foreign);
    const denied = { kind: 'denied', reason: 'KMS denies it' } as const;
    ports.keys.intercept = saying(({ source }) => source.keyArn === OLD_KEY, denied);
    const { books, verified } = await run(ports);
    expect(books.failures[0]).toMatchObject({ outcome: 'blocked', reason: 'KMS denies it' });
    expect(new Set(ports.keys.calls.map(({ source }) => source.keyArn))).toContain(OTHER_KEY);
    expect(verified.remaining).toBe(1);
  });
});

function saying(
  when: (request: ReEncryptRequest) => boolean,
  answer: ReEncryptAnswer,
): (request: ReEncryptRequest) => ReEncryptAnswer | undefined {
  return request => (when(request) ? answer : undefined);
}

describe('a data key that KMS denies', () => {
  const denied = { kind: 'denied', reason: 'KMS denies it' } as const;

  it('with one key is moved with another that opens it', async () => {
    const ports = under('key', [{ keyArn: OTHER_KEY, context: WAS }]);
    ports.keys.intercept = saying(({ source }) => source.keyArn === OLD_KEY, denied);
    const { books, verified } = await run(ports);
    expect([books.outcomes, verified.remaining]).toEqual([{ rewrapped: 1 }, 0]);
  });

  it('under one context of several is found under another', async () => {
    const ports = under('key', [{ keyArn: NEW_KEY, context: WAS }]);
    ports.keys.intercept = saying(({ source }) => 'v' in source.context, denied);
    const { books } = await migrateUnit(of(), ports);
    expect(books.outcomes).toEqual({ rewrapped: 1 });
  });

  it('in the verify pass is that record alone, and in doubt', async () => {
    const ports = under('key', [
      { keyArn: OLD_KEY, context: WAS },
      { keyArn: OLD_KEY, context: WAS },
    ]);
    await migrateUnit(of(), ports);
    const first = Buffer.from(
      (ports.records.items.get(JSON.stringify({ id: { S: 'r0' } }))?.attributes['edk'] as { B: Uint8Array })
        .B,
    );
    ports.keys.intercept = saying(({ ciphertext }) => first.equals(ciphertext), denied);
    const { books } = await verifyUnit(of(), { ...ports, archive: ports.journal });
    expect(books).toMatchObject({ outcomes: { blocked: 1, 'already-current': 1 }, remaining: 1 });
  });
});

describe('answers that name no key material', () => {
  const NOT_TOLD = 'KMS does not name the key material that it is under';
  const within = { sources: [planned(OLD_KEY)], destination: planned(OLD_KEY) };
  const unnamed = (sealed: readonly Sealed[]): FakePorts => {
    const ports = fakePorts();
    ports.keys.namesMaterials = false;
    put(ports, sealed);
    return ports;
  };

  it('are no proof of a job that moves data keys to new material of their key', async () => {
    const ports = unnamed([{ keyArn: OLD_KEY, context: SHALL }]);
    ports.keys.rotate(OLD_KEY);
    const { books, verified } = await run(ports, within);
    expect(books.failures[0]).toMatchObject({
      outcome: 'blocked',
      reason: expect.stringContaining(NOT_TOLD),
    });
    expect([ports.records.writes, books.remaining]).toEqual([[], 1]);
    expect(verified).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
    expect(verified.failures[0]?.reason).toContain(NOT_TOLD);
  });

  it.each([
    ['the source', 'source'],
    ['the destination', 'destination'],
  ] as const)('of %s only are no proof either', async (_, side) => {
    const ports = fakePorts();
    put(ports, [{ keyArn: OLD_KEY, context: SHALL }]);
    const { keys } = ports;
    const forgetful = {
      tryReEncrypt: (request: ReEncryptRequest) => keys.tryReEncrypt(request),
      pace: () => undefined,
      takeUsage: () => keys.takeUsage(),
      reEncrypt: async (request: ReEncryptRequest): Promise<ReEncryptAnswer> => {
        const answer = await keys.reEncrypt(request);
        return answer.kind === 're-encrypted'
          ? { ...answer, [side]: { keyArn: answer[side].keyArn } }
          : answer;
      },
    };
    const { books } = await verifyUnit(of(within), { ...ports, keys: forgetful, archive: ports.journal });
    expect(books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
  });

  it('do no harm to a job with another destination key: any material of it does without the source key', async () => {
    const ports = unnamed([
      { keyArn: OLD_KEY, context: WAS },
      { keyArn: NEW_KEY, context: SHALL },
    ]);
    const { books, verified } = await run(ports);
    expect(books.outcomes).toEqual({ rewrapped: 1, 'already-current': 1 });
    expect(verified).toMatchObject({ outcomes: { 'already-current': 2 }, remaining: 0 });
  });

  it('are what a key has that can have one material only: there is nothing to tell', async () => {
    const key = planned(OLD_KEY, { oneMaterial: true });
    const ports = unnamed([{ keyArn: OLD_KEY, context: SHALL }]);
    const { books, verified } = await run(ports, { sources: [key], destination: key });
    expect(books.outcomes).toEqual({ 'already-current': 1 });
    expect(verified.remaining).toBe(0);
  });

  it('are what a dry run always has: within one key it says that it cannot know', async () => {
    const ports = fakePorts();
    put(ports, [{ keyArn: OLD_KEY, context: SHALL }]);
    const { plan, ...rest } = of({ ...within, dryRun: true });
    const { books } = await migrateUnit({ ...rest, plan: { ...plan, mode: 'census' } }, ports);
    expect(books.outcomes).toEqual({ 'to-rewrap': 1 });
  });
});
