import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Injection } from '../../emulator/faults.ts';
import type { AwsRequest, AwsResponse, RawRequest } from '../../emulator/protocol/request.ts';
import type { KmsSecond, Weather } from './messages.ts';

/** The embedded AWS with a latency, a quota of KMS, and tables that tell how many items they have. */
export class MeasuredAws extends EmbeddedAws {
  readonly #items = new Map<string, number>();
  readonly #seconds = new Map<number, { asked: number; throttled: number }>();
  #weather: Weather = { latencyMs: 0 };

  constructor() {
    super({ lambdaConcurrency: 1_000 });
    this.faults.injectBy((request, operation) => this.#inject(request, operation));
  }

  setWeather(weather: Weather): void {
    this.#weather = weather;
    this.#seconds.clear();
  }

  count(table: string, items: number): void {
    this.#items.set(table, items);
  }

  get kmsSeconds(): readonly KmsSecond[] {
    return [...this.#seconds].map(([second, counts]) => ({ second, ...counts })).sort(bySecond);
  }

  override async handle(raw: RawRequest): Promise<AwsResponse> {
    const response = await super.handle(raw);
    return this.#items.size > 0 && raw.headers['x-amz-target'] === 'DynamoDB_20120810.DescribeTable'
      ? this.#counted(response)
      : response;
  }

  #counted(response: AwsResponse): AwsResponse {
    const { Table, ...others } = JSON.parse(String(response.body)) as {
      readonly Table?: { readonly TableName: string };
    };
    const items = this.#items.get(Table?.TableName ?? '');
    if (items === undefined) return response;
    const body = JSON.stringify({
      ...others,
      Table: { ...Table, ItemCount: items, TableSizeBytes: items * 1_000 },
    });
    const { 'x-amz-crc32': _checksum, ...headers } = response.headers;
    return { ...response, body, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
  }

  /** Who seeds or measures is the administrator, and neither waits nor counts. */
  #inject({ service, caller }: AwsRequest, operation: string): Injection | undefined {
    if (service === 'kms' && caller.arn.includes(':role/')) {
      const refused = this.#askKms(operation);
      if (refused !== undefined) return refused;
    }
    const { latencyMs } = this.#weather;
    return latencyMs === 0 ? undefined : { kind: 'late', milliseconds: latencyMs };
  }

  #askKms(operation: string): Injection | undefined {
    if (!['ReEncrypt', 'Decrypt', 'Encrypt'].includes(operation)) return undefined;
    const second = Math.floor(performance.now() / 1_000);
    const counts = this.#seconds.get(second) ?? { asked: 0, throttled: 0 };
    this.#seconds.set(second, counts);
    counts.asked++;
    const { kmsQuota = Number.POSITIVE_INFINITY } = this.#weather;
    if (counts.asked - counts.throttled <= kmsQuota) return undefined;
    counts.throttled++;
    return { kind: 'error', error: 'ThrottlingException', message: 'Rate exceeded' };
  }
}

function bySecond(one: KmsSecond, other: KmsSecond): number {
  return one.second - other.second;
}
