import fc from 'fast-check';
import { booksBalance } from '../../lambda/core/account/books.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { item, NEW_KEY, OLD_KEY, planned, scope } from '../support/builders.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';
import { invoke, type Invocation } from '../support/invocations.ts';
import { manyKeysFormat } from '../support/many-keys-format.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CONTEXT = { tenant: 'acme' };
const FORMAT = manyKeysFormat([{ source: CONTEXT, destination: CONTEXT }]);
const OTHER_SOURCES = ['4', '5', '6'].map(
  digit => `arn:aws:kms:us-east-1:111122223333:key/${digit.repeat(8)}-1111-1111-1111-111111111111`,
);
const BRIDGE = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
const BRIDGE_THERE = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-11111111111111111111111111111111';

interface Scene {
  /** Requests per second for this worker. */
  readonly share: number;
  /** The number of data keys in each record. */
  readonly records: readonly number[];
  readonly bridge: boolean;
  /** The number of source keys; the data keys are under each of them in turn. */
  readonly sources: number;
  readonly timeoutSeconds: number;
  /** When the first invocations are killed, as fractions of their timeout. */
  readonly kills: readonly number[];
  readonly attributeBytes: number;
}

const scene: fc.Arbitrary<Scene> = fc
  .record({
    share: fc.constantFrom(1 / 16, 1 / 4, 1, 8, 31.25, 400),
    records: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 2, arbitrary: fc.integer({ min: 20, max: 90 }) },
        { weight: 1, arbitrary: fc.constant(150) },
      ),
      { maxLength: 8 },
    ),
    bridge: fc.boolean(),
    sources: fc.integer({ min: 1, max: 3 }),
    timeoutSeconds: fc.constantFrom(60, 300, 900),
    kills: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
    attributeBytes: fc.constantFrom(0, 1_000),
  })
  // An invocation must have room for one request with all its hops, and for trying another one.
  .filter(one => ((one.bridge ? 2 : 1) * 3) / one.share + 10 < one.timeoutSeconds);

function worldOf({ records, sources, attributeBytes }: Scene): FakePorts {
  const world = fakePorts();
  const keys = [OLD_KEY, ...OTHER_SOURCES].slice(0, sources);
  let count = 0;
  for (const [index, dataKeys] of records.entries()) {
    const held: Record<string, AttributeValue> = {
      version: { N: '1' },
      text: { S: 'x'.repeat(attributeBytes) },
    };
    for (let slot = 0; slot < dataKeys; slot++) {
      const keyArn = keys[count % keys.length] ?? OLD_KEY;
      held[`k${slot}`] = { B: world.keys.encrypt(keyArn, `secret ${count++}`, CONTEXT) };
    }
    world.records.put(item(`r${index}`, held));
  }
  return world;
}

function scopeOf({ bridge, sources, timeoutSeconds }: Scene): UnitScope {
  const changes: Partial<RunPlan> = {
    sources: [OLD_KEY, ...OTHER_SOURCES].slice(0, sources).map(key => planned(key)),
    pageSize: 500,
    workerTimeoutSeconds: timeoutSeconds,
    ...(bridge && {
      route: {
        type: 'bridge',
        why: 'test',
        bridge: { sourceRegionArn: BRIDGE, destinationRegionArn: BRIDGE_THERE },
      },
    }),
  };
  return { ...scope(changes), format: FORMAT };
}

/** Plays a unit from its first invocation to its last. */
async function play(
  phase: 'migrate' | 'verify',
  one: Scene,
  world: FakePorts,
): Promise<{ readonly invocations: readonly Invocation[]; readonly end: UnitProgress }> {
  const clock = new VirtualClock();
  const [asked, timeoutMs] = [scopeOf(one), one.timeoutSeconds * 1000];
  const kills = [...one.kills];
  const invocations: Invocation[] = [];
  const checkpoint = (): UnitProgress | undefined => world.ledger.checkpoints.get(`run-1 ${phase} u00001`);
  return clock.run(
    (async () => {
      for (;;) {
        const before = checkpoint();
        const kill = kills.shift();
        const killedAfterMs = kill === undefined ? timeoutMs : kill * timeoutMs;
        const done = await invoke(phase, asked, { clock, world, timeoutMs, killedAfterMs, share: one.share });
        invocations.push(done);
        if (done.progress === 'killed') {
          if (kill === undefined) throw new Error('ran into its time-out');
          continue;
        }
        expect(visited(done.progress)).toBeGreaterThan(visited(before));
        if (done.progress.done) return { invocations, end: done.progress };
      }
    })(),
  );
}

