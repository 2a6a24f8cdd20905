import { DisableKeyCommand, paginateListKeys } from '@aws-sdk/client-kms';
import type { Clients } from './clients.ts';

/** What an operator does before deleting a key: disable it, and see whether anybody notices. */
export async function disableKey({ kms }: Clients, keyArn: string): Promise<void> {
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
}

/** Leaves a Region without keys, as an application sees it when the Region is lost. Returns how many keys were disabled. */
export async function disableAllKeys(clients: Clients): Promise<number> {
  let disabled = 0;
  for await (const { Keys } of paginateListKeys({ client: clients.kms }, {}))
    for (const { KeyArn } of Keys ?? []) {
      await disableKey(clients, KeyArn ?? '');
      disabled++;
    }
  return disabled;
}
