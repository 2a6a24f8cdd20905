import type { FormatRegistry } from '../model/format.ts';
import type { Job } from '../model/job.ts';
import type { KeyUse } from '../model/key-use.ts';
import type { KeyCatalog, KeyDescription } from '../keys/catalog.ts';
import { catalogOf, kindOf, type StoreCatalogs } from '../stores/registry.ts';
import {
  isOutdated,
  isSuperseded,
  knownPlaces,
  namedPlaces,
  type KnownPlace,
  type Superseding,
} from './known-places.ts';
import type { BackupsThere } from './backup-findings.ts';
import { otherStores, type OthersPort, type OtherStores } from './other-stores.ts';
import { foreignElsewhere } from './foreign-elsewhere.ts';
import type { KeyUsage, SeenByFollower } from './ports.ts';
import { serverSideOf } from './server-side-of.ts';
import type { RetireFacts } from './retire-check.ts';
import type { TrailFacts } from './trail-findings.ts';
import { lostDestinations } from './destinations.ts';
import { evidenceOf, untoldOf } from './evidence.ts';
import type { KnownStore } from './store-findings.ts';
import type { StoreProof } from '../proof/store-proof.ts';

export interface RetirePorts {
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
  readonly usageOf: (keyArn: string) => Promise<KeyUsage>;
  readonly stores: StoreCatalogs;
  /** What a trail says of the key's users; absent where nobody has named one. */
  readonly trailOf?: (usage: KeyUsage) => Promise<TrailFacts>;
  /** The caller's tables and buckets; absent where those that no job names are not asked about. */
  readonly others?: OthersPort;
  /** The on-demand backups of the caller's account in the key's Region. */
  readonly backups?: () => Promise<BackupsThere>;
}

export interface RetireQuestion {
  readonly key: KeyDescription;
  readonly jobs: readonly Job[];
  readonly formats: FormatRegistry;
  readonly proofs: readonly StoreProof[];
  /** What the ledger keeps of followers. @default none */
  readonly follows?: readonly SeenByFollower[];
  readonly now: number;
}

/** Gathers everything that retire-check must know: the stores of all jobs and runs that name the key, and who uses it. */
export async function gatherFacts(question: RetireQuestion, ports: RetirePorts): Promise<RetireFacts> {
  const { key, jobs, formats, proofs, follows = [], now } = question;
  const references = await resolveKeys(jobs, ports.keys);
  const about = proofs.filter(
    ({ sourceKeyArns, destinationKeyArn }) =>
      sourceKeyArns.includes(key.arn) || destinationKeyArn === key.arn,
  );
  const { moving, unresolved } = ofJobs(jobs, references, { keyArn: key.arn, about });
  const named = namedPlaces(jobs, formats);
  const past = { named, proofs, keyArn: key.arn };
  const superseded = about.filter(proof => isSuperseded(proof, past));
  const known = knownPlaces(namedPlaces(moving, formats), {
    visited: about.filter(proof => !superseded.includes(proof)),
    keyArn: key.arn,
  });
  const usage = await ports.usageOf(key.arn);
  const trail = await ports.trailOf?.(usage);
  const others = await othersOf(known, key.arn, ports);
  const backups = await ports.backups?.();
  const asked = known.map(({ place, slot }) => ({ place, slot, keyArn: key.arn }));
  return {
    ...{ key, usage, ...(trail !== undefined && { trail }), ...(others !== undefined && { others }) },
    ...(backups !== undefined && { backups }),
    stores: await Promise.all(known.map(one => knownStore(one, { ...past, moving }, ports))),
    superseded: superseded.filter(({ slot }) => slot !== undefined),
    ...{ unresolved, follows, lost: await lostDestinations(asked, { proofs, keys: ports.keys }) },
    foreign: foreignElsewhere(proofs, key.arn),
    destinationOf: jobs
      .filter(({ destination }) => references.get(destination.key) === key.arn)
      .map(({ name }) => `job ${name}`),
    now,
  };
}

