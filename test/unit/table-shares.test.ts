import { WorkerShare, type SharedTable } from '../../lambda/core/rate/worker-share.ts';
import { ledgerPartition } from '../../lambda/adapters/state/ledger-keys.ts';
import { FakeShareBook } from '../support/fake-shares.ts';

const ORDERS = 'us-east-1/Orders';
const INVOCATION_MS = 900_000;

/** Workers that share a table and, some of them, a Region of KMS. */
class World {
  now = 0;
  readonly book = new FakeShareBook();
  readonly parts = new Map<string, number>();
  #holders = 0;
  #seed = 7;

  worker(name: string, { workers = 4, regions = ['us-east-1'] as readonly string[], table = ORDERS } = {}) {
    const shared: SharedTable = { name: table, use: part => this.parts.set(name, part) };
    const endsAt = this.now + INVOCATION_MS;
    return new WorkerShare(
      [...regions, shared],
      { runId: 'run-1', work: name, holder: `h${++this.#holders}`, workers },
      {
        book: this.book,
        clock: { now: () => this.now },
        deadline: { remaining: () => endsAt - this.now },
        sleep: ms => {
          this.now += ms;
          return Promise.resolve();
        },
        random: () => (this.#seed = (this.#seed * 16_807) % 2_147_483_647) / 2_147_483_647,
        recent: () => 0,
      },
    );
  }

  get inUse(): number {
    return [...this.parts.values()].reduce((sum, part) => sum + part, 0);
  }
}

describe('the part of a table that a worker may use', () => {
  it('is that of one of all workers at its first page, and all of it at the next if nobody comes', async () => {
    const world = new World();
    const worker = world.worker('u1');
    expect(await worker.take(500)).toBe(125);
    expect(world.parts.get('u1')).toBe(0.25);
    world.now += 20_000;
    expect(await worker.take(500)).toBe(500);
    expect(world.parts.get('u1')).toBe(1);
  });

  it('never comes to more than the table for all of them, and grows by what others give back', async () => {
    const world = new World();
    const workers = ['u1', 'u2', 'u3', 'u4'].map(name => ({ name, share: world.worker(name) }));
    for (let page = 0; page < 5; page++)
      for (const { share } of workers) {
        await share.take(500);
        world.now += 5_000;
        expect(world.inUse).toBeLessThanOrEqual(1 + 1e-9);
      }
    expect(world.inUse).toBeCloseTo(1);
    const [first, ...others] = workers;
    await first?.share.giveBack();
    world.parts.delete('u1');
    for (const { share } of others) {
      world.now += 20_000;
      await share.take(500);
    }
    expect([...world.parts.values()].every(part => Math.abs(part - 1 / 3) < 1e-6)).toBe(true);
  });

  it('is that of its table: workers on another one have all of that', async () => {
    const world = new World();
    const [orders, invoices] = [
      world.worker('u1', { workers: 1 }),
      world.worker('u2', { workers: 1, regions: [], table: 'us-east-1/Invoices' }),
    ];
    await orders.take(500);
    await invoices.take(500);
    expect([...world.parts]).toEqual([
      ['u1', 1],
      ['u2', 1],
    ]);
  });

  it('is waited for as a share of the rate is, and without one no page is begun', async () => {
    const world = new World();
    const [old, late] = [
      world.worker('u1', { workers: 1, regions: [] }),
      world.worker('u2', { workers: 1, regions: [] }),
    ];
    await old.take(500);
    expect(await late.take(500)).toBeUndefined();
    expect(world.parts.has('u2')).toBe(false);
  });

  it('lies in the ledger beside those of Regions, where no Region is called like a table', () => {
    expect(ledgerPartition.shares(ORDERS)).toBe('TABLE#us-east-1/Orders');
    expect(ledgerPartition.shares('us-east-1')).toBe('KMS#us-east-1');
  });
});
