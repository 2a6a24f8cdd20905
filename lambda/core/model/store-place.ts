/** Where a store is: a table, or the keys of a bucket that start with a prefix. A value: nobody takes its text apart. */
export interface StorePlace {
  /** The kind of store: a name in core/stores/registry.ts. */
  readonly type: string;
  /** Absent if the job does not name one: then it is the Region of the source keys. */
  readonly region?: string;
  /** Only where a role of another account is assumed, and names of this kind are not the same in all accounts. */
  readonly account?: string;
  /** Without a slash. */
  readonly name: string;
  /** Only for kinds of store whose places can contain each other, and then always there; empty for the whole bucket. */
  readonly prefix?: string;
}

/**
 * What messages, the ledger and the journal call a place: `dynamodb:eu-west-1:orders`, `s3:eu-west-1:documents/2026/`,
 * `dynamodb:eu-west-1:222222222222:orders` in another account.
 */
export function storePlaceText({ type, region, account, name, prefix }: StorePlace): string {
  const where = [type, region, account].filter(part => part !== undefined).join(':');
  return prefix === undefined ? `${where}:${name}` : `${where}:${name}/${prefix}`;
}

/** Reads what `storePlaceText` has written of a place with its Region; `undefined` for anything else. */
export function parseStorePlace(text: string): StorePlace | undefined {
  const [, type, region, account, name, prefix] = PLACE.exec(text) ?? [];
  if (type === undefined || region === undefined || name === undefined) return undefined;
  const where = { type, region, ...(account !== undefined && { account }) };
  return { ...where, name, ...(prefix !== undefined && { prefix }) };
}

/** A prefix may hold every character, line ends among them. No name of a table or bucket has a colon. */
const PLACE = /^([^:/]+):([^:/]+):(?:(\d{12}):)?([^/]+)(?:\/(.*))?$/s;

/** Every record of the second place is one of the first, too. */
export function covers(place: StorePlace, other: StorePlace): boolean {
  if (!isSameName(place, other)) return false;
  if (place.prefix === undefined || other.prefix === undefined) return place.prefix === other.prefix;
  return other.prefix.startsWith(place.prefix);
}

export function isSamePlace(place: StorePlace, other: StorePlace): boolean {
  return isSameName(place, other) && place.prefix === other.prefix;
}

/** A record may belong to both places. */
export function shareRecords(place: StorePlace, other: StorePlace): boolean {
  return covers(place, other) || covers(other, place);
}

/** The same table of the same account, or the same bucket, whatever the prefix. */
export function isSameName(place: StorePlace, other: StorePlace): boolean {
  return (
    place.type === other.type &&
    place.region === other.region &&
    place.account === other.account &&
    place.name === other.name
  );
}
