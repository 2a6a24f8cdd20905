import pMap from 'p-map';
import { TableCapacity } from '../../lambda/adapters/records/table-capacity.ts';
import type { Deadline } from '../../lambda/core/ports.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface Sent {
  readonly at: number;
  readonly units: number;
}

/** A table whose answers come after 10 ms, and say that each write took so many units. */
function bounded(perSecond: number, unitsEach: number, deadline?: Deadline) {
  const clock = new VirtualClock();
  const ports = {
    ...{ now: () => clock.now(), sleep: (ms: number) => clock.sleep(ms) },
    ...(deadline !== undefined && { deadline }),
  };
  const capacity = new TableCapacity({ read: Infinity, write: perSecond }, ports);
  const sent: Sent[] = [];
  const write = (): Promise<unknown> =>
    capacity.spend('write', 1, around =>
      around(async () => {
        sent.push({ at: clock.now(), units: unitsEach });
        await clock.sleep(10);
        return { ConsumedCapacity: { CapacityUnits: unitsEach } };
      }),
    );
  return { capacity, clock, sent, write };
}

describe('writes to a table with indexes', () => {
  it('keep to the limit with what the indexes take, once the first answers have said how much that is', async () => {
    const inFlight = 32;
    const { clock, sent, write } = bounded(20, 5);
    const writes = Array.from({ length: 400 }, () => write);
    await clock.run(pMap(writes, one => one(), { concurrency: inFlight }));
    const later = sent.slice(inFlight);
    for (const { at } of later) {
      const within = later.filter(one => one.at > at - 10_000 && one.at <= at);
      expect(within.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(200);
    }
    const seconds = ((later.at(-1)?.at ?? 0) - (later[0]?.at ?? 0)) / 1000;
    expect((5 * later.length) / seconds).toBeGreaterThan(0.95 * 20);
  });
});

describe('a worker that ends', () => {
  it('still writes what need not wait: a table without a bound delays nothing, however little time is left', async () => {
    const { capacity, clock, sent, write } = bounded(Infinity, 1, { remaining: () => 1 });
    await clock.run(write().then(write));
    expect(sent).toHaveLength(2);
    expect(capacity.takeConsumed()).toMatchObject({ write: { units: 2 } });
  });

  it('sends nothing any more that waits for its turn', async () => {
    const { capacity, clock, sent, write } = bounded(10, 1);
    capacity.close();
    await expect(clock.run(write())).rejects.toThrow(/invocation that made this request to DynamoDB is over/);
    expect(sent).toHaveLength(0);
  });
});
