import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import { isAsymmetric, type AsymmetricAlgorithm } from '../../lambda/core/model/key-use.ts';
import { Attempts } from '../../lambda/core/reencrypt/attempts.ts';
import type { AskOptions } from '../../lambda/core/reencrypt/ask-kms.ts';
import { reencryptPage, type PageAnswer } from '../../lambda/core/reencrypt/reencrypt-page.ts';
import type { Found } from '../../lambda/core/scan/find-data-keys.ts';
import { FOREIGN_KEY, item, NEW_KEY, OLD_KEY, planned, under } from '../support/builders.ts';
import { FakeKms } from '../support/fake-kms.ts';

const CONTEXT = { tenant: 'acme' };

function found(ciphertext: Uint8Array, changes: object = {}): Found {
  return {
    record: item('x', {}),
    finding: { kind: 'data-key', slot: 'edk', ciphertext, ...under(CONTEXT), ...changes },
  };
}

function options(kms: FakeKms, sources = [planned(OLD_KEY)], destination = planned(NEW_KEY)): AskOptions {
  const route = { type: 'direct', why: 'the test says so' } as const;
  return { keys: kms, attempts: new Attempts(sources, destination), destination, route, dryRun: false };
}

async function ask(kms: FakeKms, records: readonly Found[]): Promise<readonly PageAnswer[]> {
  return reencryptPage(records, options(kms));
}

describe('re-encrypting a page', () => {
  it('asks once for equal ciphertexts under equal contexts, and gives all of them the same new one', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(OLD_KEY, 'secret', CONTEXT);
    const answers = await ask(kms, [found(edk), found(Buffer.from(edk)), found(edk)]);
    expect(kms.calls).toHaveLength(1);
    const ciphertexts = answers.map(({ answer }) =>
      answer.kind === 're-encrypted' ? answer.reply.ciphertext : undefined,
    );
    expect(new Set(ciphertexts).size).toBe(1);
  });

  it('asks separately for equal ciphertexts under different contexts: one of them is wrong', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(OLD_KEY, 'secret', CONTEXT);
    const answers = await ask(kms, [found(edk), found(edk, under({ tenant: 'globex' }))]);
    expect(answers.map(({ answer }) => answer.kind)).toEqual(['re-encrypted', 'settled']);
    expect(answers[1]?.answer).toMatchObject({ outcome: { kind: 'unreadable' } });
  });

  it('keeps the encryption context, on both sides of the call', async () => {
    const kms = new FakeKms();
    await ask(kms, [found(kms.encrypt(OLD_KEY, 'secret', CONTEXT))]);
    expect(kms.calls[0]).toMatchObject({
      source: { keyArn: OLD_KEY, context: CONTEXT, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      destination: { keyArn: NEW_KEY, context: CONTEXT, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    });
  });

  it('calls a data key foreign only after every key of the allow-list was tried', async () => {
    const kms = new FakeKms();
    const [only] = await ask(kms, [found(kms.encrypt(FOREIGN_KEY, 'secret', CONTEXT))]);
    expect(only?.answer).toMatchObject({ outcome: { kind: 'foreign-key' } });
    expect(kms.calls.map(({ source }) => source.keyArn)).toEqual([OLD_KEY, NEW_KEY]);
  });

  it('takes no word of an asymmetric key that another one made a data key: its ciphertexts name neither key nor algorithm', async () => {
    const kms = new FakeKms();
    const rsa = (encryptionAlgorithm: AsymmetricAlgorithm) => planned(OLD_KEY, { encryptionAlgorithm });
    const sources = [rsa('RSAES_OAEP_SHA_1'), rsa('RSAES_OAEP_SHA_256')];
    kms.intercept = ({ source }) => (isAsymmetric(source) ? { kind: 'incorrect-key' } : undefined);
    const records = [found(kms.encrypt(FOREIGN_KEY, 'secret', CONTEXT))];
    const [only] = await reencryptPage(records, options(kms, sources));
    expect(only?.answer).toMatchObject({ outcome: { kind: 'unreadable' } });
    expect(kms.calls.map(({ source }) => source.encryptionAlgorithm)).toEqual([
      ...['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
      'SYMMETRIC_DEFAULT',
    ]);
  });

  it('writes nothing for a data key under the destination and its current key material', async () => {
    const kms = new FakeKms();
    const [only] = await ask(kms, [found(kms.encrypt(NEW_KEY, 'secret', CONTEXT))]);
    expect(only?.answer).toMatchObject({
      kind: 'settled',
      outcome: { kind: 'already-current', source: { keyArn: NEW_KEY } },
    });
  });

  it('moves a data key under the destination from older to current key material', async () => {
    const kms = new FakeKms();
    const edk = kms.encrypt(NEW_KEY, 'secret', CONTEXT);
    kms.rotate(NEW_KEY);
    const [only] = await ask(kms, [found(edk)]);
    expect(only?.answer.kind).toBe('re-encrypted');
  });

  it('tries the key of the last data key first, so that one call is usually enough in a second run as well', async () => {
    const kms = new FakeKms();
    const asked = options(kms);
    await reencryptPage([found(kms.encrypt(NEW_KEY, 'a', CONTEXT))], asked);
    kms.calls.length = 0;
    await reencryptPage(
      [found(kms.encrypt(NEW_KEY, 'b', CONTEXT)), found(kms.encrypt(NEW_KEY, 'c', CONTEXT))],
      asked,
    );
    expect(kms.calls.map(({ source }) => source.keyArn)).toEqual([NEW_KEY, NEW_KEY]);
  });

  it('reports a data key as failed when KMS did not answer, and continues with the others', async () => {
    const kms = new FakeKms();
    const lost = kms.encrypt(OLD_KEY, 'lost', CONTEXT);
    kms.intercept = ({ ciphertext }) =>
      ciphertext === lost ? { kind: 'unavailable', reason: 'KMS did not answer' } : undefined;
    const answers = await ask(kms, [found(lost), found(kms.encrypt(OLD_KEY, 'fine', CONTEXT))]);
    expect(
      answers.map(({ answer }) => (answer.kind === 'settled' ? answer.outcome.kind : answer.kind)),
    ).toEqual(['failed', 're-encrypted']);
  });

  it.each([
    ['another destination', { destination: { keyArn: FOREIGN_KEY } }],
    ['another source', { source: { keyArn: FOREIGN_KEY } }],
    ['another source algorithm', { sourceAlgorithm: 'RSAES_OAEP_SHA_1' }],
    ['another destination algorithm', { destinationAlgorithm: 'RSAES_OAEP_SHA_1' }],
    ['no ciphertext', { ciphertext: new Uint8Array() }],
    ['more than KMS makes', { ciphertext: new Uint8Array(6145) }],
  ])('does not believe a reply with %s', async (_, wrong) => {
    const kms = new FakeKms();
    kms.intercept = () => ({
      kind: 're-encrypted',
      ciphertext: Buffer.from('new'),
      source: { keyArn: OLD_KEY },
      destination: { keyArn: NEW_KEY },
      sourceAlgorithm: 'SYMMETRIC_DEFAULT',
      destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      requestIds: ['r'],
      ...wrong,
    });
    await expect(ask(kms, [found(kms.encrypt(OLD_KEY, 'secret', CONTEXT))])).rejects.toBeInstanceOf(
      PremiseBroken,
    );
  });
});
