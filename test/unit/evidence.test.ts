import { covers, type StorePlace } from '../../lambda/core/model/store-place.ts';
import { evidenceOf } from '../../lambda/core/retire/evidence.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { proofId } from '../../lambda/core/proof/proof-id.ts';
import { FOREIGN_KEY, OLD_KEY } from '../support/builders.ts';
import { doubted, PLACE, placeAt, proof } from '../support/proofs.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 10, 21 + day)).toISOString();

describe('what is proven about a place', () => {
  const part = (only: readonly number[], changes: Partial<StoreProof> = {}): StoreProof =>
    proof({ part: { words: `segments ${only.join()}`, segments: { total: 4, only } }, ...changes });
  const filtered = (expression: string): StoreProof =>
    proof({ part: { words: expression, filter: { expression } } });
  const kind = (...proofs: readonly StoreProof[]): string =>
    evidenceOf({ place: PLACE, slot: 'edk', keyArn: OLD_KEY }, proofs).kind;

  it('is what was said about this slot, and about no other', () => {
    expect(kind(proof())).toBe('proven');
    expect(kind(proof({ slot: 'other' }))).toBe('none');
    expect(kind(proof({ place: { ...PLACE, name: 'Orders2' } }))).toBe('none');
  });

  it('includes an empty store', () => expect(kind(proof({ verdict: 'empty' }))).toBe('proven'));

  it('adds up from parts only if they cover all of it', () => {
    expect(kind(part([0, 1]), part([2, 3]))).toBe('proven');
    expect(kind(part([0, 1]), part([2]))).toBe('parts');
    expect(kind(filtered('attribute_exists(a)'), filtered('attribute_not_exists(a)'))).toBe('proven');
    expect(kind(filtered('attribute_exists(a)'), filtered('attribute_exists(b)'))).toBe('parts');
  });

  it('is closed by a run over all of it', () => expect(kind(part([0]), proof({ at: at(1) }))).toBe('proven'));

  it('is void after the newest doubt about any part of it, until it is proven again', () => {
    const doubt = doubted('left', { at: at(1), part: { words: 'x' } });
    expect(kind(proof({ at: at(0) }), doubt)).toBe('doubt');
    expect(kind(proof({ at: at(2) }), doubt)).toBe('proven');
    expect(kind(proof({ at: at(0) }), proof({ at: at(1), mode: 'rollback', verdict: 'not-proven' }))).toBe(
      'doubt',
    );
    expect(kind(part([0, 1], { at: at(2) }), part([2, 3], { at: at(0) }), doubt)).toBe('doubt');
  });

  it('adds up from a filter and its negation only within one run: records move from one to the other between runs', () => {
    const [one, other] = [filtered('attribute_exists(a)'), filtered('attribute_not_exists(a)')];
    expect(kind(one, { ...other, runId: 'run-2', at: at(1) })).toBe('parts');
    expect(kind(one, { ...other, part: { ...other.part!, index: 'open' } })).toBe('parts');
  });

  it('is doubted until everything that the doubt was about is proven', () => {
    const about = (words: string, scope: object = {}): StoreProof =>
      doubted('left', { at: at(1), part: { words, ...scope } });
    const whole = proof();
    // A day later, a filter may find other records, but a segment still holds the same ones.
    const filter = { filter: { expression: 'a = 1' } };
    expect(
      kind(whole, about('a = 1', filter), proof({ at: at(2), part: { words: 'a = 1', ...filter } })),
    ).toBe('doubt');
    const segments = { total: 4, only: [1] };
    expect(kind(whole, about('one', { segments }), part([0, 1], { at: at(2) }))).toBe('proven');
    expect(kind(whole, about('one', { segments }), part([0, 2], { at: at(2) }))).toBe('doubt');
    expect(
      kind(whole, about('two', { sample: 5 }), proof({ at: at(2), part: { words: 'x', sample: 5 } })),
    ).toBe('doubt');
  });

  it('is not closed by a run that was already running when the doubt arose', () => {
    const late = proof({ at: at(3), startedAt: at(1) });
    expect(kind(doubted('left', { at: at(2) }), late)).toBe('doubt');
    expect(kind(doubted('left', { at: at(0) }), late)).toBe('proven');
  });

  it('is doubted for every slot if a run of an earlier version does not say which slot it was about', () => {
    const { slot: _, ...rollback } = proof({ at: at(1), mode: 'rollback', verdict: 'not-proven' });
    expect(kind(proof(), rollback)).toBe('doubt');
    expect(kind(proof({ at: at(2) }), rollback)).toBe('proven');
  });

  it('does not hold for a key that was not among those of the run: that run has not looked for its name or RSA ciphertexts', () => {
    const of = (changes: Partial<StoreProof>): string =>
      evidenceOf({ place: PLACE, slot: 'edk', keyArn: FOREIGN_KEY }, [proof(changes)]).kind;
    expect(of({ foreign: 0 })).toBe('none');
    expect(of({ foreign: 1 })).toBe('none');
    expect(of({ foreign: 1, sourceKeyArns: [OLD_KEY, FOREIGN_KEY] })).toBe('proven');
  });

  it('is doubted if a run has moved data keys to the key, until another one has moved them away', () => {
    const brought = proof({ sourceKeyArns: [FOREIGN_KEY], destinationKeyArn: OLD_KEY });
    expect(kind(brought)).toBe('doubt');
    expect(kind(brought, proof({ at: at(1) }))).toBe('proven');
    expect(kind(proof({ at: at(-1) }), { ...brought, verdict: 'not-proven', begun: true })).toBe('doubt');
  });

  it('is nothing if a run has only begun, or a census has found no doubt', () => {
    const begun = proof({ at: at(1), verdict: 'not-proven', doubts: [], begun: true });
    const census = proof({
      at: at(1),
      mode: 'census',
      verdict: 'not-proven',
      doubts: [{ code: 'not-verified', words: 'x' }],
    });
    expect([kind(begun), kind(census)]).toEqual(['none', 'none']);
    expect([kind(proof(), begun), kind(proof(), census)]).toEqual(['proven', 'proven']);
  });

  it('of prefixes of a bucket holds for the objects under each of them', () => {
    const bucket = placeAt('s3:us-east-1:documents/');
    const prefixes = proof({ place: bucket, part: { words: 'x', prefixes: ['2025/', '2026/'] } });
    const of = (prefix: string): string =>
      evidenceOf({ place: { ...bucket, prefix }, slot: 'edk', keyArn: OLD_KEY }, [prefixes]).kind;
    expect([of('2025/'), of('2026/05/'), of('2024/'), of('')]).toEqual(['proven', 'proven', 'none', 'parts']);
  });

  it('is kept under one name for one part, one kind of word and one set of source keys', () => {
    const value = (s: string) => ({ filter: { expression: '#a = :a', values: { ':a': { S: s } } } });
    const names = [
      proof(),
      doubted('left'),
      proof({ verdict: 'not-proven', begun: true }),
      proof({ slot: 'other' }),
      proof({ place: { ...PLACE, name: 'Orders2' } }),
      proof({ sourceKeyArns: [FOREIGN_KEY] }),
      part([0], { part: { words: '1 of 4 segments', segments: { total: 4, only: [0] } } }),
      part([1], { part: { words: '1 of 4 segments', segments: { total: 4, only: [1] } } }),
      proof({ part: { words: 'items where #a = :a', ...value('1') } }),
      proof({ part: { words: 'items where #a = :a', ...value('2') } }),
    ].map(proofId);
    expect(new Set(names).size).toBe(names.length);
    expect(proofId(proof({ runId: 'run-2', at: at(5) }))).toBe(names[0]);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(1_024);
    expect(
      Buffer.byteLength(proofId(proof({ place: placeAt(`s3:r:b/${'ä'.repeat(600)}`) }))),
    ).toBeLessThanOrEqual(1_024);
  });

  it('of a bucket holds for its prefixes, and a doubt about a prefix voids the proof for the bucket', () => {
    const bucket = placeAt('s3:us-east-1:documents/');
    const prefix = placeAt('s3:us-east-1:documents/2025/');
    const of = (place: StorePlace, ...proofs: readonly StoreProof[]): string =>
      evidenceOf({ place, slot: 'edk', keyArn: OLD_KEY }, proofs).kind;
    expect(of(prefix, proof({ place: bucket }))).toBe('proven');
    expect(of(bucket, proof({ place: prefix }))).toBe('none');
    expect(
      of(bucket, proof({ place: bucket, at: at(0) }), doubted('left', { place: prefix, at: at(1) })),
    ).toBe('doubt');
    expect([
      covers(bucket, prefix),
      covers(prefix, bucket),
      covers({ ...bucket, name: 'doc' }, bucket),
    ]).toEqual([true, false, false]);
  });
});
