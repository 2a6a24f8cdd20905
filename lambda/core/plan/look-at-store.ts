import { PremiseBroken } from '../model/errors.ts';
import type { BoundFormat } from '../model/format.ts';
import { isSameKey, names, type PlannedKey } from '../model/key-use.ts';
import type { AttributePath, StoreRecord } from '../model/record.ts';
import type { Finding } from '../model/data-key.ts';
import type { PlacePattern } from '../model/place.ts';
import type { ScanRange, SeenPlace, StoreLook } from '../model/run.ts';
import { matchedPlaces } from '../places/expand.ts';
import type { RecordStore } from '../ports.ts';
import { findDataKeys, type Found } from '../scan/find-data-keys.ts';
import { lookingFor, type Look } from '../look-alikes/look-alikes.ts';
import { signInBytes } from '../look-alikes/signs.ts';
import { wrappedIn } from '../scan/wrapped-records.ts';
import { nearestPlace, nearName, onlyTheValue, placesOf } from './seen-places.ts';

/** How many records Plan looks at: half a megabyte of small items, one page of a scan. */
const LOOKED_AT = 500;

export interface LookRequest {
  readonly store: string;
  /** Opens the store as its workers do. */
  readonly records: () => Promise<RecordStore>;
  readonly range: ScanRange;
  /** The range is all of the store, or of the part that the job is about. */
  readonly whole: boolean;
  readonly format: BoundFormat;
  /** Looks through a record for data keys that no store of the job declares. */
  readonly elsewhere: Look;
  /** What such records show that an operator should know, whatever is looked for. */
  readonly remarks?: (records: readonly StoreRecord[]) => readonly string[];
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

type Figured = Omit<LookRequest, 'records' | 'range' | 'whole'>;

/** What the first records of a store show, or why they cannot be read. */
export type LookedAt =
  | { readonly kind: 'look'; readonly look: StoreLook; readonly remarks: readonly string[] }
  | { readonly kind: 'refused'; readonly words: string };

/** Reads a page of a store as a worker would, and says what the job finds there and what it does not look at. */
export async function lookAtStore(request: LookRequest): Promise<LookedAt> {
  const { range, whole } = request;
  try {
    const records = await request.records();
    const page = await records.readPage(range, { pageSize: LOOKED_AT, consistent: false });
    return {
      kind: 'look',
      look: lookOf(page.records, !whole || page.cursor !== undefined, request),
      remarks: request.remarks?.(page.records) ?? [],
    };
  } catch (error) {
    if (error instanceof PremiseBroken) return { kind: 'refused', words: error.message };
    throw error;
  }
}

/** How many other places a plan names. */
const NAMED_PLACES = 20;

/** Pure: the figures of a page. */
function lookOf(records: readonly StoreRecord[], more: boolean, request: Figured): StoreLook {
  const { store, format } = request;
  const found = findDataKeys(records, format);
  const odd = found.filter(({ finding }) => finding.kind !== 'data-key');
  const atPlace = lookAtPlace(records, found, request);
  const elsewhere = lookElsewhere(records, request.elsewhere);
  const having = new Set(found.map(({ record }) => record));
  const keyless = wrappedIn(
    records.filter(record => !having.has(record)),
    format,
  );
  const [wrapped] = keyless.wrappedBy;
  const nearest = nearestPlace(format.identity, elsewhere);
  const near = found.length > 0 ? undefined : nearName(format.identity, records);
  return {
    store,
    records: records.length,
    more,
    withDataKey: new Set(keysAmong(found).map(({ record }) => record)).size,
    withoutDataKey: keyless.without.length,
    ...emptyAmong(keyless.without),
    ...bodiesReadOf(records),
    ...(wrapped !== undefined && { wrappedBy: wrapped }),
    unreadable: odd.length,
    undecodable: count(odd, ({ finding }) => finding.kind === 'unreadable' && !('ciphertext' in finding)),
    unsupported: count(odd, ({ record, finding }) => finding.kind === 'unsupported' && !isHidden(record)),
    ...(odd[0] !== undefined && 'reason' in odd[0].finding && { reason: odd[0].finding.reason }),
    recordedKeys: recordedKeys(found, request),
    ...atPlace,
    elsewhere: elsewhere.slice(0, NAMED_PLACES),
    ...(nearest !== undefined && { nearest }),
    ...(near !== undefined && { nearName: near }),
    versions: versionsOf(records, format.declared),
  };
}

function emptyAmong(records: readonly StoreRecord[]): Pick<StoreLook, 'empty'> {
  const { length } = records.filter(record => record.kind === 'object' && record.size === 0);
  return length === 0 ? {} : { empty: length };
}

function bodiesReadOf(records: readonly StoreRecord[]): Pick<StoreLook, 'bodiesRead'> {
  const { length } = records.filter(
    record => record.kind === 'object' && record.body !== undefined && 'B' in record.body,
  );
  return length === 0 ? {} : { bodiesRead: length };
}

function count(found: readonly Found[], counts: (one: Found) => boolean): number {
  return found.filter(counts).length;
}

/** What S3 does not show may well be where the job looks. */
function isHidden(record: StoreRecord): boolean {
  return record.kind === 'object' && record.hidden !== undefined;
}

type DataKeyFound = Found & { readonly finding: { readonly kind: 'data-key' } };

function keysAmong(found: readonly Found[]): readonly DataKeyFound[] {
  return found.filter((one): one is DataKeyFound => one.finding.kind === 'data-key');
}

function recordedKeys(
  found: readonly Found[],
  { sources, destination }: Pick<LookRequest, 'sources' | 'destination'>,
): StoreLook['recordedKeys'] {
  const recorded = keysAmong(found).flatMap(({ finding }) => finding.recordedKeyArn ?? []);
  return counts(recorded)
    .slice(0, NAMED_PLACES)
    .map(([key, count]) => ({
      key,
      records: count,
      // A replica opens what its primary has made, and the other way round.
      known: [...sources, destination].some(one => names(one, key) || isSameKey(one.keyArn, key)),
    }));
}

function lookElsewhere(records: readonly StoreRecord[], look: Look): readonly SeenPlace[] {
  return placesOf(
    records.flatMap(record => look(record)),
    records[0]?.kind ?? 'item',
  );
}

/** Values at the data key's place that look like a ciphertext, in whatever encoding. */
function lookAtPlace(
  records: readonly StoreRecord[],
  found: readonly Found[],
  { format, sources }: Pick<LookRequest, 'format' | 'sources'>,
): Pick<StoreLook, 'misread' | 'placeEmpty' | 'forms'> {
  const look = lookingFor({ declared: [], ignore: [], lengths: lengthsOf(sources) });
  const lengths = new Set(lengthsOf(sources));
  const findings = new Map<string, Finding>();
  for (const { record, finding } of found) findings.set(nameOf(record, finding.path), finding);
  const dataKeys = format.declared[0] ?? [];
  const places = records.flatMap(record =>
    matchedPlaces(record, dataKeys).flatMap(place => {
      if (place.kind === 'closed') return [];
      const finding = findings.get(nameOf(record, place.path)) ?? findings.get(nameOf(record, undefined));
      return [{ finding, form: look(onlyTheValue(place.value))[0]?.form }];
    }),
  );
  // The decoded bytes do not look like a ciphertext, but the value itself does: hexadecimal is also valid base64.
  const misread = places.filter(
    ({ finding, form }) =>
      finding?.kind === 'data-key' &&
      form !== undefined &&
      signInBytes(finding.ciphertext, lengths, 1)?.form !== 'binary',
  );
  return {
    misread: misread.length,
    placeEmpty: places.filter(({ finding }) => finding === undefined).length,
    forms: counts(places.flatMap(({ form }) => form ?? [])).map(([form, count]) => ({ form, count })),
  };
}

function nameOf({ locator }: StoreRecord, path: AttributePath | undefined): string {
  return JSON.stringify([locator, path]);
}

function lengthsOf(sources: readonly PlannedKey[]): readonly number[] {
  return sources.flatMap(({ ciphertextBytes }) => ciphertextBytes ?? []);
}

function counts(of: readonly string[]): readonly (readonly [string, number])[] {
  const byText = new Map<string, number>();
  for (const text of of) byText.set(text, (byText.get(text) ?? 0) + 1);
  return [...byText].sort(([, a], [, b]) => b - a);
}

/** Names that object mappers give to the number that they increment with each save. */
const VERSION_NAME = /^_?(?:version|ver|rev|revision|lock_?version|optimistic_?lock)(?:_?(?:no|number))?$/i;

function versionsOf(records: readonly StoreRecord[], declared: readonly PlacePattern[]): readonly string[] {
  const known = new Set(declared.map(([name]) => name));
  const found = records.flatMap(record =>
    record.kind !== 'item'
      ? []
      : Object.entries(record.attributes).flatMap(([name, value]) =>
          'N' in value && VERSION_NAME.test(name) && !known.has(name) && !Object.hasOwn(record.key, name)
            ? [name]
            : [],
        ),
  );
  return [...new Set(found)];
}
