import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, scope } from '../support/builders.ts';
import { fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';

const COUNT = 150;

/** No data key of these can be read. */
function withBroken(): FakePorts {
  const ports = fakePorts();
  ports.records.put(
    ...Array.from({ length: COUNT }, (_, index) =>
      item(`o-${index}`, { tenant: { S: 'acme' }, edk: { S: 'no bytes' } }),
    ),
  );
  return ports;
}

const scopeOf = (mode: RunMode): ReturnType<typeof scope> => {
  const asked = scope();
  return { ...asked, plan: { ...asked.plan, mode } };
};
const locators = ({ journal }: FakePorts): number => new Set(journal.unproven.map(one => one.locator)).size;

describe('the list of what a pass leaves', () => {
  it('names every data key that a census could not read, beyond the hundred of its checkpoint', async () => {
    const ports = withBroken();
    const { books } = await migrateUnit(scopeOf('census'), ports);
    expect(books.failures).toHaveLength(100);
    expect([ports.journal.unproven.length, locators(ports)]).toEqual([COUNT, COUNT]);
    expect(ports.journal.outcomes).toEqual([]);
  });

  it.each(['verify', 'migrate'] as const)(
    'names every data key that the verify pass of a %s leaves',
    async mode => {
      const ports = withBroken();
      const { journal, ...others } = ports;
      await verifyUnit(scopeOf(mode), { ...others, archive: journal, unproven: journal });
      expect([journal.unproven.length, locators(ports)]).toEqual([COUNT, COUNT]);
      expect(journal.unproven[0]).toMatchObject({
        outcome: 'unreadable',
        reason: expect.stringMatching(/\w/),
      });
    },
  );

  it('is written before the checkpoint that counts it', async () => {
    const ports = withBroken();
    ports.ledger.checkpoint = () => Promise.reject(new Error('killed'));
    await expect(migrateUnit(scopeOf('census'), { ...ports, deadline: onePage(ports) })).rejects.toThrow(
      'killed',
    );
    expect(ports.journal.unproven.length).toBeGreaterThan(0);
  });

  it('has nothing of a migration, whose journal has all outcomes', async () => {
    const ports = withBroken();
    await migrateUnit(scopeOf('migrate'), ports);
    expect(ports.journal.outcomes).toHaveLength(COUNT);
    expect(ports.journal.unproven).toEqual([]);
  });
});
