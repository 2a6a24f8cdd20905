import { callerIdentity, type CallerIdentity } from '../../lambda/adapters/aws/caller-identity.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { findDeployment, NotDeployed } from '../../lambda/adapters/run/deployment.ts';
import { storeCatalogs, storesIn } from '../../lambda/adapters/stores/registry.ts';
import { discoveryOf, type Discovery } from '../../lambda/core/discover/discovery.ts';
import { lookAtAll } from '../../lambda/core/discover/look-at-all.ts';
import { toldTrail, type ToldTrail } from '../../lambda/core/discover/told-trail.ts';
import { samplingOf } from '../../lambda/core/discover/sampling.ts';
import { PLACES_OF_SAMPLE } from '../../lambda/core/plan/sample-records.ts';
import type { TableBackups } from '../../lambda/core/stores/dynamodb/table-backups.ts';
import type { Seen } from '../../lambda/core/stores/lookup.ts';
import type { StoreType } from '../../lambda/core/stores/registry.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { writeOutput } from '../context/output-file.ts';
import { jobsHere, toldJobs } from '../deployment/deployed-jobs.ts';
import { afterDiscovery } from '../next-steps/after-discovery.ts';
import { discoveryHtml } from '../render/discovery-page.ts';
import { mostUsd } from '../render/most-usd.ts';
import { discoveryText, lookedLine } from '../render/discovery.ts';
import { notLookedAtIn } from '../render/undiscovered.ts';
import { writeDrafts, type Drafted } from './discovered-drafts.ts';
import { describedKeys, referencesIn } from './discovered-keys.ts';
import { lookAt, type LookedAt } from './discovered-store.ts';
import { backupsIn } from './table-backups.ts';
import { trailOfAccount, type TrailOfAccount } from './discovered-users.ts';
import type { TrailOptions } from './trail-users.ts';

export interface DiscoverOptions extends TrailOptions {
  /** Records of each store. */
  readonly sample: number;
  readonly only?: 'tables' | 'buckets';
  readonly jobs: string;
  /** A folder for the jobs of stores that no job names. */
  readonly write?: string;
  /** A file for a page with all of it. */
  readonly html?: string;
}

interface Named {
  readonly type: StoreType;
  readonly name: string;
}

interface Looking extends DiscoverOptions {
  readonly region: string;
  readonly clients: AwsClients;
  /** US dollars of the budget that the stores may take. */
  readonly reserved: number;
}

/**
 * `rewrap discover`: looks at a sample of every table and bucket of the account in one Region, and says which data keys lie where, under
 * which keys, and which of these stores no job names. It only reads, with the caller's own permissions.
 */
export async function discover(options: DiscoverOptions, context: CommandContext): Promise<ExitCode> {
  const { console, aws } = context;
  const wrong = problemIn(options, console.json);
  if (wrong !== undefined) return refused(console, wrong);
  const clients = new AwsClients(aws);
  const region = await clients.region();
  const own = await storesOfDeployment(region, context);
  const named = (await namedStores(options, { clients, region })).filter(({ name }) => !own.includes(name));
  const most = samplingOf(named, { records: options.sample, places: PLACES_OF_SAMPLE });
  const words = `${count(named.length, 'store')} in ${region}: at most ${count(most.requests, 'request')} that only read, for at most ${mostUsd(most.usd)}`;
  if (most.usd > options.budget)
    return refused(
      console,
      `${words}; the budget is $${options.budget}: raise --budget, lower --sample, or look at --only tables or buckets`,
    );
  console.note(words);
  const { looks, discovery, trail, tableBackups } = await foundIn(
    named,
    { ...options, region, clients, reserved: most.usd },
    context,
  );
  const drafts = options.write === undefined ? [] : writeDrafts(options.write, discovery, draftsOf(looks));
  const found = { region, sample: options.sample, most, ...discovery, ...trailTold(trail), drafts };
  const told = { ...found, notChecked: notLookedAtIn(found, tableBackups) };
  console.result(told, discoveryText, afterDiscovery(told, hereOf(context)));
  if (options.html !== undefined) {
    writeOutput(options.html, discoveryHtml(told, new Date()));
    console.note(`wrote ${options.html}`);
  }
  const { 'in-part': inPart, unnamed, unread } = discovery.counts;
  return unnamed + inPart + unread === 0 ? EXIT.done : EXIT.left;
}

