import type { Store } from '../../lambda/core/model/job.ts';
import { keyGrant, storeKeyOf, type Grant, type Home } from '../grants/grant.ts';

/** A table or bucket that a job reads or writes, with what its functions may do there. A file for each kind of store. */
export interface Place {
  /** Plan: what the store is like. */
  inspect(home: Home): readonly Grant[];
  /** All of its records. */
  read(home: Home): readonly Grant[];
  /** Records by their keys, and conditional writes to them: no scan, and nothing is made. */
  restore(home: Home): readonly Grant[];
  /** Beyond reading: a conditional write and all that it must carry over, and never a delete. */
  migrate(home: Home): readonly Grant[];
}

export interface Writes {
  readonly region: string;
  readonly serverSideEncryptionKey: string | undefined;
  /** Data keys are replaced here. */
  readonly written: boolean;
  /** Records are made here. */
  readonly created: boolean;
  /** Records elsewhere are made of those here. */
  readonly copied: boolean;
}

/** In the store itself: nothing is written where it is copied. */
export function ownWrites({ copyTo, serverSideEncryptionKey }: Store, region: string): Writes {
  const copied = copyTo?.createMissing === true;
  return { region, written: copyTo === undefined, created: false, copied, serverSideEncryptionKey };
}

/** In the place of the copy. */
export function copyWrites({
  region,
  createMissing,
  serverSideEncryptionKey,
}: NonNullable<Store['copyTo']>): Writes {
  return { region, written: true, created: createMissing, copied: false, serverSideEncryptionKey };
}

/**
 * The keys of the store's own encryption, usable through that service only, so that nobody can call Decrypt with them: the one
 * that the job names, and that of the construct.
 */
export function serverSideKey(
  {
    type,
    name,
    actions,
  }: { readonly type: Store['type']; readonly name: string; readonly actions: readonly string[] },
  { region, serverSideEncryptionKey }: Writes,
  { storeKeys }: Home,
): readonly Grant[] {
  const keys = [serverSideEncryptionKey, storeKeys?.get(storeKeyOf({ type, region, name }))];
  const value = `${type}.${region}.amazonaws.com`;
  return keys.flatMap(key =>
    key === undefined
      ? []
      : [keyGrant(actions, key, [{ operator: 'StringEquals', key: 'kms:ViaService', value }])],
  );
}
