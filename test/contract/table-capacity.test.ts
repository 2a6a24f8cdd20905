import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { TableCapacities } from '../../lambda/adapters/records/table-capacities.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { Limits, Store } from '../../lambda/core/model/job.ts';
import type { Phase } from '../../lambda/core/model/run.ts';
import type { RecordPage, RecordStore } from '../../lambda/core/ports.ts';
import { mostPerSecond } from '../../lambda/core/rate/consumed.ts';
import { job } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

const TABLE = 'Orders';
const store: Store = { type: 'dynamodb', table: TABLE, format: { type: 'attribute', dataKey: 'edk' } };
const RANGE = { type: 'segment', segment: 0, totalSegments: 1 } as const;
const WORKER_MS = 900_000;

interface WorkerOptions {
  readonly workers?: number;
  readonly remainingMs?: number;
  readonly phase?: Phase;
  readonly verifyReads?: Readonly<Record<string, number>>;
}

describe('the capacity of a table', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await simpleTable(aws.dynamodb, TABLE);
    for (let index = 0; index < 40; index++)
      await aws.dynamodb.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { id: { S: `o-${index}` }, edk: { B: Buffer.from('old') }, body: { S: 'x'.repeat(2_500) } },
        }),
      );
  });
  afterAll(() => aws.stop());
  afterEach(() => aws.aws.faults.clear());

  /** One worker with a virtual time, in which only its waits take any. */
  async function worker(
    limits: Partial<Limits> = {},
    { workers = 1, remainingMs = WORKER_MS, ...more }: WorkerOptions = {},
  ) {
    const time = { now: 0 };
    const capacities = new TableCapacities(
      { limits: { ...job().limits, ...limits }, workers, ...more },
      {
        now: () => time.now,
        sleep: ms => {
          time.now += ms;
          return Promise.resolve();
        },
        deadline: { remaining: () => remainingMs - time.now },
      },
    );
    const clients = new AwsClients({ endpoint: aws.endpoint });
    const records = await openStore(store, { clients, region: 'us-east-1', needs: [], capacities });
    return { time, capacities, records };
  }

  async function readAll(records: RecordStore, consistent = false): Promise<readonly RecordPage[]> {
    const pages: RecordPage[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await records.readPage(RANGE, {
        ...{ pageSize: 100, consistent },
        ...(cursor !== undefined && { cursor }),
      });
      pages.push(page);
      if (page.cursor === undefined) return pages;
      ({ cursor } = page);
    }
  }

  async function writeAll(records: RecordStore, pages: readonly RecordPage[]): Promise<void> {
    for (const record of pages.flatMap(page => page.records)) {
      const before = record.kind === 'item' ? record.attributes['edk'] : undefined;
      const changed = { path: ['edk'], before, after: { B: Buffer.from(`new ${Math.random()}`) } };
      expect(await records.write(record, [{ ...changed, role: 'data-key' } as never])).toEqual({
        kind: 'written',
      });
    }
  }

  it('is counted as the table says, for reads and for writes of items of 2.5 KB', async () => {
    const { records, capacities } = await worker();
    const pages = await readAll(records);
    expect(pages).toHaveLength(1);
    // 40 items of 2.5 KB are 98 KB: 25 blocks of 4 KB, at half a unit each.
    expect(capacities.takeConsumed()?.read?.units).toBe(12.5);
    await writeAll(records, pages);
    expect(capacities.takeConsumed()?.write?.units).toBe(40 * 3);
    expect(capacities.takeConsumed()).toBeUndefined();
  });

  it('without a limit costs no time', async () => {
    const { records, time } = await worker();
    await writeAll(records, await readAll(records));
    expect(time.now).toBe(0);
  });

  it('with a limit is used evenly, at no more than the limit', async () => {
    const { records, capacities, time } = await worker({ writeCapacityPerSecond: 6 });
    await writeAll(records, await readAll(records));
    const { write } = capacities.takeConsumed() ?? {};
    expect(write?.units).toBe(120);
    expect(mostPerSecond(write!)).toBeLessThanOrEqual(6);
    expect(time.now / 1000).toBeGreaterThanOrEqual(20);
    expect(time.now / 1000).toBeLessThan(20 / 0.95);
  });

  it('is waited for before a write is sent, by the size of its whole item', async () => {
    const { records, time } = await worker({ writeCapacityPerSecond: 1 });
    const [page] = await readAll(records);
    await writeAll(records, [{ records: page!.records.slice(0, 1) }]);
    // 2.5 KB are three units.
    expect(time.now).toBeGreaterThanOrEqual(3_000);
  });

  it('is what DynamoDB describes, where a table is not on demand', async () => {
    const TableName = 'Provisioned';
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 10 },
      }),
    );
    const { dynamodb } = storeCatalogs(new AwsClients({ endpoint: aws.endpoint }));
    const described = async (table: string) => {
      const lookup = await dynamodb.describeTable({ region: 'us-east-1', table });
      return lookup.kind === 'found' ? lookup.description.capacity : lookup.kind;
    };
    expect(await described(TableName)).toEqual({ kind: 'provisioned', reads: 5, writes: 10 });
    expect(await described(TABLE)).toBeUndefined();
  });

  it('is divided by the workers of the run until a worker is told its part', async () => {
    const { records, time, capacities } = await worker({ writeCapacityPerSecond: 60 }, { workers: 10 });
    const pages = await readAll(records);
    await writeAll(records, pages);
    expect(time.now / 1000).toBeGreaterThanOrEqual(20);
    const [began, [table]] = [time.now, capacities.shared(['us-east-1/Orders'])];
    table?.use(1);
    await writeAll(records, await readAll(records));
    expect((time.now - began) / 1000).toBeLessThan(3);
  });

  it('is bounded for the reads of a verify pass by the plan, where the job has no limit, and shared', async () => {
    const byPlan = { verifyReads: { 'us-east-1/Orders': 2 } };
    const { records, capacities, time } = await worker({}, { phase: 'verify', ...byPlan });
    expect(capacities.shared(['us-east-1/Orders'])).toHaveLength(1);
    await readAll(records, true);
    const { read } = capacities.takeConsumed() ?? {};
    expect(mostPerSecond(read!)).toBeLessThanOrEqual(2);
    expect(time.now / 1000).toBeGreaterThan((read?.units ?? 0) / 2 - 2);
  });

  it('is not bounded by that in a migrate pass, nor where the job has a limit of its own', async () => {
    const byPlan = { verifyReads: { 'us-east-1/Orders': 2 } };
    const migrating = await worker({}, { phase: 'migrate', ...byPlan });
    expect(migrating.capacities.shared(['us-east-1/Orders'])).toEqual([]);
    await readAll(migrating.records);
    expect(migrating.time.now).toBe(0);
    const limited = await worker({ readCapacityPerSecond: 1_000 }, { phase: 'verify', ...byPlan });
    await readAll(limited.records, true);
    expect(limited.time.now / 1000).toBeLessThan(2);
  });

  it('is shared by the workers of a rollback as by all others', async () => {
    const { capacities } = await worker({ writeCapacityPerSecond: 6 }, { phase: 'rollback' });
    expect(capacities.shared(['us-east-1/Orders'])).toHaveLength(1);
  });

  it('can be bounded, and freed again, while the worker is at work', async () => {
    const { records, capacities, time } = await worker({}, { workers: 2 });
    const pages = await readAll(records);
    capacities.keepTo({ writeCapacityPerSecond: 12 });
    await writeAll(records, pages);
    // 120 units, at half of 12 a second.
    expect(time.now / 1000).toBeGreaterThanOrEqual(20);
    const again = time.now;
    capacities.keepTo({});
    await writeAll(records, await readAll(records));
    expect(time.now).toBe(again);
  });

  it('bounds reads by the size of pages, which begin with one item', async () => {
    const { records, capacities, time } = await worker({ readCapacityPerSecond: 2 });
    const sizes = (await readAll(records, true)).map(page => page.records.length);
    expect(sizes[0]).toBe(1);
    const { read } = capacities.takeConsumed() ?? {};
    expect(mostPerSecond(read!)).toBeLessThanOrEqual(2);
    expect(time.now / 1000).toBeGreaterThan((read?.units ?? 0) / 2 - 2);
  });

  it.each([
    ['UpdateItem', 'write'],
    ['Scan', 'read'],
  ] as const)('slows the worker down at each throttle of a try of %s', async (operation, kind) => {
    const { records, capacities, time } = await worker();
    const pages = await readAll(records);
    await writeAll(records, pages);
    expect(time.now).toBe(0);
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation, count: 1 },
      error: 'ProvisionedThroughputExceededException',
    });
    await (kind === 'read' ? readAll(records) : writeAll(records, pages.slice(0, 0)));
    if (kind === 'write') await writeAll(records, await readAll(records));
    expect(time.now).toBeGreaterThan(0);
    expect(capacities.takeConsumed()?.[kind]?.units).toBeGreaterThan(0);
  });

  it('for which this invocation has no time left is left to the next one, but for a first request', async () => {
    const { records } = await worker({ writeCapacityPerSecond: 1 }, { remainingMs: 20_000 });
    const [first, second, third] = (await readAll(records)).flatMap(page => page.records);
    const change = (record: typeof first) => {
      const before = record?.kind === 'item' ? record.attributes['edk'] : undefined;
      return [{ path: ['edk'], before, after: { B: Buffer.from('newer') }, role: 'data-key' } as never];
    };
    expect(await records.write(first!, change(first))).toEqual({ kind: 'written' });
    await expect(
      Promise.all([records.write(second!, change(second)), records.write(third!, change(third))]),
    ).rejects.toMatchObject({ name: 'ServiceUnavailable', code: 'store.busy' });
  });
});
