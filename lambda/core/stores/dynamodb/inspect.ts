import type { RunMode, ScanRange } from '../../model/run.ts';
import { accountOf } from '../../model/store-account.ts';
import { COPY_TO_WARNING, COPY_WARNING } from '../copies.ts';
import { missing } from '../lookup.ts';
import type { Inspected, Inspection, StoreCount, Wrong } from '../store.ts';
import type { TableCatalog, TableDescription } from './catalog.ts';
import type { TableStore } from './schema.ts';
import type { Limits } from '../../model/job.ts';
import { capacityWarnings } from './capacity-warnings.ts';
import { tablesOf } from './capacity.ts';
import { tableUnits } from './cost.ts';
import { segments } from './segments.ts';
import { verifyReadsOf } from './verify-reads.ts';

export async function inspectTable(
  store: TableStore,
  { mode, region, catalog, limits, sample, format }: Inspection<TableCatalog>,
): Promise<Inspected | Wrong> {
  const lookup = await catalog.describeTable({ region, table: store.table });
  const account = accountOf(store);
  if (lookup.kind !== 'found') return { words: missing('table', { region, account }, lookup) };
  const table = lookup.description;
  const wrong =
    fillingProblem(table) ??
    keyProblem(table, format) ??
    indexProblem(store, table) ??
    (await copyProblem(store, table, { region, catalog }));
  if (wrong !== undefined) return wrong;
  const count = {
    records: table.itemCount,
    bytes: table.sizeBytes,
    ...(format.guards !== undefined && { writes: GUARDED_WRITES * table.itemCount }),
  };
  const copy = store.copyTo && (await catalog.describeTable(store.copyTo));
  const places = { table, ...(copy?.kind === 'found' && { copy: copy.description }) };
  return {
    ranges: sample ? ONE_RANGE : tableRanges(store, table, limits.maxConcurrency),
    ...count,
    warnings: [
      ...tableWarnings(store, table, mode),
      ...capacityOfPlaces(store, { ...places, mode, limits, count }),
    ],
    verifyReads: verifyReadsOfPlaces(store, { ...places, region }),
    serverSideKeys: [...table.serverSideKeys, ...(places.copy?.serverSideKeys ?? [])],
  };
}

interface Places {
  readonly table: TableDescription;
  readonly copy?: TableDescription;
}

function verifyReadsOfPlaces(
  store: TableStore,
  { table, copy, region }: Places & { readonly region: string },
): Readonly<Record<string, number>> {
  const described = [table, ...(copy === undefined ? [] : [copy])];
  return Object.fromEntries(
    tablesOf(store, region).flatMap((name, index) => {
      const one = described[index];
      return one === undefined ? [] : [[name, verifyReadsOf(one)] as const];
    }),
  );
}

/** Of the table, and of that of its copy. Each has half of the reads of a copied store, and the copy has all of its writes. */
function capacityOfPlaces(
  { copyTo }: TableStore,
  {
    table: { capacity },
    copy,
    ...asked
  }: Places & { readonly mode: RunMode; readonly limits: Limits; readonly count: StoreCount },
): readonly string[] {
  const { mode, limits, count } = asked;
  const migrates = mode === 'migrate';
  const taken = tableUnits(count, { isCopied: copyTo !== undefined, passes: migrates ? 2 : 1 });
  const units = migrates ? taken : { ...taken, writes: 0 };
  if (copyTo === undefined) return capacityWarnings({ mode, capacity, limits, units });
  const reads = units.reads / 2;
  return [
    ...capacityWarnings({ mode, capacity, limits, units: { reads, writes: 0 } }),
    ...capacityWarnings({ mode, capacity: copy?.capacity, limits, units: { ...units, reads } }).map(
      words => `its copy in ${copyTo.table}: ${words}`,
    ),
  ];
}

/** An item and two guards in one transaction, which DynamoDB writes twice: to prepare it, and to commit it. */
const GUARDED_WRITES = 6;

