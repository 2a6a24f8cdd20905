import type { CallerIdentity } from '../../lambda/adapters/aws/caller-identity.ts';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { TrailOfKeys } from '../../lambda/core/discover/discovered-keys.ts';
import { UsersOfAllKeys } from '../../lambda/core/key-users/gather-all-users.ts';
import type { TrailRead } from '../../lambda/core/key-users/trail-read.ts';
import type { CommandContext } from '../context/command-context.ts';
import { ownRoles } from '../deployment/own-roles.ts';
import { readTrail, type TrailOptions } from './trail-users.ts';

export interface TrailOfAccount extends TrailOfKeys {
  readonly read: TrailRead;
}

interface Asked extends TrailOptions {
  readonly region: string;
  readonly clients: AwsClients;
  /** US dollars of the budget that stores may take. */
  readonly reserved: number;
}

/** Who uses which key, by the log files of the caller's account in one Region; `undefined` where no trail is named. */
export async function trailOfAccount(
  asked: Asked,
  { account, partition }: CallerIdentity,
  { console, aws, deployment }: CommandContext,
): Promise<TrailOfAccount | undefined> {
  const { trail, contextValues = false, region, clients } = asked;
  if (trail === undefined) return undefined;
  const users = new UsersOfAllKeys(partition, { withValues: contextValues });
  const whose = { account, region, now: Date.now(), clients, console };
  const read = await readTrail({ ...asked, trail }, whose, users);
  const roles = await ownRoles({ deployment, aws: { ...aws, region } });
  return { read, keys: users.gathered(), ownRoles: roles };
}
