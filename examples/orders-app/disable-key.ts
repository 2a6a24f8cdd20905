import { DisableKeyCommand } from '@aws-sdk/client-kms';
import type { Clients } from './clients.ts';

/** What an operator does before a deletion: disable, and see whether anybody notices. */
export async function disableKey({ kms }: Clients, keyArn: string): Promise<void> {
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
}
