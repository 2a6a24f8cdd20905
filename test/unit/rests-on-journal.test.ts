import fc from 'fast-check';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { applyChange, changedLine, changeOfLine, changeOfRecord } from '../support/journal-changes.ts';
import { UNHEARD } from '../support/telemetry.ts';

describe('what rests on the journal', () => {
  it('is, data key by data key, what KMS would say if it were asked about all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ change: changeOfRecord, line: changeOfLine }), { minLength: 1, maxLength: 12 }),
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
