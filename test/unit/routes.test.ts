import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { DataKey } from '../../lambda/core/model/data-key.ts';
import type { PlannedKey } from '../../lambda/core/model/key-use.ts';
import type { PlannedRoute } from '../../lambda/core/model/route.ts';
import type { ReEncryptAnswer } from '../../lambda/core/ports.ts';
import { askKms, type Answer } from '../../lambda/core/reencrypt/ask-kms.ts';
import { Attempts } from '../../lambda/core/reencrypt/attempts.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY, planned, under } from '../support/builders.ts';
import { FakeKms } from '../support/fake-kms.ts';

const CONTEXT = { tenant: 'acme' };
const CHANGED = { tenant: 'acme', purpose: 'orders' };
const EUROPEAN_KEY = NEW_KEY.replace('us-east-1', 'eu-west-1');
const BRIDGE = {
  sourceRegionArn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-33333333333333333333333333333333',
  destinationRegionArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-33333333333333333333333333333333',
};
const DIRECT: PlannedRoute = { type: 'direct', why: '' };
const OVER_BRIDGE: PlannedRoute = { type: 'bridge', why: '', bridge: BRIDGE };

interface Asked {
  readonly sources?: readonly PlannedKey[];
  readonly destination?: PlannedKey;
  readonly route?: PlannedRoute;
  readonly dryRun?: boolean;
  readonly mustWrite?: boolean;
  readonly dataKey?: Partial<DataKey>;
}

function ask(kms: FakeKms, ciphertext: Uint8Array, asked: Asked = {}): Promise<Answer> {
  const { sources = [planned(OLD_KEY)], destination = planned(NEW_KEY), route = DIRECT } = asked;
  const dataKey: DataKey = {
    kind: 'data-key',
    slot: 'edk',
    ciphertext,
    ...under(CONTEXT),
    ...asked.dataKey,
  };
  return askKms(
    { dataKey, mustWrite: asked.mustWrite ?? false },
    {
      keys: kms,
      attempts: new Attempts(sources, destination),
      destination,
      route,
      dryRun: asked.dryRun ?? false,
    },
  );
}

const outcomeOf = (answer: Answer): string =>
  answer.kind === 'settled' ? answer.outcome.kind : 'to be written';
const hops = (kms: FakeKms): readonly (readonly [string, string])[] =>
  kms.calls.map(({ source, destination }) => [source.keyArn, destination.keyArn] as const);

describe('the route over a bridge key', () => {
  const asked = { destination: planned(EUROPEAN_KEY), route: OVER_BRIDGE };

  it('is two hops, each within a Region, and keeps the data key', async () => {
    const kms = new FakeKms();
    const answer = await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), asked);
    if (answer.kind !== 're-encrypted') throw new Error('not re-encrypted');
    expect(hops(kms)).toEqual([
      [OLD_KEY, BRIDGE.sourceRegionArn],
      [BRIDGE.destinationRegionArn, EUROPEAN_KEY],
    ]);
    expect(kms.decrypt(answer.reply.ciphertext, CONTEXT)).toEqual({
      keyArn: EUROPEAN_KEY,
      plaintext: 'secret',
    });
    expect(answer.reply).toMatchObject({
      source: { keyArn: OLD_KEY },
      destination: { keyArn: EUROPEAN_KEY },
    });
    expect(answer.reply.requestIds).toHaveLength(2);
  });

  it('changes the context on its last hop', async () => {
    const kms = new FakeKms();
    const dataKey = under(CONTEXT, CHANGED);
    await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), { ...asked, dataKey });
    expect(kms.calls.map(({ source, destination }) => [source.context, destination.context])).toEqual([
      [CONTEXT, CONTEXT],
      [CONTEXT, CHANGED],
    ]);
  });

  it('is not taken by a data key that is already at the destination: one call is enough to know', async () => {
    const kms = new FakeKms();
    const dataKey = { recordedKeyArn: EUROPEAN_KEY };
    const answer = await ask(kms, kms.encrypt(EUROPEAN_KEY, 'secret', CONTEXT), { ...asked, dataKey });
    expect([outcomeOf(answer), hops(kms)]).toEqual(['already-current', [[EUROPEAN_KEY, EUROPEAN_KEY]]]);
  });

  it('goes no further with what its first hop cannot open', async () => {
    const kms = new FakeKms();
    expect(outcomeOf(await ask(kms, kms.encrypt(FOREIGN_KEY, 'secret', CONTEXT), asked))).toBe('foreign-key');
    expect(outcomeOf(await ask(kms, Buffer.from('garbage'), asked))).toBe('unreadable');
    expect(kms.calls.filter(({ source }) => source.keyArn === BRIDGE.destinationRegionArn)).toEqual([]);
  });

  it('stops the run if the second hop cannot open what the first one made: there is no replica', async () => {
    const kms = new FakeKms();
    kms.intercept = ({ source }): ReEncryptAnswer | undefined =>
      source.keyArn === BRIDGE.destinationRegionArn ? { kind: 'incorrect-key' } : undefined;
    const work = ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), asked);
    await expect(work).rejects.toBeInstanceOf(PremiseBroken);
    await expect(work).rejects.toThrow('check that it is a replica of that key');
  });

  it('fails for one data key if the second hop gets no answer', async () => {
    const kms = new FakeKms();
    kms.intercept = ({ source }): ReEncryptAnswer | undefined =>
      source.keyArn === BRIDGE.destinationRegionArn
        ? { kind: 'unavailable', reason: 'no answer' }
        : undefined;
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), asked))).toBe('failed');
  });
});

