import type { Store } from '../../lambda/core/model/job.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import { HERE, THERE, type Account } from './account.ts';

export interface NamedJob {
  readonly name: string;
  readonly stores: readonly object[];
}

/** A job of each kind, and for each route. */
export function jobsOf({ keys, stream }: Account): readonly NamedJob[] {
  const attribute = { type: 'attribute', dataKey: 'edk', encryptionContext: {} };
  const metadata = { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} };
  const table = (name: string, more: object = {}) => ({
    type: 'dynamodb',
    table: name,
    format: attribute,
    ...more,
  });
  const bucket = (name: string, more: object = {}) => ({
    ...{ type: 's3', bucket: name, prefix: 'a/b', format: metadata },
    ...more,
  });
  /** With a limit, so that the workers of a rollback look at what others have of a table. One of writes would leave no batches. */
  const job = (
    name: string,
    source: string,
    more: Omit<NamedJob, 'name'> & Readonly<Record<string, unknown>>,
  ): NamedJob => ({
    name,
    ...{ source: { keys: [source] }, limits: { maxConcurrency: 2, readCapacityPerSecond: 10_000 } },
    ...more,
  });
  const here = { destination: { key: keys.destination } };
  const there = { destination: { key: keys.european } };
  const copyTo = (more: object) => ({ copyTo: { region: THERE, ...more } });
  const byTag = { ...metadata, encryptionContext: { tenant: { tag: 'tenant' } } };
  return [
    job('in-place', keys.source, {
      ...here,
      schedule: { expression: 'cron(0 3 1 * ? *)', mode: 'census', starts: 'at-once' },
      stores: [
        table('Plain', { serverSideEncryptionKey: keys.tableEncryption }),
        table('Indexed', { scope: { index: 'sparse' } }),
        table('BranchKeys', { format: { type: 'branch-key-store' } }),
        bucket('plain-documents', { serverSideEncryptionKey: keys.bucketEncryption }),
        bucket('tagged-documents', { format: byTag }),
        bucket('versioned-documents', { format: byTag, versions: 'all' }),
        bucket('sealed-documents', { format: { type: 'object-body', encryptionContext: {} } }),
      ],
    }),
    job('counted', keys.source, {
      ...here,
      stores: [
        bucket('annotated-documents', {
          versions: 'all',
          format: { type: 'object-annotation', annotation: 'edk', encryptionContext: {} },
        }),
      ],
    }),
    job('by-alias', `arn:aws:kms:${HERE}:111122223333:alias/orders`, { ...here, stores: [table('ByAlias')] }),
    job('from-others', keys.foreign, { ...here, stores: [table('FromOthers')] }),
    job('followed', keys.source, {
      ...here,
      follow: { streams: [stream], buckets: ['followed-documents'] },
      stores: [
        table('Followed', { serverSideEncryptionKey: keys.tableEncryption }),
        bucket('followed-documents', { serverSideEncryptionKey: keys.bucketEncryption }),
      ],
    }),
    job('misspelt', keys.source, {
      ...here,
      stores: [bucket('misspelt-documents', { prefix: 'a/c/d/' })],
    }),
    job('copied', keys.source, {
      ...there,
      route: {
        type: 'bridge',
        bridgeKey: `arn:aws:kms:${HERE}:111122223333:alias/kms-rewrap-bridge`,
        deployBridgeKey: true,
      },
      stores: [
        table('Copied', copyTo({ table: 'Copy', serverSideEncryptionKey: keys.thereEncryption })),
        table('CopiedWhole', copyTo({ table: 'Made', createMissing: true })),
        bucket(
          'copied-documents',
          copyTo({ bucket: 'copy-documents', serverSideEncryptionKey: keys.thereEncryption }),
        ),
        bucket('whole-documents', copyTo({ bucket: 'made-documents', createMissing: true })),
      ],
    }),
    job('multi-region', keys.multiRegion, {
      ...there,
      route: { type: 'multi-region', deployReplicas: true },
      stores: [table('MultiRegion')],
    }),
    job('plaintext', keys.single, {
      ...there,
      route: { type: 'decrypt-encrypt' },
      stores: [table('Plaintext'), bucket('plaintext-documents')],
    }),
  ];
}

/** The buckets of a job in which objects are copied; where the body holds the data key, the object is put as a whole. */
export function bucketsOf(jobs: readonly NamedJob[], name: string): readonly BucketStore[] {
  const stores = (jobs.find(job => job.name === name)?.stores ?? []) as readonly Store[];
  return stores.filter(isCopied);
}

function isCopied(store: Store): store is BucketStore {
  return store.type === 's3' && (store.format as { readonly type?: string }).type !== 'object-body';
}
