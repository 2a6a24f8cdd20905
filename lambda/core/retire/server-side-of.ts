import type { KeyCatalog } from '../keys/catalog.ts';
import { fullKeyReference } from '../model/full-key-reference.ts';
import type { Seen } from '../stores/lookup.ts';
import { catalogOf, kindOf, type StoreCatalogs } from '../stores/registry.ts';
import type { KnownPlace } from './known-places.ts';

interface Asked {
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
  readonly stores: StoreCatalogs;
  /** The key that is asked about. */
  readonly keyArn: string;
}

/**
 * The keys that the service of a place itself encrypts it with, as ARNs or ids. Of another account nobody is asked without its role: here, a table of
 * that name would be another one.
 */
export async function serverSideOf(
  { place, account, assumeRole }: KnownPlace,
  { keys, stores, keyArn }: Asked,
): Promise<Seen<readonly string[]> | undefined> {
  if (account !== undefined && assumeRole === undefined) return undefined;
  const seen = { type: place.type, ...(assumeRole !== undefined && { assumeRole }) };
  const named = await kindOf(place).serverSideKeys(place, catalogOf(stores, seen));
  if (named.kind === 'unseen') return named;
  const [, partition = 'aws', , region = '', owner = ''] = keyArn.split(':');
  const where = { partition, region: place.region ?? region, account: account ?? owner };
  return resolvedKeys(
    named.value.map(key => fullKeyReference(key, where)),
    keys,
  );
}

/** A bucket may name its key by an alias, which S3 resolves with each request. */
export async function resolvedKeys(
  references: readonly string[],
  keys: Asked['keys'],
): Promise<Seen<readonly string[]>> {
  const arns: string[] = [];
  for (const reference of references) {
    const lookup = reference.includes(':alias/') ? await keys.describeKey(reference) : undefined;
    if (lookup?.kind === 'denied')
      return { kind: 'unseen', words: `${reference} cannot be described: ${lookup.message}` };
    if (lookup?.kind !== 'not-found') arns.push(lookup?.key.arn ?? reference);
  }
  return { kind: 'seen', value: arns };
}
