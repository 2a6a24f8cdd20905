import colors from 'picocolors';
import type { ReadRecord } from '../../examples/orders-app/read-orders.ts';

/** What the sample application can read after a migration, with the source keys disabled. */
export interface Proof {
  readonly holds: boolean;
  readonly records: number;
  /** Opened with a data key that KMS decrypted under the destination key. */
  readonly openedUnderNewKey: number;
  /** Broken or foreign on purpose, and left unchanged. */
  readonly flawed: number;
  /** Records that should open and do not. If there are any, the migration is wrong. */
  readonly lost: readonly string[];
}

export interface Expected {
  readonly destinationKeyArn: string;
  readonly flawed: ReadonlySet<string>;
  /** The names of all sound records. A missing record counts as lost. */
  readonly sound: number;
}

/** Judges what the application read. */
export function proofOf(records: readonly ReadRecord[], expected: Expected): Proof {
  const sound = records.filter(({ name }) => !expected.flawed.has(name));
  const opened = sound.filter(
    ({ opened: isOpen, keyArn }) => isOpen && keyArn === expected.destinationKeyArn,
  );
  const lost = sound
    .filter(record => !opened.includes(record))
    .map(({ name, error }) => `${name} (${error ?? 'opened under another key, or another payload'})`);
  return {
    holds: lost.length === 0 && opened.length === expected.sound,
    records: records.length,
    openedUnderNewKey: opened.length,
    flawed: records.length - sound.length,
    lost,
  };
}

export function proofText({ holds, records, openedUnderNewKey, flawed, lost }: Proof, claim: string): string {
  const head = colors.bold(holds ? colors.green(`Proof: ${claim}`) : colors.red('The proof failed.'));
  const left = flawed === 0 ? '' : `; ${flawed} broken or foreign ones were left as they were`;
  return [
    head,
    `${openedUnderNewKey.toLocaleString('en-US')} of ${records.toLocaleString('en-US')} records with a data key were decrypted under the destination key, and their payloads opened${left}.`,
    ...lost.slice(0, 20).map(name => `lost: ${name}`),
  ].join('\n');
}
