import fc from 'fast-check';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { NEW_KEY } from '../support/builders.ts';
import { applyChange, changedLine, changeOfLine, changeOfRecord } from '../support/journal-changes.ts';
import { RunsOfJob, type Pass } from '../support/runs-of-job.ts';

const RESTS = { restsOn: ['run-1'] };

/** What a pass has found, without what only says who was asked. */
function foundBy({ progress }: Pass, lines: readonly OutcomeEntry[] = []): unknown {
  const { outcomes, remaining, keyMaterials, records, dataKeys } = progress.books;
  const said = lines.map(({ locator, slot, outcome, source, digest }) => [
    ...[locator, slot, outcome, source?.keyArn, source?.keyMaterialId, digest],
  ]);
  return { outcomes, remaining, keyMaterials, records, dataKeys, said };
}

/** Who can read what of a table, whatever the ciphertexts are. */
function readableIn({ world }: RunsOfJob, items: readonly ItemRecord[]): unknown {
  return items.map(({ locator, attributes }) => {
    const { edk, tenant, arn } = attributes as {
      edk: { B: Uint8Array };
      tenant: { S: string };
      arn: unknown;
    };
    return [locator, arn, world.keys.decrypt(edk.B, { tenant: tenant.S })];
  });
}

describe('what rests on an earlier run', () => {
  it('is, data key by data key, what a run finds and does that rests on none', async () => {
    let rested = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ change: changeOfRecord, line: changeOfLine }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        async (steps, rotated, pageSize) => {
          const runs = new RunsOfJob(steps.length);
          const { world } = runs;
          const old = steps.map((_, at) => (runs.held(`${at}`)['edk'] as { B: Uint8Array }).B);
          await runs.migrate('run-1', { pageSize });
          const written = [...world.records.items.values()];
          steps.forEach(({ change }, at) => applyChange(world, { at, old, written, change }));
          const lines = runs.lines('run-1');
          const changed = lines.map((entry, at) =>
            changedLine(steps[at]!.line, entry, lines[(at + 1) % lines.length]!),
          );
          lines.splice(0, Infinity, ...changed);
          if (rotated) world.keys.rotate(NEW_KEY);
          const items = [...world.records.items];
          const playedBy = async (runId: string, rests: Partial<typeof RESTS>): Promise<unknown> => {
            world.records.items.clear();
            for (const [locator, item] of items) world.records.items.set(locator, item);
            const verified = await runs.verify(`${runId}-alone`, { ...rests, mode: 'verify', pageSize });
            const migrated = await runs.migrate(runId, { ...rests, pageSize });
            const again = await runs.verify(runId, {
              ...rests,
              pageSize,
              ...(rests.restsOn === undefined && { askAll: true }),
            });
            rested += migrated.progress.books.resting?.onJournal ?? 0;
            return [
              foundBy(verified),
              foundBy(migrated, runs.lines(runId)),
              foundBy(again),
              readableIn(runs, [...world.records.items.values()]),
            ];
          };
          expect(await playedBy('run-2', RESTS)).toEqual(await playedBy('run-3', {}));
        },
      ),
      { numRuns: 150 },
    );
    // Otherwise nothing was compared.
    expect(rested).toBeGreaterThan(0);
  });
});
