import type { Failure, KeyMaterialCount } from '../model/books.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { Estimate, RunMode } from '../model/run.ts';

export interface StoreReport {
  readonly store: string;
  /** Every unit of every pass over this store came to its end. */
  readonly complete: boolean;
  readonly records: number;
  readonly dataKeys: number;
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
}

/** The account of a run (DESIGN 6.4): what `rewrap report`, the HTML page and `report.json` all show. */
export interface Report {
  readonly runId: string;
  readonly job: string;
  readonly mode: RunMode;
  readonly state: 'succeeded' | 'failed';
  readonly startedAt: string;
  readonly endedAt: string;
  readonly stores: readonly StoreReport[];
  readonly keyMaterials: readonly KeyMaterialCount[];
  /** Data keys that may still need a source key; `null` wherever a scan did not finish, or none was asked for. */
  readonly remaining: number | null;
  readonly kms: { readonly requests: number; readonly throttled: number };
  readonly estimate: Estimate | null;
  readonly warnings: readonly string[];
  /** The first 100; all of them are in the journal. */
  readonly failures: readonly Failure[];
  /** Why the run failed, in the words of the error that ended it. */
  readonly error?: string;
  readonly files: { readonly journal: string; readonly run: string };
}