async function othersOf(
  known: readonly KnownPlace[],
  keyArn: string,
  { others, keys, stores }: RetirePorts,
): Promise<OtherStores | undefined> {
  if (others === undefined) return undefined;
  return otherStores(others, { keyArn, keys, stores, known: known.map(({ place }) => place) });
}

interface OfJobs {
  readonly moving: readonly Job[];
  readonly unresolved: NonNullable<RetireFacts['unresolved']>;
}

/** The jobs that move data keys away from the key, now or according to past runs, and those of which that cannot be known. */
function ofJobs(
  jobs: readonly Job[],
  references: KeyReferences,
  { keyArn, about }: { readonly keyArn: string; readonly about: readonly StoreProof[] },
): OfJobs {
  const names = ({ key: reference }: KeyUse): boolean =>
    references.get(reference) === keyArn || isFormerName(reference, references.get(reference), about);
  const moving = jobs.filter(({ source }) => source.keys.some(names));
  const unresolved = jobs
    .filter(job => !moving.includes(job))
    .flatMap(({ name, source }) =>
      source.keys
        .filter(({ key }) => references.get(key) === undefined)
        .map(({ key }) => ({ job: name, reference: key })),
    );
  return { moving, unresolved };
}

/** A run resolved that name to one of its source keys. It now names none of them, so it may have named this key. */
function isFormerName(reference: string, now: string | undefined, about: readonly StoreProof[]): boolean {
  return about.some(
    ({ sourceKeyArns }) =>
      reference !== now &&
      sourceKeyArns.includes(reference) &&
      (now === undefined || !sourceKeyArns.includes(now)),
  );
}

async function knownStore(
  known: KnownPlace,
  { named, proofs, keyArn, moving }: Superseding & { readonly moving: readonly Job[] },
  { keys, stores }: Pick<RetirePorts, 'keys' | 'stores'>,
): Promise<KnownStore> {
  const { place, slot, job, account, copiedTo } = known;
  const backups = await backupsOf(known, stores);
  const serverSide = await serverSideOf(known, { keys, keyArn, stores });
  const outdated = proofs.filter(proof => isOutdated(proof, { named, moving }));
  const current = proofs.filter(proof => !outdated.includes(proof));
  const asked = { place, slot, keyArn };
  const was = evidenceOf(asked, outdated);
  const untold = untoldOf(asked, current);
  return {
    ...{ place, job, keyArn, evidence: evidenceOf(asked, current) },
    ...(slot !== undefined && { slot }),
    ...(account !== undefined && { account }),
    ...(copiedTo !== undefined && { copiedTo }),
    ...(untold !== undefined && { untold }),
    ...(was.kind === 'proven' && { outdated: was.proofs }),
    ...(backups !== undefined && { backups }),
    ...(serverSide !== undefined && { serverSide }),
  };
}

/** Of another account nobody is asked without its role: here, a table of that name would be another one. */
async function backupsOf(
  { place, account, assumeRole }: KnownPlace,
  stores: RetirePorts['stores'],
): Promise<KnownStore['backups']> {
  if (account !== undefined && assumeRole === undefined) return undefined;
  const seen = { type: place.type, ...(assumeRole !== undefined && { assumeRole }) };
  return kindOf(place).backups(place, catalogOf(stores, seen));
}

type KeyReferences = ReadonlyMap<string, string>;

/** Resolves the ARNs and aliases in jobs to key ARNs. An alias that cannot be resolved is not in the map. */
async function resolveKeys(jobs: readonly Job[], keys: RetirePorts['keys']): Promise<KeyReferences> {
  const references = new Set(
    jobs.flatMap(({ source, destination }) => [...source.keys.map(({ key }) => key), destination.key]),
  );
  const arns = new Map<string, string>();
  for (const reference of references) {
    const lookup = await keys.describeKey(reference);
    if (lookup.kind === 'found') arns.set(reference, lookup.key.arn);
    else if (!reference.includes(':alias/')) arns.set(reference, reference);
  }
  return arns;
}
