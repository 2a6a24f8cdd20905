import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { findDeployment, NotDeployed } from '../../lambda/adapters/run/deployment.ts';
import { keyUsage } from '../../lambda/adapters/kms/key-usage.ts';
import { namedKey } from '../../lambda/adapters/kms/named-key.ts';
import type { KnownFollow } from '../../lambda/core/follow/ports.ts';
import { parseKeyReference, regionOf } from '../../lambda/core/model/arn.ts';
import type { KeyDescription } from '../../lambda/core/keys/catalog.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { jobsHere, toldJobs } from '../deployment/deployed-jobs.ts';
import { ownRoles } from '../deployment/own-roles.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { afterAdvice } from '../next-steps/after-look.ts';
import type { NextStep } from '../next-steps/next-step.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { adviceText } from '../render/advice.ts';
import type { CommandContext, Where } from '../context/command-context.ts';
import { othersIn } from './other-stores.ts';
import { backupsIn } from './table-backups.ts';
import { trailPort, type TrailOptions } from './trail-users.ts';

export interface RetireOptions extends TrailOptions {
  readonly jobs: string;
}

/** `rewrap retire-check KEY`: may this key be disabled? With the caller's own permissions; advises, and never acts. */
export async function retireCheckCommand(
  named: string,
  options: RetireOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, aws, deployment } = context;
  if (options.contextValues === true && !console.json)
    throw new RunRefused('cli.onlyInJson', '--context-values is for --json: values are shown nowhere else');
  const key = parseKeyReference(named) ?? parseKeyReference(await arnOf(named, aws));
  if (key === undefined) throw new TypeError(`KMS names ${named} by something else than an ARN`);
  const { arn: reference, region } = key;
  const clients = new AwsClients({ ...aws, region: aws.region ?? region });
  const channel = new KmsChannel({ ...aws, patienceMs: [] });
  const keys = new KmsKeyCatalog(channel);
  const lookup = await keys.describeKey(reference);
  if (lookup.kind !== 'found') {
    console.note(
      `${reference} ${lookup.kind === 'denied' ? `cannot be described: ${lookup.message}` : `does not exist, or not in ${region}; check its Region and id (aws kms list-keys --region ${region})`}`,
    );
    return EXIT.refused;
  }
  const about = { named, key: lookup.key, clients, channel, keys };
  const { advice, deployed } = await adviceOn(about, options, context);
  console.result(advice, adviceText, stepsAfter(advice, deployed, { aws, deployment }));
  return advice.verdict === 'disable' ? EXIT.done : EXIT.left;
}

interface About {
  /** As the caller has named the key. */
  readonly named: string;
  readonly key: KeyDescription;
  readonly clients: AwsClients;
  readonly channel: KmsChannel;
  readonly keys: KmsKeyCatalog;
}

/** What is known of the key here and in its deployments, and what follows from it. */
async function adviceOn(
  { named, key, clients, channel, keys }: About,
  options: RetireOptions,
  context: CommandContext,
): Promise<{ readonly advice: RetireAdvice; readonly deployed: readonly Job[] }> {
  const { console, aws, deployment } = context;
  const { jobs } = options;
  const local = jobsHere(jobs);
  // A run is deployed in its destination Region, so the stack of another Region may know most about this key.
  const regions = [...new Set([aws.region ?? regionOf(key.arn), ...local.map(destinationRegion)])];
  const places = regions.map((region): Where => ({ deployment, aws: { ...aws, region } }));
  const deployed = (await Promise.all(places.map(toldJobs))).flat();
  // Without either, there is nothing to check, and that is said as ever.
  if (local.length === 0 && deployed.length === 0) loadJobs(jobs);
  if (local.length === 0) console.note(`${jobs} is no folder here: only deployed jobs are looked at`);
  const ledgers = await Promise.all(places.map(place => ledgerOf(place, clients)));
  const now = Date.now();
  const trailOf = trailPort(options, {
    ...{ keyArn: key.arn, named, clients, console, now },
    ownRoles: async () => (await Promise.all(places.map(ownRoles))).flat(),
  });
  const others = await othersIn(regionOf(key.arn), clients, context);
  const { account, region } = others;
  const facts = await gatherFacts(
    { key, jobs: [...local, ...deployed], formats, ...told(ledgers), now },
    {
      keys,
      usageOf: arn => keyUsage(channel, arn),
      stores: storeCatalogs(clients),
      others,
      backups: async () => ({ account, region, seen: await backupsIn(region, clients, context) }),
      ...(trailOf !== undefined && { trailOf }),
    },
  );
  return { advice: retireCheck(facts), deployed };
}

function stepsAfter(
  { keyArn, verdict, users }: RetireAdvice,
  jobs: readonly Job[],
  where: Where,
): readonly NextStep[] {
  const about = jobs.filter(({ source }) => source.keys.some(({ key }) => key === keyArn));
  const names = [...new Set(about.map(({ name }) => name))];
  const asked = { keyArn, jobs: names, settled: verdict === 'disable' };
  return afterAdvice({ ...asked, ...(users !== undefined && { trail: users.trail }) }, hereOf(where));
}

/** @throws RunRefused for what names no key of the caller */
async function arnOf(named: string, aws: CommandContext['aws']): Promise<string> {
  const found = await namedKey(named, aws);
  switch (found.kind) {
    case 'key':
      return found.keyArn;
    case 'no-name':
      throw notMeant(`${named} names no KMS key; write its ARN, its id, or alias/NAME`);
    case 'missing':
      throw notMeant(
        `there is no key ${named} in this account and Region; write its ARN, or name another --region or --profile`,
      );
    case 'denied':
      throw notMeant(`${named} cannot be described: ${found.message}`);
  }
}

function notMeant(words: string): RunRefused {
  return new RunRefused('cli.noSuchKey', words);
}

/** What the ledger of a deployment keeps of stores. */
interface Told {
  readonly proofs: readonly StoreProof[];
  readonly follows: readonly KnownFollow[];
}

/** If there is no deployment in this Region, nothing is proven. */
async function ledgerOf({ aws, deployment }: Where, clients: AwsClients): Promise<Told> {
  try {
    const { ledgerTable } = await findDeployment(deployment, aws);
    const ledger = [clients.dynamodb(aws.region), ledgerTable] as const;
    return {
      proofs: await collected(new LedgerHistory(...ledger).proofs()),
      follows: await collected(new LedgerFollowBook(...ledger).all()),
    };
  } catch (error) {
    if (error instanceof NotDeployed) return { proofs: [], follows: [] };
    throw error;
  }
}

function told(ledgers: readonly Told[]): Told {
  return {
    proofs: ledgers.flatMap(({ proofs }) => proofs),
    follows: ledgers.flatMap(({ follows }) => follows),
  };
}

async function collected<One>(all: AsyncIterable<One>): Promise<readonly One[]> {
  const list: One[] = [];
  for await (const one of all) list.push(one);
  return list;
}
