import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job, Limits } from '../../lambda/core/model/job.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Deadline } from '../../lambda/core/ports.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { clientsOf, type Clients } from '../faults/aws.ts';
import { Random } from '../faults/random.ts';
import { scheduleOf } from '../faults/schedule.ts';
import { Service } from '../faults/service.ts';
import { VirtualTime } from '../faults/virtual-time.ts';
import { JOURNAL, LEDGER, RUNS } from '../faults/weather.ts';
import { Party, Wire, type Departure } from '../faults/wire.ts';

const TABLE = 'Letters';
/** As in lib/pipeline/retry.ts: five retries after the first try. */
const WORKER_TRIES = 6;

/** A run over one table, in virtual time, with the SDK's own back-off. */
class Scene {
  readonly admin: Clients;
  #throttles = 0;
  readonly #time: VirtualTime;
  readonly #wire: Wire;
  #parties = 0;

  constructor(time: VirtualTime) {
    const random = new Random(1);
    this.#time = time;
    this.#wire = new Wire(new EmbeddedAws(), {
      time,
      random,
      hooks: { leaving: () => 0, handled: () => undefined, inject: call => this.#inject(call) },
    });
    this.admin = clientsOf(this.#wire, this.#party());
  }

  #inject({ operation, target }: Departure) {
    if (operation !== 'Scan' || target !== TABLE || this.#throttles === 0) return undefined;
    this.#throttles--;
    const message = 'Throughput exceeds the current capacity of your table or index.';
    return { kind: 'error' as const, error: 'ThrottlingException', message, status: 400 };
  }

