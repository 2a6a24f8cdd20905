import fc from 'fast-check';
import { changed } from '../../lambda/core/places/changed.ts';
import { objectMetadataFormat } from '../../lambda/formats/object-metadata/index.ts';
import { bound } from '../support/bound.ts';
import { NEW_KEY, object, OLD_KEY, under } from '../support/builders.ts';

const format = bound(objectMetadataFormat, {
  type: 'object-metadata',
  dataKey: 'data-key',
  keyArn: 'key-arn',
  encryptionContext: { purpose: 'documents', tenant: { metadata: 'tenant' }, key: { objectKey: true } },
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the format object-metadata', () => {
  it('reads the data key and its context from constants, metadata and the object key', () => {
    const [finding] = format.read(
      object('a/b', { 'data-key': base64('old'), tenant: 'acme', 'key-arn': OLD_KEY }),
    );
    expect(finding).toEqual({
      kind: 'data-key',
      slot: 'data-key',
      path: ['data-key'],
      ciphertext: Buffer.from('old'),
      recordedKeyArn: OLD_KEY,
      ...under({ purpose: 'documents', tenant: 'acme', key: 'a/b' }),
    });
  });

  it('finds nothing in an object without the entry', () =>
    expect(format.read(object('a', { tenant: 'acme' }))).toEqual([]));

  it('names what a context lacks', () => {
    expect(format.read(object('a', { 'data-key': base64('old') }))).toMatchObject([
      {
        kind: 'unreadable',
        reason: "encryption context 'tenant' cannot be built: the object has no metadata tenant",
      },
    ]);
  });

  it('makes contexts of tags, and says that it needs them', () => {
    const tagged = bound(objectMetadataFormat, {
      type: 'object-metadata',
      dataKey: 'data-key',
      encryptionContext: { project: { tag: 'Project' } },
    });
    expect([tagged.needs, format.needs]).toEqual([['tags'], []]);
    const held = { 'data-key': base64('old') };
    expect(tagged.read(object('a', held, { tags: { Project: 'x' } }))).toMatchObject([
      under({ project: 'x' }),
    ]);
    expect(tagged.read(object('a', held, { tags: {} }))).toMatchObject([
      {
        kind: 'unreadable',
        reason: "encryption context 'project' cannot be built: the object has no tag Project",
      },
    ]);
  });

  it('writes beside the old data key, with the digest of what the new one was made from', () => {
    const beside = bound(objectMetadataFormat, {
      type: 'object-metadata',
      dataKey: 'data-key',
      writeTo: { dataKey: 'new-key', keyArn: 'new-key-arn', sourceDigest: 'new-key-of' },
    });
    const before = object('a', { 'data-key': base64('old'), other: 'kept' });
    const change = beside.replace(before, [
      {
        slot: 'data-key',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(change.slice(0, 3)).toMatchObject([
      { path: ['data-key'], before: { S: base64('old') }, after: { S: base64('old') }, role: 'condition' },
      { path: ['new-key'], before: undefined, after: { S: base64('new') }, role: 'data-key' },
      { path: ['new-key-arn'], before: undefined, after: { S: NEW_KEY }, role: 'companion' },
    ]);
    const after = changed(before, change).metadata;
    expect(beside.read(object('a', after))).toMatchObject([{ writeTo: { slot: 'new-key', stale: false } }]);
    expect(beside.read(object('a', { ...after, 'data-key': base64('another') }))).toMatchObject([
      { writeTo: { stale: true } },
    ]);
  });

  it('is not deceived by names that every JavaScript object has', () => {
    const inherited = bound(objectMetadataFormat, { type: 'object-metadata', dataKey: 'constructor' });
    expect(inherited.read(object('a', {}))).toEqual([]);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), after => {
        const before = object('a', { 'data-key': base64('old'), tenant: 'acme', other: 'kept' });
        const change = format.replace(before, [
          {
            slot: 'data-key',
            ciphertext: after,
            destination: { keyArn: NEW_KEY },
            destinationAlgorithm: 'SYMMETRIC_DEFAULT',
          },
        ]);
        expect(change).toMatchObject([{ path: ['data-key'], before: { S: base64('old') } }]);
        const [again] = format.read(changed(before, change));
        expect(Buffer.from((again as { ciphertext: Uint8Array }).ciphertext)).toEqual(Buffer.from(after));
      }),
    );
  });
});
