import fc from 'fast-check';
import { movedDataKey, type MovedDataKey } from '../../lambda/core/change/moved-data-key.ts';
import { isAmong } from '../../lambda/core/change/opens-as-expected.ts';
import { moveOf } from '../../lambda/core/change/plan-changes.ts';
import { intentsOf } from '../../lambda/core/journal/intents.ts';
import { readIntents } from '../../lambda/core/journal/read-intents.ts';
import type { DataKey, Finding } from '../../lambda/core/model/data-key.ts';
import { AUTO, type BoundFormat } from '../../lambda/core/model/format.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { mayMeet } from '../../lambda/core/places/pattern.ts';
import { isWritten } from '../../lambda/core/places/same-value.ts';
import { decide } from '../../lambda/core/rollback/decide.ts';
import { fingerprintOf } from '../../lambda/core/scan/fingerprint.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { FormatCase } from '../formats/format-case.ts';
import { mutated, mutation, valuesOf } from '../formats/mutated-record.ts';
import { CASES } from '../formats/registered-cases.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';

/** More in `npm run test:formats`: jest.config.mjs. */
const { FORMAT_FUZZ_CASES: FUZZ_CASES = 200 } = globalThis as { readonly FORMAT_FUZZ_CASES?: number };

const named = CASES.map(one => [`${one.definition.name}: ${one.title}`, one] as const);

function dataKeysOf(format: BoundFormat, record: StoreRecord): readonly DataKey[] {
  return format.read(record).filter((finding): finding is DataKey => finding.kind === 'data-key');
}

/** Data keys as KMS would have re-encrypted them. */
function moved(record: StoreRecord, dataKeys: readonly DataKey[], ciphertextOf: (index: number) => Buffer) {
  return dataKeys.map((dataKey, index) => {
    const context = dataKey.contexts[0]!.destination;
    const reply = {
      ...{ kind: 're-encrypted' as const, ciphertext: ciphertextOf(index), requestIds: [] },
      ...{ source: { keyArn: OLD_KEY }, destination: { keyArn: NEW_KEY } },
      ...{ sourceAlgorithm: 'SYMMETRIC_DEFAULT', destinationAlgorithm: 'SYMMETRIC_DEFAULT' },
    };
    return movedDataKey({ record, finding: dataKey }, { dataKey, reply, context });
  });
}

const fresh = (index: number): Buffer => Buffer.alloc(190, 100 + (index % 100));

/** The record with all of its data keys replaced. */
function swapped(format: BoundFormat, record: StoreRecord, dataKeys: readonly DataKey[]) {
  const move = moveOf(record, moved(record, dataKeys, fresh), format);
  return { move, after: changed(record, move.places) };
}

function opens(finding: Finding | undefined, one: MovedDataKey): boolean {
  return (
    finding?.kind === 'data-key' &&
    Buffer.from(finding.ciphertext).equals(one.replacement.ciphertext) &&
    isAmong(finding.readerContexts, one.context)
  );
}

it('every format has its cases', () => {
  expect([...new Set(CASES.map(({ definition }) => definition.name))].sort()).toEqual(
    // It reads nothing: Plan puts a format in its place.
    [...formats.keys()].filter(name => name !== AUTO).sort(),
  );
});

describe.each(named)('%s', (_, { definition, config, record, ...one }: FormatCase) => {
  const format = bound(definition, config);
  const dataKeys = dataKeysOf(format, record);

  it('reads every data key', () => {
    expect(format.read(record).map(({ kind }) => kind)).toEqual(Array(one.dataKeys).fill('data-key'));
  });

  it('writes the same data key back as it was, byte for byte', () => {
    const keyArn = one.recordedKeyArn ?? NEW_KEY;
    const same = bound(definition, config, { ...NEW_DESTINATION, keyArn });
    const replacements = dataKeysOf(same, record).map(({ slot, ciphertext }) => ({
      ...{ slot, ciphertext, destination: { keyArn } },
      destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const,
    }));
    expect(changed(record, same.replace(record, replacements))).toEqual(record);
  });

  it('changes only places that it declares, and leaves what a reader opens', () => {
    const { move, after } = swapped(format, record, dataKeys);
    for (const { path } of move.places.filter(isWritten))
      expect(format.declared.some(place => place.length <= path.length && mayMeet(place, path))).toBe(true);
    expect(fingerprintOf(after, format.declared)).toBe(fingerprintOf(record, format.declared));
    expect(after).not.toEqual(record);
    const found = new Map(format.read(after).map(finding => [finding.slot, finding]));
    for (const dataKey of move.dataKeys) expect(opens(found.get(dataKey.slot), dataKey)).toBe(true);
  });

  it('is rolled back byte for byte', () => {
    const { move, after } = swapped(format, record, dataKeys);
    const read = readIntents(`${JSON.stringify(intentsOf(scope(), [move])[0])}\n`);
    if (read.kind !== 'intents') throw new Error(read.reason);
    const { change, settled } = decide(read.intents[0]!, after, format);
    expect(settled).toEqual([]);
    expect(withoutVersion(changed(after, change!.places))).toEqual(withoutVersion(record));
  });

  it('is in doubt about what it does not know, and never silent', () => {
    for (const doubtful of one.inDoubt)
      expect(format.read(doubtful).map(({ kind }) => kind)).toContainEqual(
        expect.stringMatching(/unreadable|unsupported|blocked/),
      );
    for (const without of one.without) expect(format.read(without)).toEqual([]);
  });

  it('throws at no record, and replaces every data key that it reads', () => {
    const values = fc.nat({ max: valuesOf(record) - 1 });
    fc.assert(
      fc.property(values, mutation, values, mutation, (at, how, again, andHow) => {
        const strange = mutated(mutated(record, at, how), again, andHow);
        const found = dataKeysOf(format, strange);
        const { move, after } = swapped(format, strange, found);
        const now = new Map(format.read(after).map(finding => [finding.slot, finding]));
        expect(move.dataKeys.filter(({ slot }) => now.get(slot)?.kind !== 'data-key')).toEqual([]);
      }),
      { numRuns: FUZZ_CASES },
    );
  });
});

/** A version is raised by a rollback, too. */
function withoutVersion(record: StoreRecord): StoreRecord {
  if (record.kind !== 'item') return record;
  const { v: _, ...attributes } = record.attributes;
  return { ...record, attributes };
}
