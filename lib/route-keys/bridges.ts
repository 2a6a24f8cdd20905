import type { App } from 'aws-cdk-lib';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import { DEFAULT_DEPLOYMENT } from '../../lambda/core/job/deployed-settings.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { BridgeKeyStack, BridgeReplicaStack } from './bridge-key.ts';

interface Bridge {
  readonly alias: string;
  readonly account: string;
  readonly region: string;
  readonly replicaRegions: ReadonlySet<string>;
}

/** Deploys the bridge keys that jobs ask for: a stack in the key's Region, and one in each Region that it leads to. */
export function deployBridges(app: App, jobs: readonly Job[], deployment = DEFAULT_DEPLOYMENT): void {
  for (const { alias, account, region, replicaRegions } of bridgesOf(jobs)) {
    const suffix = alias.replace(/^alias\//, '').replaceAll(/[^A-Za-z0-9-]/g, '-');
    const stackName = `${deployment}Bridge-${suffix}`;
    const name = (of: string): string => `${stackName}-${of}`;
    const { key } = new BridgeKeyStack(app, name(region), { alias, stackName, env: { region, account } });
    for (const replicaRegion of replicaRegions)
      new BridgeReplicaStack(app, name(replicaRegion), {
        alias,
        stackName,
        primary: key,
        env: { region: replicaRegion, account },
      });
  }
}

function bridgesOf(jobs: readonly Job[]): readonly Bridge[] {
  const bridges = new Map<string, Bridge & { readonly replicaRegions: Set<string> }>();
  for (const job of jobs) {
    const { bridgeKey, deployBridgeKey } = job.route;
    const parsed = bridgeKey === undefined ? undefined : parseKeyReference(bridgeKey);
    if (deployBridgeKey !== true || bridgeKey === undefined || parsed?.kind !== 'alias') continue;
    const { alias, account, region } = parsed;
    const bridge = bridges.get(bridgeKey) ?? { alias, account, region, replicaRegions: new Set() };
    bridge.replicaRegions.add(destinationRegion(job));
    bridges.set(bridgeKey, bridge);
  }
  return [...bridges.values()];
}
