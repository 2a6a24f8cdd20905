import { operationOf } from '../protocol/operation.ts';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import { platformLines, type Invoked } from './lambda-bill.ts';
import { LogLines } from './log-lines.ts';
import type { BucketUse, CountedRequests, FunctionUse, LogUse, MeterReading, TableUnits } from './reading.ts';
import { s3ClassOf } from './s3-classes.ts';
import { requestBytes, responseBytes } from './wire-bytes.ts';

type Open<Figures> = { -readonly [Name in keyof Figures]: Figures[Name] };
type Stored = Readonly<Record<string, Pick<BucketUse, 'objects' | 'storedBytes'>>>;

/** Counts everything that AWS would bill. behaviour.md says by which rule, and what is not counted. */
export class Meter {
  readonly #stored: () => Stored;
  readonly #requests = new Map<string, Open<CountedRequests>>();
  readonly #tables = new Map<string, Open<TableUnits>>();
  readonly #buckets = new Map<string, Open<Omit<BucketUse, keyof Stored[string]>>>();
  readonly #keys = new Map<string, number>();
  readonly #functions = new Map<string, Open<Omit<FunctionUse, 'gigabyteSeconds'>>>();
  readonly #logs = new Map<string, Open<LogUse>>();
  readonly #metrics = new Set<string>();
  #transitions = 0;

  /** @param stored what lies in each bucket now */
  constructor(stored: () => Stored = () => ({})) {
    this.#stored = stored;
  }

  /** The service, with every request that reaches it counted, whoever sends it. */
  around(service: Service): Service {
    return {
      handle: async request => {
        const response = await service.handle(request);
        this.#count(request, response);
        return response;
      },
    };
  }

  consumed(region: string, table: string, { readUnits = 0, writeUnits = 0 }: Partial<TableUnits>): void {
    const units = at(this.#tables, `${region}/${table}`, () => ({ readUnits: 0, writeUnits: 0 }));
    units.readUnits += readUnits;
    units.writeUnits += writeUnits;
  }

  transition(): void {
    this.#transitions++;
  }

  invoked(invoked: Invoked): void {
    const { functionName, region, logGroup, memoryMb, milliseconds } = invoked;
    const none = {
      invocations: 0,
      memoryMb,
      billedMilliseconds: 0,
      cpuMilliseconds: 0,
      peakResidentBytes: 0,
    };
    const use = at(this.#functions, `${region}/${functionName}`, () => none);
    use.invocations++;
    use.billedMilliseconds += Math.ceil(milliseconds);
    use.cpuMilliseconds += invoked.cpuMilliseconds;
    use.peakResidentBytes = Math.max(use.peakResidentBytes, invoked.peakResidentBytes);
    for (const line of platformLines(invoked)) this.#logged(`${region}/${logGroup}`, line.length);
  }

  /** Takes what one sandbox writes to its log group. `embedded` is told of lines with metrics. */
  log(region: string, logGroup: string, embedded?: (text: string) => void): LogLines {
    return new LogLines({
      event: bytes => this.#logged(`${region}/${logGroup}`, bytes),
      metric: name => void this.#metrics.add(name),
      ...(embedded !== undefined && { embedded }),
    });
  }

  /** Forgets everything that was counted. What is stored stays. */
  reset(): void {
    for (const counts of [
      this.#requests,
      this.#tables,
      this.#buckets,
      this.#keys,
      this.#functions,
      this.#logs,
    ])
      counts.clear();
    this.#metrics.clear();
    this.#transitions = 0;
  }

  read(): MeterReading {
    const stored = this.#stored();
    const unused = { writes: 0, reads: 0, free: 0 };
    const buckets = [...new Set([...Object.keys(stored), ...this.#buckets.keys()])];
    return {
      requests: [...this.#requests.values()].map(one => ({ ...one })),
      dynamodb: copied(this.#tables),
      s3: Object.fromEntries(
        buckets.map(name => [
          name,
          { ...(this.#buckets.get(name) ?? unused), ...(stored[name] ?? { objects: 0, storedBytes: 0 }) },
        ]),
      ),
      kms: Object.fromEntries(this.#keys),
      lambda: Object.fromEntries(
        [...this.#functions].map(([name, use]) => [
          name,
          { ...use, gigabyteSeconds: (use.billedMilliseconds / 1_000) * (use.memoryMb / 1_024) },
        ]),
      ),
      stepFunctions: { transitions: this.#transitions },
      logs: copied(this.#logs),
      customMetrics: this.#metrics.size,
    };
  }

  #logged(place: string, bytes: number): void {
    const use = at(this.#logs, place, () => ({ events: 0, bytes: 0 }));
    use.events++;
    use.bytes += bytes;
  }

  #count(request: AwsRequest, response: AwsResponse): void {
    const { service, region } = request;
    const operation = operationOf(request);
    const counted = at(this.#requests, `${service}/${region}/${operation}`, () => ({
      ...{ service, region, operation, requests: 0, failed: 0, bytesIn: 0, bytesOut: 0 },
    }));
    counted.requests++;
    if (response.status >= 400) counted.failed++;
    counted.bytesIn += requestBytes(request);
    counted.bytesOut += responseBytes(response);
    if (service === 's3') this.#countInBucket(request, operation);
    if (service === 'kms') this.#countByKey(request);
  }

  #countInBucket({ path, region }: AwsRequest, operation: string): void {
    const name = `${region}/${path.split('/')[1] ?? ''}`;
    at(this.#buckets, name, () => ({ writes: 0, reads: 0, free: 0 }))[s3ClassOf(operation)]++;
  }

  /** A ReEncrypt is one request. It counts for the destination. */
  #countByKey({ body, region }: AwsRequest): void {
    const named = keyNamedIn(body);
    if (named === undefined) return;
    const name = `${region}/${named}`;
    this.#keys.set(name, (this.#keys.get(name) ?? 0) + 1);
  }
}

function keyNamedIn(body: Buffer): string | undefined {
  try {
    const input = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
    const named = input['DestinationKeyId'] ?? input['KeyId'];
    return typeof named === 'string' ? named : undefined;
  } catch {
    // KMS has refused what is no JSON. It names no key.
    return undefined;
  }
}

function at<Figures>(counts: Map<string, Figures>, name: string, none: () => Figures): Figures {
  const known = counts.get(name);
  if (known !== undefined) return known;
  const made = none();
  counts.set(name, made);
  return made;
}

function copied<Figures extends object>(counts: ReadonlyMap<string, Figures>): Record<string, Figures> {
  return Object.fromEntries([...counts].map(([name, figures]) => [name, { ...figures }]));
}
