import { bindFormat } from '../job/bind-format.ts';
import { needsOf, type FormatRegistry, type Needs } from '../model/format.ts';
import type { Job, Store } from '../model/job.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { RunMode, StoreLook } from '../model/run.ts';
import type { RecordStore } from '../ports.ts';
import { lookFor } from '../scan/look-for.ts';
import { narrowedTo, storeName } from '../stores/places.ts';
import { catalogOf, kindOf, type StoreCatalogs } from '../stores/registry.ts';
import type { Judgement } from '../stores/store.ts';
import type { ChosenRoute } from './choose-route.ts';
import { judgeLook } from './judge-look.ts';
import { lookAtStore } from './look-at-store.ts';
import { serverSideRemarks } from './server-side-remarks.ts';

/** Opens the records of a store as its workers read them. */
export type OpenRecords = (
  store: Store,
  options: Needs & { readonly region: string },
) => Promise<RecordStore>;

interface LookPorts {
  readonly records: OpenRecords;
  readonly stores: StoreCatalogs;
}

export interface LookedAtStores {
  readonly looked: readonly StoreLook[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Looks at the first records of each store before a run starts: does the job fit them and, if not, what would? */
export async function lookAtStores(
  job: Job,
  { sources, destination }: Pick<ChosenRoute, 'sources' | 'destination'>,
  asked: Pick<Looking, 'mode' | 'formats' | 'ports'>,
): Promise<LookedAtStores> {
  const looks = await Promise.all(
    job.stores.map((store, index) => lookAtOne(store, index, { job, sources, destination, ...asked })),
  );
  return {
    looked: looks.flatMap(({ look }) => look ?? []),
    problems: looks.flatMap(({ problems }) => problems),
    warnings: looks.flatMap(({ warnings }) => warnings),
  };
}

interface Looking extends Pick<ChosenRoute, 'sources' | 'destination'> {
  readonly job: Job;
  readonly mode: RunMode;
  readonly formats: FormatRegistry;
  readonly ports: LookPorts;
}

interface OneLook {
  readonly look?: StoreLook;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

async function lookAtOne(store: Store, index: number, looking: Looking): Promise<OneLook> {
  const { job, sources, destination, formats, ports } = looking;
  const region = sourceRegion(job);
  // A look writes nothing, and so no date.
  const format = bindFormat(store, formats, { ...destination, startedAt: '' });
  const looked = await lookAtStore({
    ...{ store: storeName(store), ...kindOf(store).scope.firstRange(store), format, sources, destination },
    records: () => ports.records(store, { region, ...needsOf(format) }),
    elsewhere: lookFor(store, { stores: job.stores, storeRegion: region, sources, destination }, formats),
    remarks: records => [
      // Of what a write does to such records.
      ...(looking.mode === 'migrate' ? (kindOf(store).remarks?.(records, store) ?? []) : []),
      ...(format.remarks?.(records) ?? []),
      ...serverSideRemarks(records, { sources, destination }),
    ],
  });
  const problems = (words: string | undefined): readonly Problem[] =>
    words === undefined ? [] : [{ path: `stores[${index}]`, value: storeName(store), words }];
  if (looked.kind === 'refused') return { problems: problems(looked.words), warnings: [] };
  const { look, remarks } = looked;
  const keys = [...sources, destination];
  const seen = { look, slot: format.identity, region, keys };
  const { problem, warnings } = await judged(store, seen, ports);
  return {
    look,
    problems: problems(problem),
    warnings: [...warnings, ...remarks].map(words => `${storeName(store)}: ${words}`),
  };
}

interface Seen {
  readonly look: StoreLook;
  readonly slot: string;
  readonly region: string;
  readonly keys: readonly PlannedKey[];
}

async function judged(
  store: Store,
  { look, slot, region, keys }: Seen,
  { stores }: LookPorts,
): Promise<Judgement> {
  const narrowed = narrowedTo(store);
  if (look.records === 0 && narrowed === undefined) {
    const asked = { region: store.region ?? region, catalog: catalogOf(stores, store) };
    const judgement = await kindOf(store).judgeEmpty?.(store, asked);
    if (judgement !== undefined) return judgement;
  }
  return judgeLook({
    ...{ look, slot, keys, kind: kindOf(store).records, format: store.format.type },
    withoutDataKeyExpected: store.withoutDataKey === 'expected',
    ...(narrowed !== undefined && { narrowed }),
  });
}
