import { writtenPlace, type Job } from '../model/job.ts';
import { sourceRegion } from '../model/route.ts';
import type { KeyCatalog, KeyDescription, StoreCatalog } from '../plan/ports.ts';
import type { KeyUsage, StoreBackups } from './ports.ts';
import type { KnownStore, RetireFacts } from './retire-check.ts';
import type { StoreProof } from './store-proof.ts';

export interface RetirePorts {
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
  readonly usageOf: (keyArn: string) => Promise<KeyUsage>;
  readonly stores: Pick<StoreCatalog, 'describeTable' | 'describeBucket'>;
}

export interface RetireQuestion {
  readonly key: KeyDescription;
  readonly jobs: readonly Job[];
  readonly proofs: readonly StoreProof[];
  readonly now: number;
}

/** Everything that retire-check must know: the stores of all jobs and runs that name the key, and who uses it. */
export async function gatherFacts(
  { key, jobs, proofs, now }: RetireQuestion,
  ports: RetirePorts,
): Promise<RetireFacts> {
  const arnOf = await keyArns(jobs, ports.keys);
  const moving = jobs.filter(({ source }) => source.keys.some(one => arnOf(one.key) === key.arn));
  const known = new Map<string, KnownStore>();
  for (const job of moving)
    for (const store of job.stores) {
      const place = writtenPlace(store, sourceRegion(job));
      known.set(place, { place, job: job.name });
    }
  for (const proof of proofs.filter(({ sourceKeyArns }) => sourceKeyArns.includes(key.arn)))
    known.set(proof.place, { place: proof.place, job: proof.job });
  const stores = await Promise.all(
    [...known.values()].map(async store => {
      const proof = proofs.find(({ place }) => place === store.place);
      const backups = await backupsOf(store.place, ports.stores);
      return { ...store, ...(proof !== undefined && { proof }), ...(backups !== undefined && { backups }) };
    }),
  );
  return {
    key,
    usage: await ports.usageOf(key.arn),
    stores,
    destinationOf: [
      ...jobs
        .filter(({ destination }) => arnOf(destination.key) === key.arn)
        .map(({ name }) => `job ${name}`),
      ...proofs
        .filter(({ destinationKeyArn }) => destinationKeyArn === key.arn)
        .map(({ runId, place }) => `run ${runId} (${place})`),
    ],
    now,
  };
}

/** Jobs name keys by ARN or alias: both come to the key's ARN. */
async function keyArns(
  jobs: readonly Job[],
  keys: RetirePorts['keys'],
): Promise<(reference: string) => string> {
  const references = new Set(
    jobs.flatMap(({ source, destination }) => [...source.keys.map(({ key }) => key), destination.key]),
  );
  const arns = new Map<string, string>();
  for (const reference of references) {
    const lookup = await keys.describeKey(reference);
    if (lookup.kind === 'found') arns.set(reference, lookup.key.arn);
  }
  return reference => arns.get(reference) ?? reference;
}

/** Places are written as `writtenPlace` writes them: type, Region, name. */
async function backupsOf(place: string, stores: RetirePorts['stores']): Promise<StoreBackups | undefined> {
  const [type = '', region = '', ...name] = place.split(':');
  if (type === 'dynamodb') {
    const lookup = await stores.describeTable({ region, table: name.join(':') });
    if (lookup.kind !== 'found') return undefined;
    const { pointInTimeRecovery, replicaRegions } = lookup.description;
    return { pointInTimeRecovery, replicaRegions, noncurrentVersions: false };
  }
  const [bucket = ''] = name.join(':').split('/');
  const lookup = await stores.describeBucket({ region, bucket });
  if (lookup.kind !== 'found') return undefined;
  const { noncurrentVersions } = lookup.description;
  return { pointInTimeRecovery: false, replicaRegions: [], noncurrentVersions };
}
