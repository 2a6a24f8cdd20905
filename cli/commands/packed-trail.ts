import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { Deployment } from '../../lambda/adapters/run/deployment.ts';
import { workerRoles } from '../../lambda/adapters/run/worker-roles.ts';
import { regionOf } from '../../lambda/core/model/arn.ts';
import { CallsOfRun, type CallOfRun } from '../../lambda/core/pack/calls-of-run.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { CommandContext } from '../context/command-context.ts';
import { readTrail } from './trail-users.ts';

interface AskedOfTrail {
  readonly report: Report;
  /** In the journal of the run. */
  readonly requestIds: ReadonlySet<string>;
  readonly options: { readonly trail?: string; readonly trailRegion?: string; readonly budget: number };
  readonly now: Date;
  readonly clients: AwsClients;
  readonly deployment: Deployment;
}

export interface PackedTrail {
  readonly summary: object;
  readonly calls: readonly CallOfRun[];
}

const DAY_MS = 24 * 3_600_000;

/**
 * The ReEncrypt calls of a run in a trail of the deployment's account, in the Regions of its keys; `undefined` where no trail is named. They are in
 * the trail of whoever calls, whose-ever the keys are.
 */
export async function trailOfRun(
  { report, requestIds, options, now, clients, deployment }: AskedOfTrail,
  context: CommandContext,
): Promise<PackedTrail | undefined> {
  const { trail } = options;
  if (trail === undefined) return undefined;
  const [, partition = '', , ownRegion = '', account = ''] = deployment.stateMachineArn.split(':');
  const roles = await workerRoles(context.deployment, { account, partition }, context.aws);
  const startedAt = Date.parse(report.startedAt);
  const endedAt = Date.parse(report.endedAt);
  const calls = new CallsOfRun({ requestIds, roles, startedAt, endedAt });
  const regions = [...new Set([ownRegion, ...report.keyMaterials.map(({ keyArn }) => regionOf(keyArn))])];
  const read = [];
  // One after the other: each says what it may cost before it is read.
  for (const region of regions) {
    const asked = { account, region, now: now.getTime(), clients, console: context.console };
    const days = { ...options, trail, trailDays: (now.getTime() - startedAt) / DAY_MS };
    read.push({ region, ...(await readTrail(days, asked, calls)) });
  }
  const summary = {
    ...{ trail, account, roles },
    read: read.map(({ until, from, ...rest }) => ({
      ...rest,
      from: new Date(from).toISOString(),
      ...(until !== undefined && { until: new Date(until).toISOString() }),
    })),
    requestIdsInJournal: requestIds.size,
    requestIdsFound: calls.found,
    events: calls.calls().length,
  };
  return { summary, calls: calls.calls() };
}
