import type { DataKey } from '../../lambda/core/model/data-key.ts';
import type { EncryptionContext } from '../../lambda/core/model/encryption-context.ts';
import type { Job, JobSchedule } from '../../lambda/core/model/job.ts';
import type { EncryptionAlgorithm, KeyUse, PlannedKey } from '../../lambda/core/model/key-use.ts';
import type { AttributeMap, ItemRecord, ObjectRecord } from '../../lambda/core/model/record.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { unitScope, type UnitScope } from '../../lambda/core/scan/unit-scope.ts';

export const OLD_KEY = 'arn:aws:kms:us-east-1:111122223333:key/11111111-1111-1111-1111-111111111111';
export const NEW_KEY = 'arn:aws:kms:us-east-1:111122223333:key/22222222-2222-2222-2222-222222222222';
export const FOREIGN_KEY = 'arn:aws:kms:us-east-1:111122223333:key/33333333-3333-3333-3333-333333333333';

export const SCHEDULE: JobSchedule = {
  expression: 'rate(90 days)',
  timeZone: 'UTC',
  mode: 'migrate',
  starts: 'after-migration',
};

export function use(key: string, encryptionAlgorithm: EncryptionAlgorithm = 'SYMMETRIC_DEFAULT'): KeyUse {
  return { key, encryptionAlgorithm };
}

export function planned(keyArn: string, changes: Partial<PlannedKey> = {}): PlannedKey {
  return { keyArn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT', alsoKnownAs: [], ...changes };
}

/** The content of a valid job file. */
export function jobInput(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'orders',
    source: { keys: [OLD_KEY] },
    destination: { key: NEW_KEY },
    stores: [tableStore()],
    ...changes,
  };
}

export function tableStore(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'dynamodb',
    table: 'Orders',
    format: { type: 'attribute', dataKey: 'edk', encryptionContext: { tenant: { attribute: 'tenant' } } },
    ...changes,
  };
}

export function bucketStore(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 's3',
    bucket: 'documents',
    prefix: '',
    format: {
      type: 'object-metadata',
      dataKey: 'edk',
      encryptionContext: { tenant: { metadata: 'tenant' } },
    },
    ...changes,
  };
}

export function job(changes: Partial<Job> = {}): Job {
  return {
    name: 'orders',
    source: { keys: [use(OLD_KEY)] },
    destination: { ...use(NEW_KEY), dataKeyBytes: 32 },
    route: { type: 'auto' },
    stores: [
      {
        type: 'dynamodb',
        table: 'Orders',
        format: {
          type: 'attribute',
          dataKey: 'edk',
          encoding: 'binary',
          encryptionContext: { tenant: { attribute: 'tenant' } },
        },
      },
    ],
    limits: { kmsRequestsPerSecond: 500, maxConcurrency: 4, toleratedFailurePercentage: 0 },
    verify: 'full',
    fingerprints: false,
    log: 'page',
    ...changes,
  };
}

export function plan(changes: Partial<RunPlan> = {}): RunPlan {
  const { stores, limits } = job();
  return {
    runId: 'run-1',
    job: 'orders',
    mode: 'migrate',
    startedAt: '2026-11-21T00:00:00.000Z',
    sources: [planned(OLD_KEY)],
    destination: planned(NEW_KEY),
    route: { type: 'direct', why: 'all keys are in us-east-1' },
    grantTokens: [],
    dryRun: false,
    storeRegion: 'us-east-1',
    keyMaterials: [],
    keepsSource: false,
    stores,
    limits,
    verify: true,
    units: 1,
    unitsPerStore: [1],
    workers: 1,
    pageSize: 10,
    workerTimeoutSeconds: 900,
    estimate: { dataKeys: 0, kmsRequests: 0, seconds: 0, usd: { kms: 0, reads: 0, writes: 0, total: 0 } },
    warnings: [],
    ...changes,
  };
}

export const UNIT: Unit = {
  runId: 'run-1',
  unitId: 'u00001',
  store: 0,
  range: { type: 'segment', segment: 0, totalSegments: 1 },
};

export function scope(changes: Partial<RunPlan> = {}): UnitScope {
  return unitScope(UNIT, plan(changes), formats);
}

/** The contexts of a data key: the one that it has, and the one that it should have. */
export function under(
  source: EncryptionContext,
  destination: EncryptionContext = source,
): Pick<DataKey, 'contexts' | 'readerContexts'> {
  return { contexts: [{ source, destination }], readerContexts: [destination] };
}

export function item(id: string, attributes: AttributeMap): ItemRecord {
  const key = { id: { S: id } };
  return { kind: 'item', locator: JSON.stringify(key), key, attributes: { ...key, ...attributes } };
}

export function object(
  key: string,
  metadata: Record<string, string>,
  changes: Partial<ObjectRecord> = {},
): ObjectRecord {
  return {
    kind: 'object',
    locator: key,
    etag: '"e"',
    lastModified: 0,
    settled: true,
    size: 1,
    metadata,
    headers: {},
    ...changes,
  };
}