/** A number that grows with every record and every data key, and at the end. */
function visited(progress: UnitProgress | undefined): number {
  if (progress === undefined) return 0;
  return progress.books.records + progress.books.dataKeys + (progress.done ? 1 : 0);
}

/** The number of requests that a pass needs if nothing is asked twice. */
function needed({ records, bridge, sources }: Scene, phase: 'migrate' | 'verify'): number {
  const dataKeys = records.reduce((sum, count) => sum + count, 0);
  return phase === 'verify' ? dataKeys : dataKeys * (sources + (bridge ? 1 : 0));
}

describe('progress', () => {
  it('is made in every invocation, whatever the rate, the data keys in a record, the route and the size', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async one => {
        const world = worldOf(one);
        const total = one.records.reduce((sum, count) => sum + count, 0);
        for (const phase of ['migrate', 'verify'] as const) {
          const { invocations, end } = await play(phase, one, world);
          expect(end.books).toMatchObject({
            records: one.records.length,
            withoutDataKey: one.records.filter(count => count === 0).length,
            dataKeys: total,
          });
          expect(booksBalance(end.books)).toBe(true);
          const requests = invocations.reduce((sum, { requests: sent }) => sum + sent, 0);
          const killed = invocations.filter(({ progress }) => progress === 'killed').length;
          // What a killed invocation had asked since its last checkpoint is asked again: about forty seconds of requests.
          expect(requests).toBeLessThanOrEqual(needed(one, phase) + killed * (60 * one.share + 100));
          if (phase === 'verify')
            expect(end.books.outcomes).toEqual(total > 0 ? { 'already-current': total } : {});
        }
        const held = [...world.records.items.values()].flatMap(record => FORMAT.read(record));
        for (const finding of held)
          expect('ciphertext' in finding && world.keys.decrypt(finding.ciphertext, CONTEXT)?.keyArn).toBe(
            NEW_KEY,
          );
      }),
      { numRuns: 15 },
    );
  });

  it('is made with a single data key that needs more requests than an invocation has time for', async () => {
    const contexts = Array.from({ length: 8 }, (_, at) => ({ tenant: `t${at}` }));
    const format = manyKeysFormat(contexts.map(context => ({ source: context, destination: context })));
    const one = {
      share: 1 / 16,
      records: [],
      bridge: false,
      sources: 3,
      timeoutSeconds: 100,
      kills: [],
      attributeBytes: 0,
    };
    const [world, clock] = [fakePorts(), new VirtualClock()];
    world.records.put(
      item('r', { k0: { B: world.keys.encrypt(OTHER_SOURCES[1]!, 'secret', { tenant: 't7' }) } }),
    );
    const timeoutMs = one.timeoutSeconds * 1000;
    const asked: number[] = [];
    const last = await clock.run(
      (async () => {
        for (;;) {
          const scoped = { ...scopeOf(one), format };
          const { progress, requests } = await invoke('migrate', scoped, {
            clock,
            world,
            timeoutMs,
            share: one.share,
          });
          if (progress === 'killed') throw new Error('ran into its time-out');
          asked.push(requests);
          if (progress.done) return progress;
        }
      })(),
    );
    expect(last.books).toMatchObject({ records: 1, outcomes: { rewrapped: 1 } });
    const pairs = world.keys.calls.map(({ source }) => JSON.stringify([source.keyArn, source.context]));
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(asked.length).toBeGreaterThan(2);
    expect(Math.min(...asked)).toBeGreaterThan(0);
  });
});
