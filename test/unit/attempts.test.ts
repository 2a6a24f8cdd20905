import type { DataKey } from '../../lambda/core/model/data-key.ts';
import { Attempts } from '../../lambda/core/reencrypt/attempts.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY, planned, under } from '../support/builders.ts';

const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/old';
const PRIMARY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
const REPLICA = PRIMARY.replace('us-east-1', 'eu-west-1');
const CONTEXT = { tenant: 'acme' };

function dataKey(changes: Partial<DataKey> = {}): DataKey {
  return {
    kind: 'data-key',
    slot: 'edk',
    ciphertext: new Uint8Array(184),
    ...under(CONTEXT),
    ...changes,
  };
}

const keysOf = (attempts: Attempts, changes: Partial<DataKey> = {}): readonly string[] =>
  attempts.for(dataKey(changes)).map(({ keyArn }) => keyArn);

describe('the keys that a data key is tried under', () => {
  it('are the sources in the order of the job, then the destination', () => {
    const attempts = new Attempts([planned(OLD_KEY), planned(FOREIGN_KEY)], planned(NEW_KEY));
    expect(keysOf(attempts)).toEqual([OLD_KEY, FOREIGN_KEY, NEW_KEY]);
  });

  it('begin with the one that the record names, and only if the allow-list has it', () => {
    const attempts = new Attempts([planned(OLD_KEY), planned(FOREIGN_KEY)], planned(NEW_KEY));
    expect(keysOf(attempts, { recordedKeyArn: FOREIGN_KEY })).toEqual([FOREIGN_KEY, OLD_KEY, NEW_KEY]);
    expect(keysOf(attempts, { recordedKeyArn: 'arn:aws:kms:us-east-1:999999999999:key/x' })).toEqual([
      OLD_KEY,
      FOREIGN_KEY,
      NEW_KEY,
    ]);
  });

  it.each([
    ['its alias, as the job writes it', ALIAS, OLD_KEY],
    ['its key id', OLD_KEY.split('/')[1]!, OLD_KEY],
    ['the same multi-Region key in another Region', PRIMARY, REPLICA],
  ])('take a record at its word that names the key by %s', (_, recordedKeyArn, first) => {
    const sources = [
      planned(FOREIGN_KEY),
      planned(OLD_KEY, { alsoKnownAs: [ALIAS] }),
      planned(REPLICA, { alsoKnownAs: [PRIMARY] }),
    ];
    expect(keysOf(new Attempts(sources, planned(NEW_KEY)), { recordedKeyArn })[0]).toBe(first);
  });

  it('begin with the last one that fitted if the record names none', () => {
    const attempts = new Attempts([planned(OLD_KEY), planned(FOREIGN_KEY)], planned(NEW_KEY));
    attempts.remember(attempts.for(dataKey())[1]!);
    expect(keysOf(attempts)).toEqual([FOREIGN_KEY, OLD_KEY, NEW_KEY]);
    expect(keysOf(attempts, { recordedKeyArn: NEW_KEY })).toEqual([NEW_KEY, FOREIGN_KEY, OLD_KEY]);
  });

  it('leave out RSA keys that make no ciphertext of this length, and ask nothing where none is left', () => {
    const rsa = { encryptionAlgorithm: 'RSAES_OAEP_SHA_256', ciphertextBytes: 256 } as const;
    const mixed = new Attempts([planned(OLD_KEY, rsa), planned(FOREIGN_KEY)], planned(NEW_KEY));
    expect(keysOf(mixed)).toEqual([FOREIGN_KEY, NEW_KEY]);
    expect(keysOf(mixed, { ciphertext: new Uint8Array(256) })).toEqual([OLD_KEY, FOREIGN_KEY, NEW_KEY]);
    expect(keysOf(new Attempts([planned(OLD_KEY, rsa)], planned(NEW_KEY, rsa)))).toEqual([]);
  });

  it('are asked whatever the length if it varies, as with SM2 ciphertexts, and with SM2PKE', () => {
    const sm2 = planned(OLD_KEY, { encryptionAlgorithm: 'SM2PKE' });
    expect(new Attempts([sm2], planned(NEW_KEY)).for(dataKey())).toMatchObject([
      { keyArn: OLD_KEY, encryptionAlgorithm: 'SM2PKE', context: {} },
      { keyArn: NEW_KEY },
    ]);
  });

  it('are asked with the algorithm that the record names, if the key supports it', () => {
    const rsa = planned(OLD_KEY, { encryptionAlgorithm: 'RSAES_OAEP_SHA_256' });
    const [source, destination] = new Attempts([rsa], planned(NEW_KEY)).for(
      dataKey({ recordedAlgorithm: 'RSAES_OAEP_SHA_1' }),
    );
    expect([source?.encryptionAlgorithm, destination?.encryptionAlgorithm]).toEqual([
      'RSAES_OAEP_SHA_1',
      'SYMMETRIC_DEFAULT',
    ]);
  });

  it('are asked without a context if they are asymmetric', () => {
    const rsa = planned(OLD_KEY, { encryptionAlgorithm: 'RSAES_OAEP_SHA_256' });
    const contexts = new Attempts([rsa], planned(NEW_KEY)).for(dataKey()).map(({ context }) => context);
    expect(contexts).toEqual([{}, CONTEXT]);
  });

  it('are asked with the old context as a source, and with the new one as the destination', () => {
    const shall = { tenant: 'acme', purpose: 'orders' };
    const changed = dataKey(under(CONTEXT, shall));
    expect(new Attempts([planned(OLD_KEY)], planned(OLD_KEY)).for(changed)).toMatchObject([
      { keyArn: OLD_KEY, side: 'source', context: CONTEXT, shall },
      { keyArn: OLD_KEY, side: 'destination', context: shall, shall },
    ]);
  });

  it('are asked with the other side of the job, too: an application may have changed one of key and context', () => {
    const shall = { purpose: 'orders' };
    const asked = new Attempts([planned(OLD_KEY)], planned(NEW_KEY)).for(dataKey(under(CONTEXT, shall)));
    expect(asked.map(({ keyArn, side, context }) => [keyArn, side, context])).toEqual([
      [OLD_KEY, 'source', CONTEXT],
      [OLD_KEY, 'source', shall],
      [NEW_KEY, 'destination', shall],
      [NEW_KEY, 'source', CONTEXT],
    ]);
  });

  it('are asked with each context of the job, first with the one that fitted last', () => {
    const [none, shop] = [{}, { app: 'shop' }];
    const contexts = [none, shop].map(context => ({ source: context, destination: context }));
    const either = dataKey({ contexts, readerContexts: [none, shop] });
    const attempts = new Attempts([planned(OLD_KEY)], planned(NEW_KEY));
    const asked = (): readonly unknown[] =>
      attempts.for(either).map(({ context, shall }) => [context, shall]);
    expect(asked()).toEqual([none, shop, none, shop].map(context => [context, context]));
    attempts.remember(attempts.for(either)[1]!);
    expect(asked()[0]).toEqual([shop, shop]);
  });

  it('leave out source keys that KMS would refuse to use, and remember them', () => {
    const disabled = planned(OLD_KEY, { unusable: 'is disabled' });
    const attempts = new Attempts([disabled], planned(NEW_KEY));
    expect(keysOf(attempts)).toEqual([NEW_KEY]);
    expect(attempts.unusable).toEqual([disabled]);
  });

  it('are one if source and destination are the same key and context: what it opens is already up to date', () => {
    expect(new Attempts([planned(OLD_KEY)], planned(OLD_KEY)).for(dataKey())).toMatchObject([
      { keyArn: OLD_KEY, side: 'destination' },
    ]);
  });
});