describe('a new encryption context under the same key', () => {
  const asked = {
    sources: [planned(OLD_KEY)],
    destination: planned(OLD_KEY),
    dataKey: under(CONTEXT, CHANGED),
  };

  it('is written for data keys under the old one', async () => {
    const kms = new FakeKms();
    const answer = await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), asked);
    if (answer.kind !== 're-encrypted') throw new Error('not re-encrypted');
    expect(kms.decrypt(answer.reply.ciphertext, CHANGED)?.plaintext).toBe('secret');
    expect(kms.calls).toHaveLength(1);
  });

  it('is left alone if it exists already', async () => {
    const kms = new FakeKms();
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', CHANGED), asked))).toBe('already-current');
  });

  it('is not written for data keys under a third one, which are unreadable', async () => {
    const kms = new FakeKms();
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', {}), asked))).toBe('unreadable');
  });
});

describe('asymmetric keys', () => {
  const rsa = (keyArn: string): PlannedKey => planned(keyArn, { encryptionAlgorithm: 'RSAES_OAEP_SHA_256' });

  it('cannot tell another key from a corrupt ciphertext, so the others are asked, too', async () => {
    const kms = new FakeKms();
    const sources = [rsa(FOREIGN_KEY), rsa(OLD_KEY)];
    const answer = await ask(kms, kms.encrypt(OLD_KEY, 'secret', {}), { sources });
    expect(outcomeOf(answer)).toBe('to be written');
    expect(kms.calls).toHaveLength(2);
  });

  it('are asked even after a symmetric key has found the bytes invalid', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(OLD_KEY, 'secret', {});
    kms.intercept = ({ source }): ReEncryptAnswer | undefined =>
      source.encryptionAlgorithm === 'SYMMETRIC_DEFAULT' ? { kind: 'invalid-ciphertext' } : undefined;
    const answer = await ask(kms, edk, { sources: [planned(FOREIGN_KEY), rsa(OLD_KEY)] });
    expect(outcomeOf(answer)).toBe('to be written');
  });

  it('leave a ciphertext that none of them opens unreadable', async () => {
    const kms = new FakeKms();
    expect(
      outcomeOf(
        await ask(kms, Buffer.from('garbage'), { sources: [rsa(OLD_KEY)], destination: rsa(NEW_KEY) }),
      ),
    ).toBe('unreadable');
  });

  it('have no key material, and a data key under the destination is current', async () => {
    const kms = new FakeKms();
    const answer = await ask(kms, kms.encrypt(NEW_KEY, 'secret', {}), { destination: rsa(NEW_KEY) });
    expect(answer).toMatchObject({
      kind: 'settled',
      outcome: { kind: 'already-current', source: { keyArn: NEW_KEY } },
    });
  });

  it('name a data key that is too long for them, and stop nothing', async () => {
    const kms = new FakeKms();
    kms.intercept = () => ({ kind: 'rejected' });
    const answer = await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), { destination: rsa(NEW_KEY) });
    expect(answer).toMatchObject({
      outcome: {
        kind: 'unsupported',
        reason: expect.stringContaining('too long for RSAES_OAEP_SHA_256'),
      },
    });
  });
});

describe('which answers rule out which keys', () => {
  it('a symmetric key that finds the bytes invalid rules out no other key: it may not have checked whose they are', async () => {
    const kms = new FakeKms();
    const sources = [planned(OLD_KEY), planned(FOREIGN_KEY)];
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', {}), { sources }))).toBe('unreadable');
    expect(kms.calls.map(({ source }) => source.keyArn)).toEqual([OLD_KEY, FOREIGN_KEY, NEW_KEY]);
  });

  it('a key that says another key made it says so for every context, and is not asked again with others', async () => {
    const kms = new FakeKms();
    const dataKey = under({}, CONTEXT);
    await ask(kms, kms.encrypt(FOREIGN_KEY, 'secret', CONTEXT), { dataKey });
    expect(kms.calls.map(({ source }) => source.keyArn)).toEqual([OLD_KEY, NEW_KEY]);
  });
});

describe('a dry run', () => {
  it('makes no ciphertext, and says what would become of a data key', async () => {
    const kms = new FakeKms();
    const dry = { dryRun: true };
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), dry))).toBe('to-rewrap');
    expect(outcomeOf(await ask(kms, kms.encrypt(NEW_KEY, 'secret', CONTEXT), dry))).toBe('already-current');
    expect(outcomeOf(await ask(kms, kms.encrypt(FOREIGN_KEY, 'secret', CONTEXT), dry))).toBe('foreign-key');
    expect(outcomeOf(await ask(kms, kms.encrypt(OLD_KEY, 'secret', {}), dry))).toBe('unreadable');
    expect(kms.calls).toEqual([]);
  });

  it('over the bridge is a dry run of its first hop', async () => {
    const kms = new FakeKms();
    const asked = { destination: planned(EUROPEAN_KEY), route: OVER_BRIDGE, dryRun: true };
    await ask(kms, kms.encrypt(OLD_KEY, 'secret', CONTEXT), asked);
    expect(kms.tried.map(({ destination }) => destination.keyArn)).toEqual([BRIDGE.sourceRegionArn]);
  });
});

describe('a data key that must be written, because its place is empty', () => {
  it('is written even if it is current', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(NEW_KEY, 'secret', CONTEXT);
    expect(outcomeOf(await ask(kms, edk, { mustWrite: true }))).toBe('to be written');
  });
});