  #party(): Party {
    return new Party(`p${++this.#parties}`, 1);
  }

  async service(limits: Partial<Limits> = {}): Promise<Service> {
    const { kms, s3 } = this.admin;
    for (const Bucket of [JOURNAL, RUNS]) await s3.send(new CreateBucketCommand({ Bucket }));
    await this.#createTable(TABLE, ['id']);
    await this.#createTable(LEDGER, ['run', 'item']);
    const key = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const [from, to] = [await key(), await key()];
    for (let index = 0; index < 3; index++) await this.#putLetter(`l-${index}`, from);
    const schedule = { ...scheduleOf(1, new Random(1)), workerTimeoutSeconds: 900, pageSize: 10 };
    return new Service(this.#wire, {
      job: jobOf(from, to, limits),
      schedule,
      bug: {},
      executionOf: () => 'over',
    });
  }

  async #createTable(TableName: string, keys: readonly string[]): Promise<void> {
    await this.admin.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: keys.map((name, at) => ({ AttributeName: name, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: keys.map(name => ({ AttributeName: name, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }

  async #putLetter(id: string, key: string): Promise<void> {
    const generate = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, KeySpec: 'AES_256' });
    const { CiphertextBlob = new Uint8Array() } = await this.admin.kms.send(generate);
    const Item = { id: { S: id }, edk: { B: CiphertextBlob } };
    await this.admin.dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
  }

  /** A run in which this many Scans are throttled after Plan has ended; Step Functions tries its only unit six times. */
  async run(service: Service, runId: string, throttles = 0): Promise<Report> {
    this.#throttles = 0;
    const planned = { party: this.#party(), now: this.#time.now() };
    const { units } = await service.plan(runId, { job: 'letters', mode: 'migrate' }, planned);
    this.#throttles = throttles;
    const results: UnitProgress[] = [];
    for (const phase of ['migrate', 'verify'] as const)
      for (const unit of units) {
        const ended = await this.#withRetries(() =>
          service.work(phase, unit, {
            party: this.#party(),
            clock: { now: () => this.#time.now() },
            deadline: this.#deadline(),
          }),
        );
        if (ended instanceof Error) return this.#failed(service, runId, ended);
        results.push(ended);
      }
    return service.report({ runId, manifests: [] }, { party: this.#party(), results });
  }

  #deadline(): Deadline {
    const endsAt = this.#time.now() + 900_000;
    return { remaining: () => endsAt - this.#time.now() };
  }

  async #withRetries<T>(work: () => Promise<T>): Promise<T | Error> {
    for (let tries = 1; ; tries++)
      try {
        return await work();
      } catch (error) {
        if (tries === WORKER_TRIES) return error as Error;
        await this.#time.sleep(5_000 * 2 ** tries);
      }
  }

  /** As in Step Functions: the map gives no cause; its failed children do. */
  #failed(service: Service, runId: string, { name, message }: Error): Promise<Report> {
    const error = {
      Error: 'States.ExceedToleratedFailureThreshold',
      Cause: 'The specified tolerated failure threshold was exceeded',
    };
    const Cause = JSON.stringify({ errorType: name, errorMessage: message });
    const failed = [{ Error: name, Cause, worker: 'MigrateUnit' }];
    return service.report({ runId, error }, { party: this.#party(), results: [], failed });
  }
}

function jobOf(from: string, to: string, limits: Partial<Limits>): Job {
  const parsed = parseJob(
    {
      name: 'letters',
      source: { keys: [from] },
      destination: { key: to },
      limits,
      stores: [{ type: 'dynamodb', table: TABLE, format: { type: 'attribute', dataKey: 'edk' } }],
    },
    formats,
  );
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.problems));
  return parsed.job;
}

describe('a table that is throttled', () => {
  const run = (
    throttles: number,
    then?: (scene: Scene, service: Service) => Promise<void>,
  ): Promise<Report> =>
    VirtualTime.run(new Random(1), async time => {
      const scene = new Scene(time);
      const service = await scene.service();
      const report = await scene.run(service, 'letters-1', throttles);
      await then?.(scene, service);
      return report;
    });

  it('for 60 Scans in a row delays the run, which then finishes', async () => {
    expect(await run(60)).toMatchObject({ state: 'succeeded', verdict: 'proven', remaining: 0 });
  });

  it('for good fails the run with call, table, cause and cure; once throttling ends, the next run continues', async () => {
    const report = await run(Infinity, async (scene, service) => {
      expect(await scene.run(service, 'letters-2')).toMatchObject({ state: 'succeeded', verdict: 'proven' });
    });
    expect(report).toMatchObject({ state: 'failed', verdict: 'failed', remaining: null });
    expect(report.error).toMatch(
      /^ServiceUnavailable: dynamodb:Letters is overloaded, and this invocation has no time left .* dynamodb:Scan on table Letters( after \d tries)?: ThrottlingException: Throughput exceeds .* raise its capacity.* lower limits.maxConcurrency; then start the same job again: it continues from there$/,
    );
  });
});

describe('a table whose capacity the job bounds', () => {
  /** The report, and how long the run took. */
  const run = (limits: Partial<Limits>): Promise<{ readonly report: Report; readonly ms: number }> =>
    VirtualTime.run(new Random(1), async time => {
      const scene = new Scene(time);
      const service = await scene.service(limits);
      const began = time.now();
      return { report: await scene.run(service, 'letters-1'), ms: time.now() - began };
    });

  it('is told in the report: one unit for each of three letters, and what both passes have read', async () => {
    const { report } = await run({});
    expect(report.stores[0]?.capacity).toMatchObject({ writeUnits: 3, seconds: 10 });
    // Each is in a segment of its own. A scan of less than 4 KB takes half a unit, and a whole one in the verify pass.
    expect(report.stores[0]?.capacity?.readUnits).toBe(3 * 1.5);
  });

  it('is taken at no more than that, and the run takes so much longer', async () => {
    const { report, ms } = await run({ writeCapacityPerSecond: 1, readCapacityPerSecond: 1 });
    expect(report).toMatchObject({ state: 'succeeded', verdict: 'proven' });
    expect(report.stores[0]?.capacity?.mostWriteUnitsPerSecond).toBeLessThanOrEqual(1);
    const { ms: unbounded } = await run({});
    expect(ms - unbounded).toBeGreaterThan(3_000);
  });
});
