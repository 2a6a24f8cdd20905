import { names, type PlannedKey } from '../model/key-use.ts';
import type { Store } from '../model/job.ts';
import type { StoreRecord } from '../model/record.ts';
import { serverSideEncryptedIn, serverSideWords } from '../model/server-side-encryption.ts';
import { storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';

interface Keys {
  readonly sources: readonly PlannedKey[];
  readonly destination: Pick<PlannedKey, 'keyArn'>;
}

/** Of the first objects: those that S3 itself encrypts with a source key. */
export function serverSideRemarks(records: readonly StoreRecord[], keys: Keys): readonly string[] {
  return serverSideEncryptedIn(records, keys).map(
    one => `of the first ${records.length.toLocaleString('en-US')} objects, ${serverSideWords(one)}`,
  );
}

/** Tables and buckets that their services themselves encrypt with a source key. `serverSideKeys`: by index of the store. */
export function serverSideWarnings(
  stores: readonly Store[],
  serverSideKeys: readonly (readonly string[])[],
  { sources, destination }: Keys,
): readonly string[] {
  return stores.flatMap((store, index) =>
    sources
      .filter(({ keyArn }) => keyArn !== destination.keyArn)
      .filter(source => (serverSideKeys[index] ?? []).some(key => names(source, key)))
      .map(({ keyArn }) => {
        const where = store.copyTo === undefined ? 'there' : 'there, or where their copies are,';
        return `${storeName(store)}: ${ITSELF[kindOf(store).records]} ${where} with ${keyArn}, which no run changes; as long as it does, that key must stay`;
      }),
  );
}

const ITSELF: Readonly<Record<StoreRecord['kind'], string>> = {
  item: 'DynamoDB itself encrypts items',
  object: 'S3 itself encrypts new objects',
};