function trailTold(trail: TrailOfAccount | undefined): { readonly trail?: ToldTrail } {
  return trail === undefined ? {} : { trail: toldTrail(trail.read) };
}

interface Found {
  readonly looks: readonly LookedAt[];
  readonly discovery: Discovery;
  readonly trail: TrailOfAccount | undefined;
  readonly tableBackups: Seen<TableBackups>;
}

/** Tables are not looked at. */
const NONE: Seen<TableBackups> = { kind: 'seen', value: { backups: [], beyond: 0 } };

/** The trail first: it may be refused for its cost, and then nothing is read. */
async function foundIn(named: readonly Named[], looking: Looking, context: CommandContext): Promise<Found> {
  const { region } = looking;
  const identity = await callerIdentity({ ...context.aws, region });
  const trail = await trailOfAccount(looking, identity, context);
  const jobs = await jobsKnown(region, looking, context);
  const looks = await looksOf(named, { ...looking, identity }, context);
  const seen = looks.map(({ look }) => look);
  const tableBackups = looking.only === 'buckets' ? NONE : await backupsIn(region, looking.clients, context);
  const backups = tableBackups.kind === 'seen' ? tableBackups.value.backups : [];
  const described = await describedKeys(referencesIn(seen, jobs, { trail, backups }), region, context);
  const discovery = discoveryOf(seen, jobs, {
    ...{ described, backups: { region, backups } },
    ...(trail !== undefined && { trail }),
  });
  return { looks, discovery, trail, tableBackups };
}

function problemIn({ sample, contextValues }: DiscoverOptions, json: boolean): string | undefined {
  if (sample < 1) return '--sample 0: no record would be looked at; write 1 or more';
  if (contextValues === true && !json) return '--context-values is for --json: values are shown nowhere else';
  return undefined;
}

function refused(console: CommandContext['console'], words: string): ExitCode {
  console.note(words);
  return EXIT.refused;
}

const TYPES = { tables: 'dynamodb', buckets: 's3' } as const satisfies Readonly<Record<string, StoreType>>;

async function namedStores(
  { only }: DiscoverOptions,
  { clients, region }: { readonly clients: AwsClients; readonly region: string },
): Promise<readonly Named[]> {
  const types = only === undefined ? Object.values(TYPES) : [TYPES[only]];
  const names = await Promise.all(
    types.map(async type => (await storesIn(type, clients, region)).map(name => ({ type, name }))),
  );
  return names.flat();
}

/** The table and buckets of the service itself hold no data keys but in journals, which are its own. */
async function storesOfDeployment(
  region: string,
  { aws, deployment }: CommandContext,
): Promise<readonly string[]> {
  try {
    const { ledgerTable, journalBucket, runBucket } = await findDeployment(deployment, { ...aws, region });
    return [ledgerTable, journalBucket, runBucket];
  } catch (error) {
    if (error instanceof NotDeployed) return [];
    throw error;
  }
}

/** Those of the folder and those that are deployed in this Region. */
async function jobsKnown(region: string, { jobs }: DiscoverOptions, { aws, deployment }: CommandContext) {
  const told = await toldJobs({ deployment, aws: { ...aws, region } });
  const names = new Set(told.map(({ name }) => name));
  return [...told, ...jobsHere(jobs).filter(({ name }) => !names.has(name))];
}

async function looksOf(
  named: readonly Named[],
  { sample, region, identity, clients }: Looking & { readonly identity: CallerIdentity },
  context: CommandContext,
): Promise<readonly LookedAt[]> {
  const { console } = context;
  const catalogs = storeCatalogs(clients);
  const shown = { line: lookedLine, screen: lookedLine };
  const looks = await lookAtAll(
    named,
    store => lookAt({ ...store, region }, { sample, catalogs, identity }, context),
    (looked, { name }) => console.progress({ looked, of: named.length, name }, shown),
  );
  console.progressDone();
  return looks;
}

function draftsOf(looks: readonly LookedAt[]): ReadonlyMap<string, Drafted['job']> {
  return new Map(looks.flatMap(({ look, draft }) => (draft ? [[`${look.type} ${look.name}`, draft]] : [])));
}

function count(many: number, what: string): string {
  return `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`;
}
