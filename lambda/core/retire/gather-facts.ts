import { bindFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import { writtenPlace, type Job } from '../model/job.ts';
import { sourceRegion } from '../model/route.ts';
import type { KeyCatalog, KeyDescription, StoreCatalog } from '../plan/ports.ts';
import type { KeyUsage, StoreBackups } from './ports.ts';
import type { RetireFacts } from './retire-check.ts';
import { evidenceOf } from './standing-proofs.ts';
import type { KnownStore } from './store-findings.ts';
import type { StoreProof } from './store-proof.ts';

export interface RetirePorts {
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
  readonly usageOf: (keyArn: string) => Promise<KeyUsage>;
  readonly stores: Pick<StoreCatalog, 'describeTable' | 'describeBucket'>;
}

export interface RetireQuestion {
  readonly key: KeyDescription;
  readonly jobs: readonly Job[];
  readonly formats: FormatRegistry;
  readonly proofs: readonly StoreProof[];
  readonly now: number;
}

/** Everything that retire-check must know: the stores of all jobs and runs that name the key, and who uses it. */
export async function gatherFacts(
  { key, jobs, formats, proofs, now }: RetireQuestion,
  ports: RetirePorts,
): Promise<RetireFacts> {
  const arnOf = await keyArns(jobs, ports.keys);
  const moving = jobs.filter(({ source }) => source.keys.some(one => arnOf(one.key) === key.arn));
  const known = knownPlaces(
    moving,
    formats,
    proofs.filter(
      ({ sourceKeyArns, destinationKeyArn }) =>
        sourceKeyArns.includes(key.arn) || destinationKeyArn === key.arn,
    ),
  );
  const stores = await Promise.all(
    known.map(async ({ place, slot, job }): Promise<KnownStore> => {
      const backups = await backupsOf(place, ports.stores);
      return {
        place,
        job,
        keyArn: key.arn,
        evidence: evidenceOf({ place, slot, keyArn: key.arn }, proofs),
        ...(slot !== undefined && { slot }),
        ...(backups !== undefined && { backups }),
      };
    }),
  );
  return {
    key,
    usage: await ports.usageOf(key.arn),
    stores,
    destinationOf: jobs
      .filter(({ destination }) => arnOf(destination.key) === key.arn)
      .map(({ name }) => `job ${name}`),
    now,
  };
}

interface KnownPlace {
  readonly place: string;
  readonly slot: string | undefined;
  readonly job: string;
}

/** Where data keys have been under the key, or may be: the stores of jobs, and of all runs from it or to it. */
function knownPlaces(
  jobs: readonly Job[],
  formats: FormatRegistry,
  proofs: readonly StoreProof[],
): readonly KnownPlace[] {
  const named = jobs.flatMap(job =>
    job.stores.map(store => ({
      place: writtenPlace(store, sourceRegion(job)),
      slot: bindFormat(store, formats).identity,
      job: job.name,
    })),
  );
  const visited = proofs
    .filter(proof => !isSuperseded(proof, proofs))
    .map(({ place, slot, job }) => ({ place, slot, job }));
  const byPlace = new Map([...visited, ...named].map(one => [JSON.stringify([one.place, one.slot]), one]));
  return [...byPlace.values()];
}

/** A proof of an earlier version does not say which slot it is about: a newer one of the same place stands for it. */
function isSuperseded({ place, slot, at }: StoreProof, proofs: readonly StoreProof[]): boolean {
  return (
    slot === undefined &&
    proofs.some(other => other.place === place && other.slot !== undefined && other.at > at)
  );
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
