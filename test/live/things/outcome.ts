import type { Thing } from './thing.ts';

/** What became of a thing that was to be removed. */
export type Removal =
  | { readonly kind: 'removed' }
  /** AWS never made it, or somebody has removed it. */
  | { readonly kind: 'not-there' }
  /** AWS removes it later. */
  | { readonly kind: 'pending'; readonly until: string; readonly command: string }
  /** It does not have the name or the tag of this run, and was left alone. */
  | { readonly kind: 'not-ours'; readonly why: string }
  /** It stays, as is expected, and whoever ran this removes it by the command. */
  | { readonly kind: 'stays'; readonly why: string; readonly command: string }
  | { readonly kind: 'failed'; readonly why: string; readonly command: string };

export interface Removed {
  readonly thing: Thing;
  readonly removal: Removal;
}

/** Whether there is nothing left for this test to do. */
export function isDone({ kind }: Removal): boolean {
  switch (kind) {
    case 'removed':
    case 'not-there':
    case 'pending':
    case 'stays':
      return true;
    case 'not-ours':
    case 'failed':
      return false;
  }
}

/** What is still there, with commands; empty if nothing is. */
export function remainsText(removed: readonly Removed[]): readonly string[] {
  return removed.flatMap(({ thing: { kind, name, region }, removal }) => {
    const what = `${kind} ${name} in ${region}`;
    switch (removal.kind) {
      case 'removed':
        return [];
      case 'not-there':
        return [`${what}: not there; if the run ended a moment ago, look again with --clean in some minutes`];
      case 'pending':
        return [`${what}: AWS deletes it on ${removal.until}; to keep it: ${removal.command}`];
      case 'not-ours':
        return [`${what}: left alone, because ${removal.why}`];
      case 'stays':
      case 'failed':
        return [`${what}: ${removal.why}; ${removal.command}`];
    }
  });
}
