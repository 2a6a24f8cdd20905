import { DisableKeyCommand, paginateListKeys } from '@aws-sdk/client-kms';
import type { Clients } from './clients.ts';

/** What an operator does before a deletion: disable, and see whether anybody notices. */
export async function disableKey({ kms }: Clients, keyArn: string): Promise<void> {
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
}

/** A Region without keys: what an application sees of it when it is lost. Answers how many were disabled. */
export async function disableAllKeys(clients: Clients): Promise<number> {
  let disabled = 0;
  for await (const { Keys } of paginateListKeys({ client: clients.kms }, {}))
    for (const { KeyArn } of Keys ?? []) {
      await disableKey(clients, KeyArn ?? '');
      disabled++;
    }
  return disabled;
}
