import { PremiseBroken } from '../model/errors.ts';
import type { BoundFormat } from '../model/format.ts';
import { names, type PlannedKey } from '../model/key-use.ts';
import { placeText } from '../model/place-pattern.ts';
import type { AttributePath, StoreRecord } from '../model/record.ts';
import type { ScanRange, StoreLook } from '../model/run.ts';
import type { RecordStore } from '../ports.ts';
import { findDataKeys, type Found } from '../scan/find-data-keys.ts';
import { lookingFor, type Look, type LookAlike } from '../scan/look-alikes/look-alikes.ts';
import { signInBytes } from '../scan/look-alikes/signs.ts';

/** Records that Plan looks at: half a megabyte of small items, one page of a scan. */
export const LOOKED_AT = 500;

export interface LookRequest {
  readonly store: string;
  readonly records: RecordStore;
  readonly range: ScanRange;
  readonly format: BoundFormat;
  /** Places that the stores of the job declare, in the words of the scanner. */
  readonly declared: readonly AttributePath[];
  readonly ignore: readonly string[];
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

/** What the first records of a store show, or why they cannot be read. */
export type LookedAt =
  { readonly kind: 'look'; readonly look: StoreLook } | { readonly kind: 'refused'; readonly words: string };

/** Reads a page of a store as a worker would, and says what the job finds there, and what lies elsewhere. */
export async function lookAtStore(request: LookRequest): Promise<LookedAt> {
  const { records, range } = request;
  try {
    const page = await records.readPage(range, { pageSize: LOOKED_AT, consistent: false });
    return { kind: 'look', look: lookOf(page.records, page.cursor !== undefined, request) };
  } catch (error) {
    if (error instanceof PremiseBroken) return { kind: 'refused', words: error.message };
    throw error;
  }
}

/** Pure: the figures of a page. */
export function lookOf(
  records: readonly StoreRecord[],
  more: boolean,
  { store, format, declared, ignore, sources, destination }: Omit<LookRequest, 'records' | 'range'>,
): StoreLook {
  const found = findDataKeys(records, format);
  const withDataKey = new Set(
    found.flatMap(({ record, finding }) => (finding.kind === 'data-key' ? [record] : [])),
  );
  const odd = found.filter(({ finding }) => finding.kind !== 'data-key');
  const keyNames = found.flatMap(({ finding }) =>
    finding.kind === 'data-key' && finding.recordedKeyArn !== undefined ? [finding.recordedKeyArn] : [],
  );
  const elsewhere = lookingFor({
    declared,
    ignore,
    lengths: sources.flatMap(({ ciphertextBytes }) => ciphertextBytes ?? []),
    keyNames: sources.filter(({ keyArn }) => keyArn !== destination.keyArn).map(({ keyArn }) => keyArn),
  });
  const atPlace = lookingFor({ declared: [], ignore: [] });
  return {
    store,
    records: records.length,
    more,
    withDataKey: withDataKey.size,
    misread: found.filter(one => isMisread(one, atPlace)).length,
    withoutDataKey: records.length - new Set(found.map(({ record }) => record)).size,
    unreadable: odd.length,
    unsupported: odd.filter(({ finding }) => finding.kind === 'unsupported').length,
    ...(odd[0] !== undefined && 'reason' in odd[0].finding && { reason: odd[0].finding.reason }),
    recordedKeys: counts(keyNames).map(([key, count]) => ({
      key,
      records: count,
      known: [...sources, destination].some(one => names(one, key)),
    })),
    elsewhere: placesOf(records.flatMap(record => elsewhere(record))),
    anywhere: placesOf(records.flatMap(record => atPlace(record))),
    versions: versionsOf(records, declared),
  };
}

/** The bytes that the job reads look like no ciphertext, and the value at their place does. */
function isMisread({ record, finding }: Found, atPlace: Look): boolean {
  if (finding.kind !== 'data-key') return false;
  if (signInBytes(finding.ciphertext, new Set(), 1)?.form === 'binary') return false;
  return atPlace(record).some(({ path }) => {
    const place = placeText(path);
    return place === finding.slot || place === `metadata.${finding.slot}`;
  });
}

/** Look-alikes by place and form, the most frequent first; indexes of lists are left open. */
function placesOf(found: readonly LookAlike[]): StoreLook['elsewhere'] {
  const texts = found.map(({ path, form }) =>
    JSON.stringify([placeText(path).replace(/\[\d+\]/g, '[*]'), form]),
  );
  return counts(texts).map(([text, count]) => {
    const [place, form] = JSON.parse(text) as [string, string];
    return { place, form, count };
  });
}

function counts(of: readonly string[]): readonly (readonly [string, number])[] {
  const byText = new Map<string, number>();
  for (const text of of) byText.set(text, (byText.get(text) ?? 0) + 1);
  return [...byText].sort(([, a], [, b]) => b - a);
}

/** How mappers call the number that they raise with each save. */
const VERSION_NAME = /^_?(?:version|ver|rev|revision|lock_?version|optimistic_?lock)(?:_?(?:no|number))?$/i;

function versionsOf(records: readonly StoreRecord[], declared: readonly AttributePath[]): readonly string[] {
  const known = new Set(declared.map(([name]) => name));
  const found = records.flatMap(record =>
    record.kind !== 'item'
      ? []
      : Object.entries(record.attributes).flatMap(([name, value]) =>
          'N' in value && VERSION_NAME.test(name) && !known.has(name) ? [name] : [],
        ),
  );
  return [...new Set(found)];
}
