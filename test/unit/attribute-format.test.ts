import fc from 'fast-check';
import { parsePattern, placeText } from '../../lambda/core/places/pattern.ts';
import { placeOf } from '../../lambda/formats/attribute/place.ts';
import { attributeFormat } from '../../lambda/formats/attribute/index.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { bound } from '../support/bound.ts';
import { item, NEW_KEY, OLD_KEY, under } from '../support/builders.ts';

const CONFIG = {
  type: 'attribute',
  dataKey: 'envelope.keys[0].edk',
  encoding: 'binary',
  keyArn: 'envelope.keyArn',
  encryptionContext: {
    purpose: 'orders',
    tenant: { attribute: 'tenant' },
    id: { keyAttribute: 'id' },
    count: { attribute: 'count' },
  },
};
const edk = Buffer.from('old');

function order(changes: Parameters<typeof item>[1] = {}): ReturnType<typeof item> {
  return item('o-1', {
    tenant: { S: 'acme' },
    count: { N: '7' },
    envelope: {
      M: { keys: { L: [{ M: { edk: { B: edk } } }] }, keyArn: { S: OLD_KEY }, algorithm: { S: 'AES' } },
    },
    ...changes,
  });
}

const format = bound(attributeFormat, CONFIG);

describe('the format attribute', () => {
  it('reads a nested data key, with its context from constants, attributes and key attributes', () => {
    expect(format.read(order())).toEqual([
      {
        kind: 'data-key',
        slot: 'envelope.keys[0].edk',
        path: ['envelope', 'keys', 0, 'edk'],
        ciphertext: edk,
        recordedKeyArn: OLD_KEY,
        ...under({ purpose: 'orders', tenant: 'acme', id: 'o-1', count: '7' }),
      },
    ]);
  });

  it('finds nothing if the attribute is missing: a record may hold no data key', () => {
    expect(format.read(order({ envelope: { M: {} } }))).toEqual([]);
  });

  it('names the missing attribute of a context, and still hands out the ciphertext to be asked about', () => {
    const { tenant: _, ...attributes } = order().attributes;
    const [finding] = format.read({ ...order(), attributes });
    expect(finding).toMatchObject({
      kind: 'unreadable',
      reason: "encryption context 'tenant' cannot be built: the item has no attribute tenant",
      ciphertext: edk,
    });
  });

  it.each([
    ['of another type', { S: 'text' }, 'is of type S; the job says binary, type B'],
    [
      'longer than KMS makes them',
      { B: new Uint8Array(6145) },
      'has 6145 bytes; a KMS ciphertext has at most 6144',
    ],
  ])('calls a data key unreadable that is %s', (_, value, words) => {
    const [finding] = format.read(order({ envelope: { M: { keys: { L: [{ M: { edk: value } }] } } } }));
    expect(finding).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(words) });
  });

  it('replaces the data key and the key ARN beside it, on condition of what they replace, and nothing else', () => {
    const change = format.replace(order(), [
      {
        slot: 'envelope.keys[0].edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    const slots = ['envelope.keys[0].edk'];
    expect(change).toEqual([
      {
        path: ['envelope', 'keys', 0, 'edk'],
        ...{ before: { B: edk }, after: { B: Buffer.from('new') }, role: 'data-key', slots },
      },
      {
        path: ['envelope', 'keyArn'],
        ...{ before: { S: OLD_KEY }, after: { S: NEW_KEY }, role: 'companion', slots },
      },
    ]);
  });

  it('never adds a key ARN to a record that has none', () => {
    const record = order({ envelope: { M: { keys: { L: [{ M: { edk: { B: edk } } }] } } } });
    const change = format.replace(record, [
      {
        slot: 'envelope.keys[0].edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(change.map(({ path }) => path)).toEqual([['envelope', 'keys', 0, 'edk']]);
  });

  it('reads the algorithm that the record names, and writes that of the new data key, even where none was', () => {
    const asymmetric = bound(attributeFormat, {
      type: 'attribute',
      dataKey: 'edk',
      encryptionAlgorithm: 'algorithm',
    });
    const named = asymmetric.read(item('x', { edk: { B: edk }, algorithm: { S: 'RSAES_OAEP_SHA_1' } }));
    expect(named).toMatchObject([{ recordedAlgorithm: 'RSAES_OAEP_SHA_1' }]);
    const [unnamed] = asymmetric.read(item('x', { edk: { B: edk } }));
    expect(unnamed).not.toHaveProperty('recordedAlgorithm');
    const change = asymmetric.replace(item('x', { edk: { B: edk } }), [
      {
        slot: 'edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'RSAES_OAEP_SHA_256',
      },
    ]);
    expect(change).toContainEqual({
      path: ['algorithm'],
      ...{ before: undefined, after: { S: 'RSAES_OAEP_SHA_256' }, role: 'companion', slots: ['edk'] },
    });
  });

  it('builds the context to encrypt under beside the one that was encrypted under', () => {
    const changing = bound(attributeFormat, {
      type: 'attribute',
      dataKey: 'edk',
      encryptionContext: { tenant: { attribute: 'tenant' } },
      destinationEncryptionContext: { tenant: { attribute: 'tenant' }, id: { keyAttribute: 'id' } },
    });
    expect(changing.read(item('x', { edk: { B: edk }, tenant: { S: 'acme' } }))).toMatchObject([
      under({ tenant: 'acme' }, { tenant: 'acme', id: 'x' }),
    ]);
    expect(changing.contextNames).toEqual({
      source: ['tenant'],
      destination: ['tenant', 'id'],
      templates: 1,
    });
  });

  it('cannot write a new data key into a map that is not there, and says so before KMS is asked', () => {
    const beside = bound(attributeFormat, {
      type: 'attribute',
      dataKey: 'edk',
      writeTo: { dataKey: 'europe.edk' },
    });
    expect(beside.read(item('x', { edk: { B: edk } }))).toEqual([
      {
        kind: 'unsupported',
        slot: 'edk',
        path: ['edk'],
        reason: 'the item has no map europe to write the new data key to',
      },
    ]);
    expect(beside.read(item('x', { edk: { B: edk }, europe: { M: {} } }))).toMatchObject([
      { kind: 'data-key', writeTo: { slot: 'europe.edk', stale: false } },
    ]);
  });

  it('expects the place of the new data key to be as it was read: empty, or with the bytes that lay there', () => {
    const beside = bound(attributeFormat, { type: 'attribute', dataKey: 'edk', writeTo: { dataKey: 'new' } });
    const replacement = {
      slot: 'edk',
      ciphertext: Buffer.from('new'),
      destination: { keyArn: NEW_KEY },
      destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const,
    };
    const expected = (record: ItemRecord) => {
      const { path, before } = beside.replace(record, [replacement])[1]!;
      return { path, before };
    };
    expect(expected(item('x', { edk: { B: edk } }))).toEqual({ path: ['new'], before: undefined });
    expect(expected(item('x', { edk: { B: edk }, new: { B: Buffer.from('old copy') } }))).toEqual({
      path: ['new'],
      before: { B: Buffer.from('old copy') },
    });
  });

  it('reads what it writes, byte for byte, in either encoding', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.constantFrom('binary' as const, 'base64' as const),
        (before, after, encoding) => {
          const flat = bound(attributeFormat, { type: 'attribute', dataKey: 'edk', encoding });
          const stored =
            encoding === 'binary' ? { B: before } : { S: Buffer.from(before).toString('base64') };
          const record = item('x', { edk: stored });
          const [found] = flat.read(record);
          expect(found).toMatchObject({ kind: 'data-key' });
          expect(Buffer.from((found as { ciphertext: Uint8Array }).ciphertext)).toEqual(Buffer.from(before));
          const change = flat.replace(record, [
            {
              slot: 'edk',
              ciphertext: after,
              destination: { keyArn: NEW_KEY },
              destinationAlgorithm: 'SYMMETRIC_DEFAULT',
            },
          ]);
          const [again] = flat.read(item('x', { edk: change[0]!.after! }));
          expect(Buffer.from((again as { ciphertext: Uint8Array }).ciphertext)).toEqual(Buffer.from(after));
        },
      ),
    );
  });

  it.each(['AQID=', 'AQI==', ' AQID', 'AQ_D'])('calls %j unreadable: it is no standard base64', text => {
    const [finding] = bound(attributeFormat, { type: 'attribute', dataKey: 'edk', encoding: 'base64' }).read(
      item('x', { edk: { S: text } }),
    );
    expect(finding).toMatchObject({ kind: 'unreadable', reason: 'attribute edk is not standard base64' });
  });
});

describe('an attribute path', () => {
  it('comes back from its text as it was', () => {
    const step = fc.oneof(fc.stringMatching(/^[^.[\]]{1,8}$/), fc.nat({ max: 99 }));
    fc.assert(
      fc.property(fc.stringMatching(/^[^.[\]]{1,8}$/), fc.array(step, { maxLength: 5 }), (first, rest) =>
        expect(parsePattern(placeText([first, ...rest]))).toEqual([first, ...rest]),
      ),
    );
  });

  it.each(['', '.a', 'a.', 'a..b', '[0]', 'a[x]', 'a[0', 'a.[0]', 'a[0]b'])('is not %j', text =>
    expect(placeOf(text)).toBeUndefined(),
  );
});
