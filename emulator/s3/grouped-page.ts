/** What a listing asks for. */
export interface Grouping {
  readonly prefix: string;
  readonly delimiter: string;
  /** The key after which it begins: a group that holds it was listed before. */
  readonly after: string;
  readonly most: number;
}

export interface GroupedPage<Entry> {
  readonly entries: readonly Entry[];
  readonly prefixes: readonly string[];
  /** The last entry or common prefix, if more follows. */
  readonly next?: Entry | string;
}

/** A page of entries that are in order and begin with the prefix: those under a common prefix count as one. */
export function groupedPage<Entry extends { readonly key: string }>(
  all: readonly Entry[],
  { most, ...grouping }: Grouping,
): GroupedPage<Entry> {
  const entries: Entry[] = [];
  const prefixes: string[] = [];
  let last: Entry | string | undefined;
  for (const entry of all) {
    const common = commonPrefix(entry.key, grouping);
    if (common !== undefined && (common === prefixes.at(-1) || isBefore(common, grouping.after))) continue;
    if (entries.length + prefixes.length >= most)
      return { entries, prefixes, ...(last !== undefined && { next: last }) };
    if (common === undefined) entries.push(entry);
    else prefixes.push(common);
    last = common ?? entry;
  }
  return { entries, prefixes };
}

/** Up to the first delimiter after the prefix; `undefined` where there is none. */
export function commonPrefix(
  key: string,
  { prefix, delimiter }: Pick<Grouping, 'prefix' | 'delimiter'>,
): string | undefined {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** Whether a group was listed with the key after which a page begins. */
export function isBefore(common: string, after: string): boolean {
  return after !== '' && after.startsWith(common);
}
