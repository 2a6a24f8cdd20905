import { RunRefused } from '../../lambda/core/model/errors.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { planRun, type PlanPorts } from '../../lambda/core/plan/plan-run.ts';
import type { PlanRequest } from '../../lambda/core/plan/plan-request.ts';
import type { KeyCatalog, KeyDescription, KeyLookup } from '../../lambda/core/keys/catalog.ts';
import type { LatestRuns, PastRuns, RunHistory } from '../../lambda/core/plan/ports.ts';
import type { TableCatalog, TableDescription } from '../../lambda/core/stores/dynamodb/catalog.ts';
import type { StoreCatalogs } from '../../lambda/core/stores/registry.ts';
import type { BucketCatalog } from '../../lambda/core/stores/s3/catalog.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { item, job, object } from './builders.ts';

/** Answers what Plan asks from memory: everything exists and is allowed, unless a test says otherwise. */
export function key(arn: string, changes: Partial<KeyDescription> = {}): KeyLookup {
  return {
    kind: 'found',
    key: {
      arn,
      state: 'Enabled',
      usage: 'ENCRYPT_DECRYPT',
      spec: 'SYMMETRIC_DEFAULT',
      multiRegion: false,
      encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      ...changes,
    },
  };
}

export function keys(changes: Partial<KeyCatalog> = {}): KeyCatalog {
  return {
    describeKey: arn => Promise.resolve(key(arn)),
    mayReEncrypt: () => Promise.resolve({ kind: 'allowed' }),
    keyMaterials: () => Promise.resolve([]),
    ...changes,
  };
}

export function table(changes: Partial<TableDescription> = {}): TableDescription {
  return {
    keyNames: ['id'],
    indexNames: [],
    itemCount: 2_000,
    sizeBytes: 600_000,
    streamEnabled: false,
    replicaRegions: [],
    pointInTimeRecovery: false,
    serverSideKeys: [],
    ...changes,
  };
}

export function stores(changes: Partial<TableCatalog & BucketCatalog> = {}): StoreCatalogs {
  const all: TableCatalog & BucketCatalog = {
    describeTable: () => Promise.resolve({ kind: 'found', description: table() }),
    serverSideKeys: async place => {
      const lookup = await all.describeTable(place);
      return lookup.kind === 'found' ? { ...lookup, description: lookup.description.serverSideKeys } : lookup;
    },
    describeBucket: () =>
      Promise.resolve({
        kind: 'found',
        description: { versioned: false, noncurrentVersions: false, accessControlLists: false },
      }),
    describeDefaults: () => Promise.resolve({ locks: { kind: 'seen', value: {} } }),
    defaultEncryption: () => Promise.resolve({ kind: 'seen', value: { algorithm: 'AES256' } }),
    tellsEventBridge: () => Promise.resolve({ kind: 'seen', value: true }),
    listKeys: () => Promise.resolve({ keys: [], truncated: false }),
    listVersions: () =>
      Promise.resolve({ kind: 'seen', value: { versions: 0, deleteMarkers: 0, truncated: false } }),
    listBelow: () => Promise.resolve([]),
    ...changes,
  };
  const catalogs: StoreCatalogs = {
    ...{ dynamodb: all, s3: all },
    assuming: () => catalogs,
    mayAssume: () => Promise.resolve({ kind: 'allowed' }),
  };
  return catalogs;
}

export const REQUEST: PlanRequest = {
  runId: 'run-1',
  input: { job: 'orders', mode: 'migrate' },
  jobs: [job()],
  formats,
  plaintextAllowed: false,
  workerTimeoutSeconds: 900,
  now: Date.UTC(2026, 10, 21),
};

export interface Given {
  readonly keys?: KeyCatalog;
  readonly stores?: StoreCatalogs;
  readonly history?: Partial<RunHistory>;
  readonly pastRuns?: PastRuns;
  readonly latestRuns?: LatestRuns;
  readonly shares?: PlanPorts['shares'];
  /** What Plan finds in every store. @default one record that fits every job in the tests */
  readonly records?: RecordStore;
}

export function ports(given: Given = {}): PlanPorts {
  return {
    keys: () => given.keys ?? keys(),
    stores: given.stores ?? stores(),
    records: ({ type }) => Promise.resolve(given.records ?? fitting(type)),
    history: {
      lastMigration: () => Promise.resolve(undefined),
      proof: () => Promise.resolve(undefined),
      ...given.history,
    },
    pastRuns: given.pastRuns ?? {
      plan: () => Promise.resolve(undefined),
      units: () => Promise.resolve([]),
      report: () => Promise.resolve(undefined),
      fence: (_run, now) => Promise.resolve({ succeeded: false, fencedAt: now }),
      lastPageAt: () => Promise.resolve(undefined),
    },
    shares: given.shares ?? { read: () => Promise.resolve([]) },
    latestRuns: given.latestRuns ?? { latest: () => Promise.resolve(undefined) },
  };
}

/** A store whose one record has bytes at every place that the tests' jobs name. */
function fitting(type: string): RecordStore {
  const edk = { B: Buffer.from('edk') };
  const record =
    type === 's3'
      ? object('a', { edk: 'ZWRr', tenant: 'acme' })
      : item('a', { edk, otherEdk: edk, tenant: { S: 'acme' } });
  return {
    readPage: () => Promise.resolve({ records: [record] }),
    find: () => Promise.resolve([]),
    reread: () => Promise.resolve(undefined),
    takes: () => true,
    write: () => Promise.resolve({ kind: 'precondition-failed' }),
  };
}

export async function planOf(given: Given, changes: Partial<PlanRequest> = {}): Promise<RunPlan> {
  return (await planRun({ ...REQUEST, ...changes }, ports(given))).plan;
}

/** The message of the refusal, or 'not refused'. */
export async function refusal(given: Given, changes: Partial<PlanRequest> = {}): Promise<string> {
  return planRun({ ...REQUEST, ...changes }, ports(given)).then(
    () => 'not refused',
    (error: unknown) => (error instanceof RunRefused ? error.message : String(error)),
  );
}