const ONE_RANGE: readonly ScanRange[] = [{ type: 'segment', segment: 0, totalSegments: 1 }];

function tableRanges(
  { scope }: TableStore,
  table: TableDescription,
  maxConcurrency: number,
): readonly ScanRange[] {
  if (scope?.segments === undefined) return segments(table, maxConcurrency);
  const { total, only } = scope.segments;
  return only.map(segment => ({ type: 'segment', segment, totalSegments: total }));
}

/** Items that come after a run has passed their place bring old data keys that it never saw. */
function fillingProblem({ filling }: TableDescription): Wrong | undefined {
  return filling === undefined
    ? undefined
    : {
        words: `DynamoDB is still filling the table (${filling}): whole items come into it, with the data keys that they had; wait until it is ACTIVE and complete, then start the job again`,
      };
}

/** DynamoDB cannot change attributes of a primary key. */
function keyProblem({ keyNames }: TableDescription, { declared }: Inspection['format']): Wrong | undefined {
  const name = keyNames.find(key => declared.some(([first]) => first === key));
  return name === undefined
    ? undefined
    : {
        field: 'format',
        words: `names ${name} as a place that a run changes, but that is part of the table's primary key; name another attribute`,
      };
}

function indexProblem({ scope }: TableStore, { indexNames }: TableDescription): Wrong | undefined {
  if (scope?.index === undefined || indexNames.includes(scope.index)) return undefined;
  const names = indexNames.length === 0 ? 'it has none' : `write one of: ${indexNames.join(', ')}`;
  return { field: 'scope.index', words: `the table has no index ${scope.index}; ${names}` };
}

/** Items are found in the other table by their primary key, so both tables must have the same key attributes. */
async function copyProblem(
  { table, copyTo, ...store }: TableStore,
  { keyNames }: TableDescription,
  { region, catalog }: Pick<Inspection<TableCatalog>, 'region' | 'catalog'>,
): Promise<Wrong | undefined> {
  if (copyTo === undefined) return undefined;
  if (copyTo.table === table && copyTo.region === region)
    return { field: 'copyTo', words: 'is the table itself; remove it to replace data keys in place' };
  const lookup = await catalog.describeTable(copyTo);
  const there = { region: copyTo.region, account: accountOf(store) };
  if (lookup.kind !== 'found') return { field: 'copyTo', words: missing('table', there, lookup) };
  const filling = fillingProblem(lookup.description);
  if (filling !== undefined) return { field: 'copyTo', ...filling };
  const other = lookup.description.keyNames;
  return other.join(' ') === keyNames.join(' ')
    ? undefined
    : {
        field: 'copyTo',
        words: `its primary key is ${other.join(', ')}, that of ${table} is ${keyNames.join(', ')}; items are found by their key, so both must have the same`,
      };
}

function tableWarnings(
  { copyTo, scope }: TableStore,
  { streamEnabled, replicaRegions, pointInTimeRecovery }: TableDescription,
  mode: RunMode,
): readonly string[] {
  const replaces = mode === 'migrate' && copyTo === undefined;
  return [
    ...(copyTo === undefined ? [] : [COPY_WARNING, COPY_TO_WARNING]),
    ...(scope?.index === undefined
      ? []
      : ['an index is read eventually consistent: items written just before the run may be missing from it']),
    ...(streamEnabled && replaces
      ? ['every re-wrapped item produces a stream record, which consumers will see']
      : []),
    ...(replicaRegions.length > 0 && replaces
      ? [
          `a global table with replicas in ${replicaRegions.join(', ')}: run this job in one Region only, and check that readers there may use the destination key`,
        ]
      : []),
    // Who only counts retires no key after it.
    ...(pointInTimeRecovery && mode !== 'census'
      ? [
          'point-in-time recovery keeps items with their old data keys for up to 35 days; keep the source keys that long',
        ]
      : []),
  ];
}
