import pMap from 'p-map';
import type { Task, Took } from './messages.ts';
import { RawCalls } from './raw-calls.ts';
import { SdkCalls, type OldRecord } from './sdk.ts';

// A contender in a process of its own, which stays warm from round to round as the product's sandbox does.

/** As many pairs in flight as the product has calls. */
const PAIRS_AT_ONCE = 32;

process.on('message', ({ id, of }: { readonly id: number; readonly of: Task }) => {
  run(of).then(
    answer => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({});

async function run(task: Task): Promise<Took> {
  const sdk = new SdkCalls(task);
  const raw = new RawCalls(task);
  try {
    switch (task.contender) {
      case 'loop':
        return await measured(() => readAndMove(sdk, 1));
      case 'sixteen':
        return await measured(() => readAndMove(sdk, 16));
      case 'bare-pair':
        return await precomputed(sdk, record => move(sdk, record));
      case 'raw-http':
        return await precomputed(sdk, record => raw.pair(record));
    }
  } finally {
    sdk.close();
    raw.close();
  }
}

async function measured(work: () => Promise<number>): Promise<Took> {
  const [cpu, begin] = [process.cpuUsage(), performance.now()];
  const dataKeys = await work();
  const milliseconds = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { dataKeys, milliseconds, cpuMilliseconds: (user + system) / 1_000 };
}

async function readAndMove(sdk: SdkCalls, concurrency: number): Promise<number> {
  let moved = 0;
  await pMap(
    sdk.records(),
    async record => {
      await move(sdk, record);
      moved++;
    },
    { concurrency },
  );
  return moved;
}

async function move(sdk: SdkCalls, record: OldRecord): Promise<void> {
  await sdk.write(record, await sdk.reEncrypt(record.dataKey));
}

async function precomputed(sdk: SdkCalls, pair: (record: OldRecord) => Promise<void>): Promise<Took> {
  const records: OldRecord[] = [];
  for await (const record of sdk.records()) records.push(record);
  return measured(async () => {
    await pMap(records, pair, { concurrency: PAIRS_AT_ONCE });
    return records.length;
  });
}
