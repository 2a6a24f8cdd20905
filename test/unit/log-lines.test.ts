import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { logLines } from '../../lambda/core/account/log-lines.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { AsymmetricAlgorithm } from '../../lambda/core/model/key-use.ts';
import { OUTCOME_KINDS } from '../../lambda/core/model/outcome.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';

function entry(locator: string, changes: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    ...{ schema: 3, store: 'dynamodb:Orders', locator, slot: 'edk', outcome: 'rewrapped', route: 'direct' },
    source: { keyArn: OLD_KEY, keyMaterialId: 'old' },
    destination: { keyArn: NEW_KEY, keyMaterialId: 'new' },
    ...changes,
  };
}

describe('the log of a page', () => {
  it('names all data keys that moved between the same two key materials in one line', () => {
    const { single, shared } = logLines([entry('a'), entry('b'), entry('b', { slot: 'spare' })], 'page');
    expect(single).toEqual([]);
    expect(shared).toEqual([
      {
        ...{ store: 'dynamodb:Orders', outcome: 'rewrapped', route: 'direct', dataKeys: 3 },
        source: { keyArn: OLD_KEY, keyMaterialId: 'old' },
        destination: { keyArn: NEW_KEY, keyMaterialId: 'new' },
        at: [
          { slot: 'edk', locators: ['a', 'b'] },
          { slot: 'spare', locators: ['b'] },
        ],
      },
    ]);
  });

  it('has a line for each pair of key materials', () => {
    const older = { source: { keyArn: OLD_KEY, keyMaterialId: 'older' } };
    const { shared } = logLines([entry('a'), entry('b', older), entry('c')], 'page');
    expect(shared.map(({ source, at }) => [source?.keyMaterialId, at[0]?.locators])).toEqual([
      ['old', ['a', 'c']],
      ['older', ['b']],
    ]);
  });

  it('has a line for each algorithm of an asymmetric key', () => {
    const under = (encryptionAlgorithm: AsymmetricAlgorithm): Partial<OutcomeEntry> => ({
      source: { keyArn: OLD_KEY, encryptionAlgorithm },
    });
    const page = [entry('a', under('RSAES_OAEP_SHA_1')), entry('b', under('RSAES_OAEP_SHA_256'))];
    const { shared } = logLines(page, 'page');
    expect(shared.map(({ source, at }) => [source?.encryptionAlgorithm, at[0]?.locators])).toEqual([
      ['RSAES_OAEP_SHA_1', ['a']],
      ['RSAES_OAEP_SHA_256', ['b']],
    ]);
  });

  it('has a line of its own for what is not as it should be', () => {
    const blocked = entry('b', { outcome: 'blocked', reason: 'locked' });
    const { single, shared } = logLines([entry('a'), blocked], 'page');
    expect(single).toEqual([blocked]);
    expect(shared.map(({ at }) => at)).toEqual([[{ slot: 'edk', locators: ['a'] }]]);
  });

  it('has a line for each data key where the job says so', () => {
    const entries = [entry('a'), entry('b')];
    expect(logLines(entries, 'each')).toEqual({ single: entries, shared: [] });
  });

  it.each(['a', '"', '\u0001', '😀'])('has no line that Lambda would cut, if locators consist of %j', one => {
    const long = one.repeat(1_024 / Buffer.byteLength(one));
    const entries = Array.from({ length: 4_096 }, (_, index) => entry(`${long}${index}`));
    const { shared } = logLines(entries, 'page');
    // Its time, level, run and the names of keys come with it.
    for (const line of shared) expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(262_144 - 2_000);
    expect(shared.reduce((sum, { dataKeys }) => sum + dataKeys, 0)).toBe(4_096);
  });

  it('names every data key once', () => {
    const entries = fc.array(
      fc.record({
        locator: fc.string({ minLength: 1 }),
        slot: fc.constantFrom('edk', 'spare'),
        outcome: fc.constantFrom(...OUTCOME_KINDS),
        reason: fc.constantFrom(undefined, 'locked'),
      }),
    );
    fc.assert(
      fc.property(entries, all => {
        const written = all.map(({ reason, ...rest }) =>
          entry(rest.locator, { ...rest, ...(reason !== undefined && { reason }) }),
        );
        const { single, shared } = logLines(written, 'page');
        const again = shared.flatMap(({ at }) =>
          at.flatMap(({ slot, locators }) => locators.map(locator => ({ slot, locator }))),
        );
        expect([...single, ...again].map(named).sort()).toEqual(written.map(named).sort());
      }),
    );
  });
});

function named({ slot, locator }: Pick<OutcomeEntry, 'slot' | 'locator'>): string {
  return JSON.stringify([slot, locator]);
}
