import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import { findDeployment, NotDeployed } from '../../lambda/adapters/run/deployment.ts';
import { storesIn } from '../../lambda/adapters/stores/registry.ts';
import { discoveryOf, type Look } from '../../lambda/core/discover/discovery.ts';
import { lookAtAll } from '../../lambda/core/discover/look-at-all.ts';
import { samplingOf } from '../../lambda/core/discover/sampling.ts';
import { PLACES_OF_SAMPLE } from '../../lambda/core/plan/sample-records.ts';
import type { StoreType } from '../../lambda/core/stores/registry.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { toldJobs } from '../deployment/deployed-jobs.ts';
import { afterDiscovery } from '../next-steps/after-discovery.ts';
import { discoveryText, lookedLine, notLookedAtIn } from '../render/discovery.ts';
import { writeDrafts, type Drafted } from './discovered-drafts.ts';
import { inspectionOf } from './inspect.ts';
import { targetOf } from './inspected-store.ts';

export interface DiscoverOptions {
  /** Records of each store. */
  readonly sample: number;
  /** US dollars that reading may cost at most. */
  readonly budget: number;
  readonly only?: 'tables' | 'buckets';
  readonly jobs: string;
  /** A folder for the jobs of stores that no job names. */
  readonly write?: string;
}

interface Named {
  readonly type: StoreType;
  readonly name: string;
}

/**
 * `rewrap discover`: looks at a sample of every table and bucket of the account in one Region, and says which data keys lie where, under
 * which keys, and which of these stores no job names. It only reads, with the caller's own permissions.
 */
export async function discover(options: DiscoverOptions, context: CommandContext): Promise<ExitCode> {
  const { console, aws } = context;
  if (options.sample < 1)
    return refused(console, '--sample 0: no record would be looked at; write 1 or more');
  const clients = new AwsClients(aws);
  const region = await clients.region();
  const own = await storesOfDeployment(region, context);
  const named = (await namedStores(options, { clients, region })).filter(({ name }) => !own.includes(name));
  const most = samplingOf(named, { records: options.sample, places: PLACES_OF_SAMPLE });
  const words = `${count(named.length, 'store')} in ${region}: at most ${count(most.requests, 'request')} that only read, for at most $${most.usd.toFixed(2)}`;
  if (most.usd > options.budget)
    return refused(
      console,
      `${words}; the budget is $${options.budget}: raise --budget, lower --sample, or look at --only tables or buckets`,
    );
  console.note(words);
  const jobs = await jobsKnown(region, options, context);
  const looks = await looksOf(named, { ...options, region }, context);
  const discovery = discoveryOf(
    looks.map(({ look }) => look),
    jobs,
  );
  const drafts = options.write === undefined ? [] : writeDrafts(options.write, discovery, draftsOf(looks));
  const { 'in-part': inPart, unnamed, unread } = discovery.counts;
  console.result(
    {
      region,
      sample: options.sample,
      most,
      ...discovery,
      drafts,
      notChecked: notLookedAtIn(discovery, region),
    },
    discoveryText,
    afterDiscovery({ ...discovery, drafts }, hereOf(context)),
  );
  return unnamed + inPart + unread === 0 ? EXIT.done : EXIT.left;
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
    const { ledgerTable, journalBucket } = await findDeployment(deployment, { ...aws, region });
    return [ledgerTable, journalBucket];
  } catch (error) {
    if (error instanceof NotDeployed) return [];
    throw error;
  }
}

/** Those of the folder and those that are deployed in this Region. */
async function jobsKnown(region: string, { jobs }: DiscoverOptions, { aws, deployment }: CommandContext) {
  const told = await toldJobs({ deployment, aws: { ...aws, region } });
  const names = new Set(told.map(({ name }) => name));
  return [...told, ...loadJobs(jobs).filter(({ name }) => !names.has(name))];
}

interface LookedAt {
  readonly look: Look;
  readonly draft?: Drafted['job'];
}

async function looksOf(
  named: readonly Named[],
  { sample, region }: { readonly sample: number; readonly region: string },
  context: CommandContext,
): Promise<readonly LookedAt[]> {
  const { console } = context;
  const shown = { line: lookedLine, screen: lookedLine };
  const looks = await lookAtAll(
    named,
    store => lookAt({ ...store, region }, sample, context),
    (looked, { name }) => console.progress({ looked, of: named.length, name }, shown),
  );
  console.progressDone();
  return looks;
}

async function lookAt(
  store: Named & { readonly region: string },
  sample: number,
  context: CommandContext,
): Promise<LookedAt> {
  const target = targetOf(store.type === 's3' ? `s3://${store.name}/` : store.name);
  if (target.kind === 'refused') return { look: { kind: 'not-looked', ...store, reason: target.words } };
  try {
    const { job, sample: read, ...recognition } = await inspectionOf(target, sample, context);
    const look: Look = { kind: 'looked', ...store, complete: read.complete, recognition };
    return { look, ...(job !== null && { draft: job }) };
  } catch (error) {
    // Without credentials no store can be looked at. Anything else is about this one.
    if (callerTrouble(error, context.caller) !== undefined) throw error;
    return { look: { kind: 'not-looked', ...store, reason: wordsForCaller(error, context.caller) } };
  }
}

function draftsOf(looks: readonly LookedAt[]): ReadonlyMap<string, Drafted['job']> {
  return new Map(looks.flatMap(({ look, draft }) => (draft ? [[`${look.type} ${look.name}`, draft]] : [])));
}

function count(many: number, what: string): string {
  return `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`;
}
