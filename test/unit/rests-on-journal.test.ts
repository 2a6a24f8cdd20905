import fc from 'fast-check';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { FOREIGN_KEY, item, NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';
import { UNHEARD } from '../support/telemetry.ts';

describe('what rests on the journal', () => {
  /** What may happen to records between the passes, and to lines of the journal. */
  const change = fc.constantFrom(
    ...(['nothing', 'old', 'foreign', 'other-tenant', 'neighbour', 'label', 'garbage', 'gone'] as const),
  );
  const line = fc.constantFrom('kept', 'kept', 'kept', 'lost', 'of-neighbour', 'altered');

  it('is, data key by data key, what KMS would say if it were asked about all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ change, line }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        async (steps, rotated, pageSize) => {
          const world = fakePorts();
          const old = steps.map((_, at) => world.keys.encrypt(OLD_KEY, `${at}`, { tenant: 't' }));
          old.forEach((B, at) =>
            world.records.put(item(`${at}`, { tenant: { S: 't' }, edk: { B }, arn: { S: OLD_KEY } })),
          );
          const stores = labelled();
          await migrateUnit(scope({ stores, pageSize }), world);
          const written = [...world.records.items.values()];
          steps.forEach((step, at) => applyChange(world, { at, old, written, change: step.change }));
          const lines = world.journal.outcomes.map((entry, at, all) =>
            changedLine(steps[at]!.line, entry, all[(at + 1) % all.length]!),
          );
          world.journal.outcomes.splice(0, Infinity, ...lines);
          if (rotated) world.keys.rotate(NEW_KEY);
          const said = async (askAll: boolean): Promise<unknown> => {
            const entries: unknown[] = [];
            world.ledger.checkpoints.delete('run-1 verify u00001');
            const telemetry = { ...UNHEARD, dataKey: (one: OutcomeEntry) => entries.push(one) };
            const of = scope({ stores, pageSize, log: 'each', ...(askAll && { askAll }) });
            const { books } = await verifyUnit(of, { ...world, archive: world.journal, telemetry });
            return { entries, remaining: books.remaining, outcomes: books.outcomes };
          };
          expect(await said(false)).toEqual(await said(true));
        },
      ),
      { numRuns: 150 },
    );
  });
});

function labelled() {
  const [store] = scope().plan.stores;
  return [{ ...store!, format: { ...store!.format, keyArn: 'arn' } }];
}

interface Changing {
  readonly at: number;
  readonly old: readonly Uint8Array[];
  readonly written: readonly { readonly locator: string; readonly attributes: Record<string, unknown> }[];
  readonly change: string;
}

function applyChange(world: FakePorts, { at, old, written, change }: Changing): void {
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

function changedLine(how: string, entry: OutcomeEntry, neighbour: OutcomeEntry): OutcomeEntry {
  const { proof, ...without } = entry;
  if (how === 'lost') return without;
  if (how === 'of-neighbour') return { ...without, ...(neighbour.proof && { proof: neighbour.proof }) };
  if (how === 'altered' && proof !== undefined)
    return { ...without, proof: { ...proof, contextDigest: proof.digest } };
  return entry;
}
