import type { OutcomeEntry } from '../journal/entries.ts';
import { storeName } from '../stores/places.ts';
import type { Fingerprints, LookAlikeCount, Position, Resting, UnitProgress } from '../model/books.ts';
import type { Sealed } from '../model/seal.ts';
import type { ServerSideEncrypted } from '../model/server-side-encryption.ts';
import type { WrappedRecords } from '../model/wrapped-records.ts';
import type { CapacityUse, Clock, KeyService, Ledger } from '../ports.ts';
import type { Telemetry } from './ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { pageBooks } from './books.ts';
import { logLines } from './log-lines.ts';
import { paceOf } from './pace.ts';
import { afterPage } from './unit-progress.ts';

export interface DonePage {
  readonly part: {
    /** Records that are finished with this page. */
    readonly records: { readonly length: number };
    /** Locators of the records in which the format finds no data key. */
    readonly withoutDataKey: readonly string[];
    /** Of how many of these the body was read as well. @default 0 */
    readonly bodiesRead?: number;
    /** Records that are under keys of another table instead. @default none */
    readonly wrappedBy?: readonly WrappedRecords[];
    /** Objects among them that S3 itself encrypts with a source key. @default not counted */
    readonly serverSideEncrypted?: readonly ServerSideEncrypted[];
    readonly position: Position;
  };
  readonly lookAlikes?: LookAlikeCount;
  readonly entries: readonly OutcomeEntry[];
  /** Data keys of the page that may still need a source key. */
  readonly remaining: number;
  readonly fingerprints?: Fingerprints;
  readonly comparedTo?: number;
  /** The ends of the chains of the unit's journal after this page. @default as before it */
  readonly sealed?: Sealed;
  /** What rests on the journal. @default nothing */
  readonly resting?: Resting;
  /** The unit before this page. */
  readonly progress: UnitProgress;
  /** When the work on it began: milliseconds since 1970. */
  readonly since: number;
}

export interface AccountPorts {
  readonly keys: Pick<KeyService, 'takeUsage'>;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  readonly capacity?: CapacityUse;
  readonly clock: Clock;
}

/** Logs and counts a page, and moves the unit's checkpoint past it. */
export async function accountPage(
  scope: UnitScope,
  done: DonePage,
  { keys, ledger, telemetry, ...ports }: AccountPorts,
): Promise<UnitProgress> {
  const { part, lookAlikes, entries, remaining, progress, fingerprints, resting } = done;
  const { serverSideEncrypted } = part;
  const kms = keys.takeUsage();
  const capacity = ports.capacity?.takeConsumed();
  const pace = paceOf({ from: done.since, to: ports.clock.now(), dataKeys: entries.length, kms });
  const { single, shared } = logLines(entries, scope.plan.log ?? 'page');
  for (const entry of single) telemetry.dataKey(entry);
  for (const line of shared) telemetry.dataKeys(line);
  telemetry.page(storeName(scope.store), entries, { kms, ...(capacity !== undefined && { capacity }) });
  const books = pageBooks({
    ...{ records: part.records.length, entries, remaining, kms },
    withoutDataKey: part.withoutDataKey.length,
    withoutDataKeyFirst: part.withoutDataKey,
    bodiesRead: part.bodiesRead ?? 0,
    wrappedBy: part.wrappedBy ?? [],
    ...(serverSideEncrypted !== undefined && { serverSideEncrypted }),
    ...(capacity !== undefined && { capacity }),
    ...(pace !== undefined && { pace }),
    ...(lookAlikes !== undefined && { lookAlikes }),
    ...(fingerprints !== undefined && { fingerprints }),
    ...(resting !== undefined && { resting }),
  });
  const next = {
    ...afterPage(progress, { position: part.position, books }),
    ...(done.comparedTo !== undefined && { comparedTo: done.comparedTo }),
    ...(done.sealed !== undefined && { sealed: done.sealed }),
  };
  await ledger.checkpoint(next, progress.pages);
  return next;
}
