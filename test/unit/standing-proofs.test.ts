import { covers, evidenceOf } from '../../lambda/core/retire/standing-proofs.ts';
import type { StoreProof } from '../../lambda/core/retire/store-proof.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';

const PLACE = 'dynamodb:us-east-1:Orders';
const at = (day: number): string => new Date(Date.UTC(2026, 10, 22 + day)).toISOString();
const proof = (changes: Partial<StoreProof> = {}): StoreProof => ({
  place: PLACE,
  slot: 'edk',
  job: 'orders',
  runId: 'run-1',
  mode: 'migrate',
  at: at(0),
  sourceKeyArns: [OLD_KEY],
  destinationKeyArn: NEW_KEY,
  verdict: 'proven',
  remaining: 0,
  keepsSource: false,
  ...changes,
});
const doubted = (words: string, changes: Partial<StoreProof> = {}): StoreProof =>
  proof({ verdict: 'not-proven', doubts: [{ code: 'remaining', words }], ...changes });

describe('what is proven of a place', () => {
  const part = (only: readonly number[], changes: Partial<StoreProof> = {}): StoreProof =>
    proof({ part: { words: `segments ${only.join()}`, segments: { total: 4, only } }, ...changes });
  const filtered = (expression: string): StoreProof =>
    proof({ part: { words: expression, filter: { expression } } });
  const kind = (...proofs: readonly StoreProof[]): string =>
    evidenceOf({ place: PLACE, slot: 'edk' }, proofs).kind;

  it('is what was said of this slot, and of no other', () => {
    expect(kind(proof())).toBe('proven');
    expect(kind(proof({ slot: 'other' }))).toBe('none');
    expect(kind(proof({ place: `${PLACE}2` }))).toBe('none');
  });

  it('is what an empty store is, too', () => expect(kind(proof({ verdict: 'empty' }))).toBe('proven'));

  it('adds up of parts that are all of it, and of no others', () => {
    expect(kind(part([0, 1]), part([2, 3]))).toBe('proven');
    expect(kind(part([0, 1]), part([2]))).toBe('parts');
    expect(kind(filtered('attribute_exists(a)'), filtered('attribute_not_exists(a)'))).toBe('proven');
    expect(kind(filtered('attribute_exists(a)'), filtered('attribute_exists(b)'))).toBe('parts');
  });

  it('is closed by a run over all of it', () => expect(kind(part([0]), proof({ at: at(1) }))).toBe('proven'));

  it('is void from the newest doubt about any part of it, until it is proven anew', () => {
    const doubt = doubted('left', { at: at(1), part: { words: 'x' } });
    expect(kind(proof({ at: at(0) }), doubt)).toBe('doubt');
    expect(kind(proof({ at: at(2) }), doubt)).toBe('proven');
    expect(kind(proof({ at: at(0) }), proof({ at: at(1), mode: 'rollback', verdict: 'not-proven' }))).toBe(
      'doubt',
    );
    expect(kind(part([0, 1], { at: at(2) }), part([2, 3], { at: at(0) }), doubt)).toBe('doubt');
  });

  it('of a bucket holds for its prefixes, and a prefix makes void what is proven of the bucket', () => {
    const [bucket, prefix] = ['s3:us-east-1:documents/', 's3:us-east-1:documents/2025/'];
    const of = (place: string, ...proofs: readonly StoreProof[]): string =>
      evidenceOf({ place, slot: 'edk' }, proofs).kind;
    expect(of(prefix, proof({ place: bucket }))).toBe('proven');
    expect(of(bucket, proof({ place: prefix }))).toBe('none');
    expect(
      of(bucket, proof({ place: bucket, at: at(0) }), doubted('left', { place: prefix, at: at(1) })),
    ).toBe('doubt');
    expect([covers(bucket, prefix), covers(prefix, bucket), covers('s3:us-east-1:doc', bucket)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
