import { isSame, type Thing } from './thing.ts';

/** Whose run it is, and where. */
export interface Run {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly secondRegion: string;
}

/** A line of the ledger. `makes` is written before AWS is asked to make the thing, so that nothing is made that no line names. */
export type Entry =
  | ({ readonly did: 'began' } & Run)
  | { readonly did: 'makes'; readonly thing: Thing }
  | { readonly did: 'removed'; readonly thing: Thing };

/** What may still be there, the last first: what was made of others goes before these. */
export function remaining(entries: readonly Entry[]): readonly Thing[] {
  const left: Thing[] = [];
  for (const entry of entries) {
    if (entry.did === 'began') continue;
    const at = left.findIndex(thing => isSame(thing, entry.thing));
    if (entry.did === 'makes' && at < 0) left.push(entry.thing);
    if (entry.did === 'removed' && at >= 0) left.splice(at, 1);
  }
  return left.toReversed();
}

/** @throws Error for a ledger whose first line does not say whose it is */
export function runOf([first]: readonly Entry[]): Run {
  if (first?.did !== 'began')
    throw new Error('the ledger does not begin with its run; it is not one of the live test');
  const { did: _, ...run } = first;
  return run;
}

/** A kill may cut the last line off: what it was about was not begun. */
export function entriesIn(text: string): readonly Entry[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Entry);
}
