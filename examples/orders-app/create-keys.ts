import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import type { Clients } from './clients.ts';

/** The keys of the sample: last year's, this year's, and one of another team with data keys in the same stores. */
export interface Keys {
  readonly old: string;
  readonly new: string;
  readonly otherTeam: string;
}

export async function createKeys(clients: Clients): Promise<Keys> {
  return {
    old: await createKey(clients, 'orders-2025'),
    new: await createKey(clients, 'orders-2026'),
    otherTeam: await createKey(clients, 'other-team'),
  };
}

export async function createKey({ kms }: Clients, alias: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: alias }));
  const arn = KeyMetadata?.Arn ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: arn }));
  return arn;
}
