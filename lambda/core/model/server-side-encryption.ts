import { names, type PlannedKey } from './key-use.ts';
import type { StoreRecord } from './record.ts';

/** Objects that S3 itself encrypts with a key that a run moves data keys away from. No run changes that. */
export interface ServerSideEncrypted {
  readonly keyArn: string;
  readonly objects: number;
}

interface Keys {
  readonly sources: readonly PlannedKey[];
  readonly destination: Pick<PlannedKey, 'keyArn'>;
}

/**
 * By source key: how many of these objects S3 encrypts with it. DynamoDB encrypts a whole table with one key, and its items do not show it. A run that moves
 * to new material of the same key leaves no key to be retired, so nothing is counted for that key.
 */
export function serverSideEncryptedIn(
  records: readonly StoreRecord[],
  { sources, destination }: Keys,
): readonly ServerSideEncrypted[] {
  const left = sources.filter(({ keyArn }) => keyArn !== destination.keyArn);
  const used = records.flatMap(record => {
    const key = record.kind === 'object' && record.absent === undefined && record.encryption?.kmsKeyId;
    if (typeof key !== 'string') return [];
    const source = left.find(one => names(one, key));
    // Of a multi-Region key it is the one of the bucket's Region.
    return source === undefined ? [] : [key.startsWith('arn:') ? key : source.keyArn];
  });
  return summed(used.map(keyArn => ({ keyArn, objects: 1 })));
}

/** Counts add up. A count of something that was not counted everywhere is none. */
export function addServerSideEncrypted(
  a: readonly ServerSideEncrypted[] | undefined,
  b: readonly ServerSideEncrypted[] | undefined,
): readonly ServerSideEncrypted[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  return summed([...a, ...b]);
}

function summed(counts: readonly ServerSideEncrypted[]): readonly ServerSideEncrypted[] {
  const byKey = new Map<string, number>();
  for (const { keyArn, objects } of counts) byKey.set(keyArn, (byKey.get(keyArn) ?? 0) + objects);
  return [...byKey].map(([keyArn, objects]) => ({ keyArn, objects }));
}

/** What it means for a person who wants to retire the key. */
export function serverSideWords({ keyArn, objects }: ServerSideEncrypted): string {
  const are = objects === 1 ? 'is' : 'are';
  return `${objects.toLocaleString('en-US')} object${objects === 1 ? '' : 's'} ${are} encrypted by S3 itself with ${keyArn}, which no run changes`;
}
