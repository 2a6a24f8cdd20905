import colors from 'picocolors';
import type { Clients } from '../examples/orders-app/clients.ts';
import type { Keys } from '../examples/orders-app/create-keys.ts';
import { disableKey } from '../examples/orders-app/disable-key.ts';
import { readOrders } from '../examples/orders-app/read-orders.ts';

/** What the sample application could read after the migration, with the old key disabled. */
export interface Proof {
  readonly holds: boolean;
  readonly records: number;
  /** Opened with a data key that KMS decrypted under the new key. */
  readonly openedUnderNewKey: number;
  /** Broken or foreign on purpose, and left as they were. */
  readonly flawed: number;
  /** Records that should have opened and did not: none, or the migration is wrong. */
  readonly lost: readonly string[];
}

/** Disables the old key, then reads everything as the application does. */
export async function prove(
  app: Clients,
  { keys, flawed }: { readonly keys: Keys; readonly flawed: ReadonlySet<string> },
): Promise<Proof> {
  await disableKey(app, keys.old);
  const records = await readOrders(app);
  const sound = records.filter(({ name }) => !flawed.has(name));
  const opened = sound.filter(({ opened: isOpen, keyArn }) => isOpen && keyArn === keys.new);
  const lost = sound
    .filter(record => !opened.includes(record))
    .map(({ name, error }) => `${name} (${error ?? 'opened under another key, or another payload'})`);
  return {
    holds: lost.length === 0 && opened.length > 0,
    records: records.length,
    openedUnderNewKey: opened.length,
    flawed: records.length - sound.length,
    lost,
  };
}

export function proofText({ holds, records, openedUnderNewKey, flawed, lost }: Proof): string {
  const head = holds
    ? colors.green(
        colors.bold('Proof: the old key is disabled, and every sound record opens under the new one.'),
      )
    : colors.red(colors.bold('The proof failed.'));
  return [
    head,
    `${openedUnderNewKey.toLocaleString('en-US')} of ${records.toLocaleString('en-US')} records with a data key were decrypted under the new key, and their payloads opened; ${flawed} broken or foreign ones were left as they were.`,
    ...lost.slice(0, 20).map(name => `lost: ${name}`),
  ].join('\n');
}
