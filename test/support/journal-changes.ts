import fc from 'fast-check';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { FOREIGN_KEY, item, OLD_KEY } from './builders.ts';
import type { FakePorts } from './fake-ports.ts';

/** What may happen to a record after a run has visited it. */
export const changeOfRecord = fc.constantFrom(
  ...(['nothing', 'old', 'foreign', 'other-tenant', 'neighbour', 'label', 'garbage', 'gone'] as const),
);
/** What may happen to its line of the journal. */
export const changeOfLine = fc.constantFrom('kept', 'kept', 'kept', 'lost', 'of-neighbour', 'altered');

export interface Changing {
  readonly at: number;
  readonly old: readonly Uint8Array[];
  readonly written: readonly { readonly locator: string; readonly attributes: Record<string, unknown> }[];
  readonly change: string;
}

export function applyChange(world: FakePorts, { at, old, written, change }: Changing): void {
  const attributes = written[at]!.attributes as Parameters<typeof item>[1];
  const put = (changes: Parameters<typeof item>[1]): unknown =>
    world.records.put(item(`${at}`, { ...attributes, ...changes }));
  const neighbour = written[(at + 1) % written.length]!.attributes as Parameters<typeof item>[1];
  switch (change) {
    case 'old':
      return void put({ edk: { B: old[at]! }, arn: { S: OLD_KEY } });
    case 'foreign':
      return void put({ edk: { B: world.keys.encrypt(FOREIGN_KEY, 'f', { tenant: 't' }) } });
    case 'other-tenant':
      return void put({ tenant: { S: 'other' } });
    case 'neighbour':
      return void put({ edk: neighbour['edk']! });
    case 'label':
      return void put({ arn: { S: OLD_KEY } });
    case 'garbage':
      return void put({ edk: { B: Buffer.from('garbage') } });
    case 'gone':
      return void world.records.items.delete(written[at]!.locator);
  }
}

export function changedLine(how: string, entry: OutcomeEntry, neighbour: OutcomeEntry): OutcomeEntry {
  const { proof, ...without } = entry;
  if (how === 'lost') return without;
  if (how === 'of-neighbour') return { ...without, ...(neighbour.proof && { proof: neighbour.proof }) };
  if (how === 'altered' && proof !== undefined)
    return { ...without, proof: { ...proof, contextDigest: proof.digest } };
  return entry;
}
